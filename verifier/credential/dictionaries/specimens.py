"""Specimen credentials as deflate sees them: made through the model, lifted, cut where real ones differ."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from keys.encoding import json_dumps
from keys.jwk import PublicKey
from verifier.credential import vc
from verifier.credential.codelists import Flag
from verifier.credential.lifting import lift
from verifier.credential.model import (
    ALWAYS_EXPIRES,
    Certificate,
    CertificateType,
    Credential,
    Endorsement,
    Gender,
    Holder,
    MedicalCertificate,
    Official,
    StatusReference,
)
from verifier.credential.sea_pass import LIFETIME, Pass, PassMember
from verifier.credential.sea_pass_claims import pass_claims

CUT: Final = "§"  # stands for what differs between credentials; a dictionary never holds it
ISSUED: Final = date(2025, 3, 1)
TWO_BYTES, THREE_BYTES = 20_000, 100_000  # status indices by how many bytes they are lifted to

_EXPIRY: Final = date(2030, 2, 28)
_SIGNED: Final = datetime(2026, 1, 1, 12, 0, 1, tzinfo=UTC)
_FIRST: Final = datetime(2025, 2, 28, 23, 0, tzinfo=UTC)  # 1 March in the middle of Europe
_END: Final = datetime(2030, 2, 28, 23, 0, tzinfo=UTC)
_KEY: Final = PublicKey.from_coordinates(  # the curve's generator: any key is lifted
    bytes.fromhex(
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
)
_CLASS: Final = {
    CertificateType.MEDICAL: MedicalCertificate,
    CertificateType.RECOGNITION: Endorsement,
}


def pieces(text: str) -> list[str]:
    """What stands between the cuts and is long enough to be a match."""
    return [piece for piece in text.split(CUT) if len(piece) > 3]


def piece_with(word: str, text: str) -> str:
    """The piece between two cuts that holds `word`."""
    return next(piece for piece in text.split(CUT) if word in piece)


def specimen(
    kind: CertificateType = CertificateType.COMPETENCY,
    *,
    flag: Flag | None = None,
    gender: Gender | None = None,
    expires: bool = True,
    bound: bool = True,
    index: int = THREE_BYTES,
    **fields: Any,
) -> str:
    """Header and payload of a credential; `fields` are the certificate's, and what is not given is cut."""
    issuer = flag.issuer if flag else "https://credentials." + CUT
    expires = expires or kind in ALWAYS_EXPIRES
    credential = Credential(
        issuer=issuer,
        issued_at=_SIGNED,
        not_before=_FIRST,
        expires=_END if expires else None,
        holder_key=_KEY if bound else None,
        status=StatusReference(f"{issuer}/status/1", index),
        certificate=_certificate(kind, flag, gender, _EXPIRY if expires else None, fields),
    )
    kid = f"{flag.code if flag else 'NO'}-2026a"
    header = json_dumps({"alg": "ES256", "kid": kid, "typ": vc.TYP})
    text, _ = lift([header, json_dumps(vc.to_claims(credential))])
    return text.decode("utf-8")


def pass_specimen(held: Mapping[CertificateType, dict[str, Any]], gender: Gender) -> str:
    """Header and payload of a pass with these types' certificates; what is not given of each is cut."""
    issuer = "https://credentials." + CUT
    certificates = [
        replace(_certificate(kind, None, gender, _EXPIRY, fields), document_number=CUT * place)
        for place, (kind, fields) in enumerate(held.items(), 1)
    ]
    sea_pass = Pass(
        issuer=issuer,
        issued_at=_SIGNED,
        not_before=_SIGNED,
        expires=_SIGNED + LIFETIME,
        holder_key=_KEY,
        issuing_country="NO",
        issuing_authority=CUT,
        holder=certificates[0].holder,
        members=tuple(
            PassMember(one, StatusReference(f"{issuer}/status/1", THREE_BYTES + place))
            for place, one in enumerate(certificates)
        ),
    )
    header = json_dumps({"alg": "ES256", "kid": "NO-2026p", "typ": vc.TYP})
    text, _ = lift([header, json_dumps(pass_claims(sea_pass))])
    return text.decode("utf-8")


def _certificate(
    kind: CertificateType,
    flag: Flag | None,
    gender: Gender | None,
    expiry: date | None,
    fields: dict[str, Any],
) -> Certificate:
    shape: type[Certificate] = _CLASS.get(kind, Certificate)
    usual: dict[str, Any] = {
        "stcw_code": (CUT,),
        "issue_place": CUT,
        "official": Official(CUT, CUT, CUT),
    }
    return shape(
        type=kind,
        document_number=CUT,
        issuing_country=flag.code if flag else "NO",
        issuing_authority=(flag.own_name or flag.authority) if flag else CUT,
        holder=Holder(
            seafarer_id="00000000",  # any id is lifted
            family_name=CUT,
            given_name=CUT,
            birth_date=date(1980, 4, 4),
            gender=gender,
        ),
        issue_date=ISSUED,
        expiry_date=expiry,
        **{**usual, **fields},
    )
