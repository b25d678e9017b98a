"""A credential on its way: its claims, rehearsed by our own verifier's rules before and after signing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from issuer.domain.errors import SelfVerificationFailed
from issuer.domain.register import CredentialState
from issuer.services.register.claims import merged_claims
from issuer.settings import Settings
from keys import jws
from keys.algorithms import Algorithm
from keys.encoding import Json, b64url_encode
from keys.jwk import PublicKey
from verifier.credential import safe_manning_claims, vc
from verifier.credential.model import CertificateType, Credential, StatusReference
from verifier.credential.safe_manning import SignedManning
from verifier.credential.validity import day_times


@dataclass(slots=True, kw_only=True)
class Draft:
    """One credential between `reserved` and `released`; `state` says what the database already holds."""

    id: int  # of the credential's row
    certificate_id: int
    serial: str
    idempotency_key: str
    document_number: str
    kind: str
    certificate_claims: str
    holder_claims: str
    holder_jwk: str | None
    holder_thumbprint: str | None
    list_number: int
    list_uri: str
    idx: int
    kid: str
    issued_at: int
    log_salt: str
    state: CredentialState
    payload: str | None = None
    token: str | None = None
    rehearsed: bool = False  # this very object's payload was read, to the byte, by the verifier's rules

    @property
    def holder_key(self) -> PublicKey | None:
        """The phone's key; None on paper."""
        return PublicKey.from_jwk(json.loads(self.holder_jwk)) if self.holder_jwk else None


def compose(draft: Draft, settings: Settings) -> str:
    """The exact JSON to sign, which our own rules have read back. Raises SelfVerificationFailed."""
    if draft.kind == CertificateType.SAFE_MANNING:
        return _compose_manning(draft, settings)
    try:
        claims = merged_claims(draft.certificate_claims, draft.holder_claims)
        certificate = vc.certificate_from_claims(CertificateType(draft.kind), claims)
    except (vc.MalformedCredential, ValueError) as error:
        raise _refuse(draft, str(error)) from error
    issued_at = datetime.fromtimestamp(draft.issued_at, UTC)
    not_before, expires = vc.issue_times(certificate, settings.time_zone, issued_at)
    credential = Credential(
        issuer=settings.issuer,
        issued_at=issued_at,
        not_before=not_before,
        expires=expires,
        holder_key=draft.holder_key,
        status=StatusReference(draft.list_uri, draft.idx),
        certificate=certificate,
    )
    # The verifier's own reader has read the certificate above; row C4b is what is left to rehearse.
    problem = vc.date_contradiction(credential)
    if problem is not None or certificate.document_number != draft.document_number:
        raise _refuse(draft, str(problem or "the claims are of another certificate"))
    said = vc.to_claims(credential)
    # Where the claims come out as they went in, whoever reads them finds this certificate again.
    draft.rehearsed = claims.items() <= said.items()
    return encode(said)


def _compose_manning(draft: Draft, settings: Settings) -> str:
    """As `compose`, for the one certificate that is a ship's."""
    try:
        document = safe_manning_claims.document_from_claims(orjson.loads(draft.certificate_claims))
        first = document.issue_date
        if first is None or draft.holder_jwk is not None:
            raise ValueError("a ship's document has a day of issue, and is bound to no phone")
        not_before, expires = day_times(first, document.expiry_date, settings.time_zone)
        signed = SignedManning(
            issuer=settings.issuer,
            issued_at=datetime.fromtimestamp(draft.issued_at, UTC),
            not_before=not_before,
            expires=expires,
            status=StatusReference(draft.list_uri, draft.idx),
            document=document,
        )
        claims = safe_manning_claims.to_claims(signed)
    except (vc.MalformedCredential, ValueError) as error:
        raise _refuse(draft, str(error)) from error
    problem = safe_manning_claims.contradiction(signed)  # row C4b
    if problem is not None or document.document_number != draft.document_number:
        raise _refuse(draft, str(problem or "the claims are of another document"))
    return encode(claims)


def encode(claims: Mapping[str, Json]) -> str:
    """Claims as the JSON that is signed: compact, in their order."""
    return orjson.dumps(claims).decode()


def to_sign(draft: Draft, algorithm: Algorithm) -> str:
    """The signing input of the persisted payload: as it stands, never composed again."""
    assert draft.payload is not None, "only what is persisted is signed"  # noqa: S101
    return jws.signing_input(draft.payload.encode(), algorithm, typ=vc.TYP, kid=draft.kid)


def with_signature(text: str, signature: bytes) -> str:
    """The SD-JWT of a signed text: without disclosures."""
    return jws.with_signature(text, signature) + "~"


def check_signed(draft: Draft, found: str | None) -> None:
    """That it is what was persisted, and what a reader `found` against it. Raises SelfVerificationFailed."""
    assert draft.payload is not None, "what is signed was persisted"  # noqa: S101
    assert draft.token is not None, "only what is signed is verified"  # noqa: S101
    if draft.token.split(".")[1:2] != [b64url_encode(draft.payload.encode())]:
        raise _refuse(draft, "the signed text is not what was persisted")
    if found is not None:
        raise _refuse(draft, found)


def _refuse(draft: Draft, reason: str) -> SelfVerificationFailed:
    return SelfVerificationFailed(
        f"certificate {draft.document_number} would not verify: {reason}",
        hint="correct the certificate in the register; nothing was released",
    )
