"""Crews, ships and safe manning documents for tests: everybody synthetic, everything from fixed seeds."""

from dataclasses import replace
from datetime import date

from support.scenario import TODAY, Inspection, competency, medical, show
from support.simulator import DAY, NOW, Authority, seeded_signer

from keys.signer import SoftwareSigner
from verifier.credential import safe_manning_claims
from verifier.credential.model import CapacityGrant, Certificate, CertificateType, Holder, StatusReference
from verifier.credential.safe_manning import Post, SafeManning, SignedManning, Vessel
from verifier.verdict import Verdict

IMO = "9074729"
VESSEL = Vessel("Havørn", IMO, gt=8_500, kw=6_000, type="general-cargo", area="near-coastal", ums=True)
POSTS = (
    Post("master"),
    Post("chief-mate"),
    Post("officer-navigational-watch", also=("chief-mate",)),
    Post("rating-navigational-watch", count=2),
    Post("chief-engineer"),
)


def manning(*posts: Post, **changes: object) -> SafeManning:
    """A Norwegian ship's document."""
    document = SafeManning(
        document_number="NO-MSM-0001",
        issuing_country="NO",
        issuing_authority="Sjøfartsdirektoratet",
        vessel=VESSEL,
        posts=posts or POSTS,
        issue_date=TODAY - 100 * DAY,
        expiry_date=TODAY + 1_000 * DAY,
    )
    return replace(document, **changes)  # type: ignore[arg-type] # any field, as the test says


def sign_manning(authority: Authority, document: SafeManning, **changes: object) -> str:
    """The document as its authority signs it."""
    last = document.expiry_date
    signed = SignedManning(
        issuer=authority.iss,
        issued_at=NOW,
        not_before=NOW - 90 * DAY,
        expires=None if last is None else NOW + (last - TODAY) * 1 + DAY / 2,
        status=StatusReference(authority.status_uri, authority._next_index()),
        document=document,
    )
    signed = replace(signed, **changes)  # type: ignore[arg-type] # any field, as the test says
    kid = authority.certificate_kid
    return safe_manning_claims.sign(signed, authority.signers[kid], kid)


def seafarer(number: int, name: str = "", born: date = date(1985, 1, 1)) -> Holder:
    """Somebody with an id, a name and a birth date of their own."""
    alphabet = "ABCDEFGHJKMNPQRSTVWXYZ"
    mark = "".join(alphabet[number // 22**place % 22] for place in range(4))
    return Holder(
        seafarer_id=f"7K3M{mark}", family_name=name or f"Sailor{mark}", given_name="Kim", birth_date=born
    )


def phone_of(holder: Holder) -> SoftwareSigner:
    """The phone of a seafarer."""
    return seeded_signer(f"phone of {holder.seafarer_id}")


def holds(holder: Holder, *capacities: str, number: str = "", **changes: object) -> Certificate:
    """A certificate of competency (or, for ratings, of proficiency) for these capacities."""
    rating = all(code.startswith(("rating-", "able-")) for code in capacities)
    return competency(
        type=CertificateType.PROFICIENCY if rating else CertificateType.COMPETENCY,
        document_number=number or f"NO-COC-{holder.seafarer_id}",
        holder=holder,
        stcw_code=("II/4",) if rating else ("II/2",),
        functions=(),
        capacities=tuple(CapacityGrant(code) for code in capacities),
        **changes,
    )


def fit_at_sea(holder: Holder, expiry: date = TODAY + 365 * DAY) -> Certificate:
    """A medical certificate of the seafarer."""
    return replace(medical(expiry), holder=holder, document_number=f"NO-MED-{holder.seafarer_id}")


def presented(inspection: Inspection, *certificates: Certificate) -> list[str]:
    """What the seafarers' phones show of these certificates."""
    texts = []
    for certificate in certificates:
        phone = phone_of(certificate.holder)
        text = inspection.issue(certificate, holder_key=phone, at=NOW - 200 * DAY)
        texts.append(show(text, phone=phone))
    return texts


def verdicts(inspection: Inspection, *certificates: Certificate) -> list[Verdict]:
    """The verdicts on them."""
    return [inspection.verdict(text) for text in presented(inspection, *certificates)]
