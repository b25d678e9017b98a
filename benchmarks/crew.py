"""A crew of 25 with eight certificates each, judged and matched to the posts, against raw verifications."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter

from benchmarks.raw import raw_verify
from benchmarks.row import Row
from benchmarks.samples import NOON, TIME_ZONE, TODAY, signer
from benchmarks.timing import speed_ratio
from benchmarks.verdict import AT, authority
from keys.signer import SoftwareSigner
from verifier import decision, status
from verifier.credential import codelists, muster, presentation, vc
from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    Credential,
    Holder,
    MedicalCertificate,
    MedicalFitness,
    StatusReference,
)
from verifier.credential.presentation import Audience
from verifier.credential.safe_manning import Post, SafeManning, Vessel
from verifier.inspection import crew, matching
from verifier.policy import DEFAULT, Policy
from verifier.status import StatusBook
from verifier.verdict import Standing, Verdict

PERSONS, CERTIFICATES = 25, 8
POSTS = (
    Post("master"),
    Post("chief-mate"),
    Post("officer-navigational-watch", 2, also=("chief-mate",)),
    Post("rating-navigational-watch", 3, also=("able-seafarer-deck",)),
    Post("chief-engineer"),
    Post("second-engineer"),
    Post("officer-engineering-watch", 2, also=("second-engineer",)),
    Post("rating-engineering-watch", 2, also=("able-seafarer-engine",)),
)
MANNING = SafeManning(
    document_number="NO-MSM-0001",
    issuing_country="NO",
    vessel=Vessel("Havørn", "9074729", gt=8_500, kw=6_000, type="general-cargo", area="near-coastal"),
    posts=POSTS,
)
_TRAINING = ("VI/1", "VI/2-1", "VI/3", "VI/4-1", "VI/6-1", "V/3-1")
_DAY = timedelta(days=1)


def rows() -> Iterator[Row]:
    """The whole crew from tokens, from the wires that a camera has put together, and its matching alone."""
    directory, token = authority("NO")
    book = StatusBook([status.verify_list(token, directory=directory)])
    crews = [_signed_papers(number) for number in range(PERSONS)]
    paper = Policy(require_holder_proof=False)
    one = raw_verify(b"x" * 900)

    def report(shown: Sequence[Sequence[str | bytes]], policy: Policy) -> crew.CrewReport:
        verdicts: list[Verdict] = []
        sources: list[str] = []
        whose = [(str(number), text) for number, texts in enumerate(shown) for text in texts]
        judged = decision.verify_each(
            [text for _, text in whose], directory=directory, status=book, at=AT, policy=policy
        )
        for (source, _), shown_by in zip(whose, judged, strict=True):
            verdicts += shown_by
            sources += [source] * len(shown_by)
        found = crew.judge(crew.group(verdicts, sources), MANNING, at=AT)
        assert (found.standing, len(found.assignments)) == (Standing.VALID, MANNING.persons)
        return found

    def raw(count: int) -> None:
        for _ in range(count):
            one()

    name = f"{PERSONS} crew × {CERTIFICATES} certificates judged and matched, from "
    many = PERSONS * CERTIFICATES
    tokens = 1 / speed_ratio(lambda: report(crews, paper), lambda: raw(many), rounds=15)
    yield Row(name + "tokens, against raw", tokens, "×", 2.0, "lower", "sd-jwt library alone 4.4 ×")
    wires = [[_wire(texts, number)] for number, texts in enumerate(crews)]
    moving = 1 / speed_ratio(lambda: report(wires, DEFAULT), lambda: raw(many + PERSONS), rounds=15)
    yield Row(name + "moving frames", moving, "×", 2.5, "lower", "the muster's unpacking too")
    yield Row(
        "25 crew matched to 13 places, each for half of them", _matching(), "ms", 5.0, "lower", "greedy"
    )


def _matching() -> float:
    """Milliseconds for the slowest of five dense cases, each at the best of seven runs."""
    return max(min(_timed(_costs(shift)) for _ in range(7)) for shift in range(5)) * 1_000


def _costs(shift: int) -> list[dict[int, int]]:
    return [
        {who: (who + at) % 2 for who in range(PERSONS) if (who * 7 + at * 3 + shift) % 2 == 0}
        for at in range(MANNING.persons)
    ]


def _timed(costs: list[dict[int, int]]) -> float:
    start = perf_counter()
    matching.match(costs, PERSONS)
    return perf_counter() - start


def _signed_papers(number: int) -> list[str]:
    """All certificates of one seafarer."""
    holder = Holder(
        seafarer_id=f"{number:08}",
        family_name=f"Sjøgren{chr(65 + number)}",
        given_name="Kim",
        birth_date=date(1985, 1, 1),
    )
    papers = enumerate(_papers(holder, number), number * CERTIFICATES)
    return [_signed(one, signer(f"crew {number}"), at) for at, one in papers]


def _wire(texts: Sequence[str], number: int) -> bytes:
    """The same with one proof, as the moving frames carry them."""
    phone = signer(f"crew {number}")
    shown = presentation.make(texts[0], phone, at=AT, nonce=bytes(8), audience=Audience.TIME)
    return muster.pack(shown, texts[1:])


def _papers(holder: Holder, number: int) -> Sequence[Certificate]:
    codes = [code for post in POSTS for code in (post.capacity_code,) * post.count]
    capacity = codes[number % len(codes)]
    rating = capacity.startswith("rating")
    basis = Certificate(
        type=CertificateType.PROFICIENCY if rating else CertificateType.COMPETENCY,
        document_number=f"NO-COC-{number:04}",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=holder,
        stcw_code=("II/4",) if rating else ("II/2",),
        capacities=(CapacityGrant(capacity),),
        issue_date=TODAY - 300 * _DAY,
        expiry_date=TODAY + 700 * _DAY,
    )
    training = [
        replace(
            basis,
            type=CertificateType.PROFICIENCY,
            document_number=f"NO-{at}-{number:04}",
            stcw_code=(code,),
            capacities=(),
        )
        for at, code in enumerate(_TRAINING)
    ]
    return basis, _medical(holder, number), *training


def _medical(holder: Holder, number: int) -> MedicalCertificate:
    fitness = MedicalFitness(
        identity_checked=True,
        hearing=True,
        visual_acuity=True,
        colour_vision=True,
        lookout=True,
        free_from_aggravated_condition=True,
        examination_date=TODAY - 300 * _DAY,
        practitioner="Dr. Solveig Lund",
        review_informed=True,
    )
    return MedicalCertificate(
        type=CertificateType.MEDICAL,
        document_number=f"NO-MED-{number:04}",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        holder=holder,
        issue_date=TODAY - 300 * _DAY,
        expiry_date=TODAY + 400 * _DAY,
        fitness=fitness,
    )


def _signed(certificate: Certificate, phone: SoftwareSigner, index: int) -> str:
    at = NOON - timedelta(days=1)
    start, end = vc.issue_times(certificate, TIME_ZONE["NO"], at)
    issuer = codelists.flags()["NO"].issuer
    credential = Credential(
        issuer=issuer,
        issued_at=at,
        not_before=start,
        expires=end,
        holder_key=phone.public_key,
        status=StatusReference(f"{issuer}/status/1", index),
        certificate=certificate,
    )
    return vc.sign(credential, signer("authority"), "NO-2026a")
