"""Passes to measure: seafarers of the extract, each with twelve certificates that are good today."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Final

from benchmarks.samples import LIST_SIZE, NOON, SEED, TODAY, Sample, signer
from demo.extract import in_force, make_extract
from keys.encoding import Json
from keys.jwk import PublicKey
from verifier.credential import codelists, vc
from verifier.credential.model import Certificate, CertificateType, StatusReference
from verifier.credential.sea_pass import LIFETIME, Pass, PassMember
from verifier.credential.sea_pass_claims import sign_pass

MEMBERS: Final = 12
# What everyone has comes first; the rest in the order in which a career adds it.
_ORDER: Final = ("competency", "medical", "gmdss", "tanker", "recognition", "proficiency")


@cache
def passes(flag: str = "NO", seafarers: int = 400) -> tuple[Sample, ...]:
    """A pass of twelve for each seafarer of the extract who has enough; others lend what is missing."""
    random, found = Random(SEED), []
    files = files_of(flag, seafarers)
    pool = [one for file in files for one in file]
    for index, own in enumerate(files):
        if len(own) < MEMBERS // 2:
            continue
        holder = signer(f"holder {index}")
        at = NOON - timedelta(seconds=random.randrange(86_400))
        made = _pass(flag, twelve(own, pool, random), at, holder.public_key, random)
        found.append(Sample(sign_pass(made, signer("passes"), f"{flag}-2026p"), holder))
    return tuple(found)


def _pass(
    flag: str, held: Sequence[Certificate], at: datetime, holder_key: PublicKey, random: Random
) -> Pass:
    issuer = codelists.flags()[flag].issuer
    places = random.sample(range(LIST_SIZE), len(held))
    return Pass(
        issuer=issuer,
        issued_at=at,
        not_before=at,
        expires=at + LIFETIME,
        holder_key=holder_key,
        issuing_country=flag,
        issuing_authority=held[0].issuing_authority,
        holder=held[0].holder,
        members=tuple(
            PassMember(one, StatusReference(f"{issuer}/status/1", place))
            for one, place in zip(held, places, strict=True)
        ),
    )


def files_of(flag: str, seafarers: int) -> list[list[Certificate]]:
    """Each seafarer's certificates that are good today."""
    files: dict[str, list[Certificate]] = {}
    holders: dict[str, dict[str, Json]] = {}
    for row in make_extract(flag, seafarers, SEED, TODAY):
        seafarer = str(row.get("seafarer_id"))
        if row.get("kind") == "seafarer":
            holders[seafarer] = row
        elif in_force(row, TODAY):
            kind = CertificateType(str(row["type"]))
            certificate = vc.certificate_from_claims(kind, {**row, **holders[seafarer]})
            files.setdefault(seafarer, []).append(certificate)
    return list(files.values())


def twelve(own: Sequence[Certificate], pool: Sequence[Certificate], random: Random) -> list[Certificate]:
    """Twelve with different regulations: the seafarer's own, then others' under this seafarer's name."""
    held = {_kind(one): one for one in own}
    competent = any(one.type is CertificateType.COMPETENCY for one in own)
    while len(held) < MEMBERS:
        other = random.choice(pool)
        if other.type is CertificateType.MEDICAL or (competent and other.type is CertificateType.COMPETENCY):
            continue
        held.setdefault(_kind(other), replace(other, holder=own[0].holder))
        competent = competent or other.type is CertificateType.COMPETENCY
    return sorted(held.values(), key=lambda one: _ORDER.index(one.type.value))[:MEMBERS]


def _kind(certificate: Certificate) -> tuple[str, ...]:
    return certificate.type.value, *certificate.stcw_code
