"""Credentials to measure: the demo's extract of 1,000 seafarers, signed under addresses of the real form."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from random import Random
from typing import NamedTuple

from demo.extract import make_extract
from keys.algorithms import Algorithm
from keys.encoding import Json
from keys.signer import SoftwareSigner
from verifier.credential import codelists, presentation, vc
from verifier.credential.model import Certificate, CertificateType, Credential, StatusReference
from verifier.credential.presentation import Audience

SEED = 20260101
TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST_SIZE = 2**17
TIME_ZONE = {"NO": "Europe/Oslo", "DK": "Europe/Copenhagen", "SE": "Europe/Stockholm"}


class Sample(NamedTuple):
    """One signed credential and its holder's key (whose signer makes presentations)."""

    text: str
    holder: SoftwareSigner

    def presented(self) -> str:
        """The credential with a fresh holder proof, as the wallet's live code carries it."""
        nonce = sha256(self.text.encode("ascii")).digest()[:8]
        at = NOON + timedelta(minutes=5)
        return presentation.make(self.text, self.holder, at=at, nonce=nonce, audience=Audience.TIME)


@cache
def samples(
    kind: CertificateType = CertificateType.COMPETENCY,
    flag: str = "NO",
    seafarers: int = 1_000,
    *,
    bound: bool = True,
) -> tuple[Sample, ...]:
    """All certificates of a type that are in force in the extract, signed."""
    random = Random(SEED)
    issuer = codelists.flags()[flag].issuer
    authority = signer("authority")
    found = []
    for index, certificate in enumerate(certificates(kind, flag, seafarers)):
        holder = signer(f"holder {index}")
        at = NOON - timedelta(seconds=random.randrange(30 * 86_400))
        start, end = vc.issue_times(certificate, TIME_ZONE[flag], at)
        credential = Credential(
            issuer=issuer,
            issued_at=at,
            not_before=start,
            expires=end,
            holder_key=holder.public_key if bound else None,
            status=StatusReference(f"{issuer}/status/1", random.randrange(LIST_SIZE)),
            certificate=certificate,
        )
        found.append(Sample(vc.sign(credential, authority, f"{flag}-2026a"), holder))
    return tuple(found)


def certificates(kind: CertificateType, flag: str, seafarers: int) -> Iterator[Certificate]:
    """The extract's certificates of one type that are in force today."""
    holders: dict[str, dict[str, Json]] = {}
    for row in make_extract(flag, seafarers, SEED, TODAY):
        if row.get("kind") == "seafarer":
            holders[str(row["seafarer_id"])] = row
        elif row.get("type") == kind.value and row["state"] == "in-force":
            yield vc.certificate_from_claims(kind, {**row, **holders[str(row["seafarer_id"])]})


def signer(word: str) -> SoftwareSigner:
    """The key that belongs to a word, the same in every run."""
    digest = sha256(f"ombord benchmark {word}".encode()).digest()
    return SoftwareSigner.from_private_bytes(Algorithm.ES256, digest)
