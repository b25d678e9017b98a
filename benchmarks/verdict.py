"""The whole offline decision, from a token and from QR text, against raw ES256 verifications."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.raw import raw_verify
from benchmarks.row import Row
from benchmarks.samples import LIST_SIZE, NOON, TIME_ZONE, samples, signer
from benchmarks.timing import speed_ratio
from keys.trust.directory import CERTIFICATES, STATUS, Authority, Directory, Environment, TrustedKey
from verifier import status
from verifier.credential import carrier, codelists
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook
from verifier.verdict import Valid

AT = NOON + timedelta(minutes=5)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Check:
    """What an inspector's device holds, so that a call judges one text and nothing is left to prepare."""

    directory: Directory
    book: StatusBook
    policy: Policy

    def __call__(self, presented: str) -> None:
        verdict = verify(presented, directory=self.directory, status=self.book, policy=self.policy, at=AT)
        assert isinstance(verdict, Valid), verdict.reason


def rows() -> Iterator[Row]:
    """Full verdicts of a certificate of competency that is bound to a phone."""
    directory, token = authority("NO")
    book = StatusBook([status.verify_list(token, directory=directory)])
    check = Check(directory, book, Policy(require_holder_proof=False))
    sample = samples(seafarers=40)[0]
    code, live = _qr(sample.text), _qr(sample.presented())
    one = raw_verify(sample.text.encode("ascii"))

    def two() -> None:
        one()
        one()

    yield Row(
        "full offline verdict from a token, speed against raw ES256 verify",
        speed_ratio(lambda: check(sample.text), one),
        "×",
        0.55,
        "higher",
        "PyJWT decode alone 0.42, joserfc 0.65, sd-jwt 0.29",
    )
    from_qr = speed_ratio(lambda: check(code), one)
    yield Row("the same from QR text", from_qr, "×", 0.35, "higher", "base45 and unpack too")
    from_live = speed_ratio(lambda: check(live), two)
    yield Row(
        "live QR, speed against two raw ES256 verifies", from_live, "×", 0.45, "higher", "holder proof too"
    )


def _qr(text: str) -> str:
    return carrier.to_qr_text(carrier.pack(text))


def authority(flag: str) -> tuple[Directory, str]:
    """A directory of the one authority that signed the samples, and its list of 2^17 entries."""
    issuer = codelists.flags()[flag].issuer
    entry = Authority(
        flag=flag,
        name=f"Authority of {flag}",
        issuers=(issuer,),
        status_prefix=f"{issuer}/status/",
        time_zone=TIME_ZONE[flag],
    )
    certificates_kid, status_kid = f"{flag}-2026a", f"{flag}-2026s"
    keys = (
        _key(issuer, certificates_kid, "authority", CERTIFICATES),
        _key(issuer, status_kid, "status", (STATUS,)),
    )
    directory = Directory(
        environment=Environment.TEST,
        authorities={issuer: entry},
        keys={(key.issuer, key.kid): key for key in keys},
        time_floor=NOON,
        published_at=NOON,
    )
    token = status.encode(
        status.pack_states({}, LIST_SIZE),
        uri=f"{issuer}/status/1",
        iat=NOON,
        exp=None,
        ttl=None,
        signer=signer("status"),
        kid=status_kid,
    )
    return directory, token


def _key(issuer: str, kid: str, word: str, purposes: tuple[str, ...]) -> TrustedKey:
    return TrustedKey(
        issuer=issuer,
        kid=kid,
        key=signer(word).public_key,
        environment=Environment.TEST,
        purposes=frozenset(purposes),
        sign_from=NOON - YEAR,
        sign_until=NOON + YEAR,
        verify_until=NOON + 6 * YEAR,
    )
