"""The pass: one signed summary of what a seafarer's phone may show, made anew at each sync.

It has no status index, no log entry and no row in the database: it says "good as of now", for 30 days at
most; each of its members names the status entry that a verifier looks up. The holder's photograph is the one
claim that can be kept back, so that the code for every day stays small. Our own rules read it before and
after it is signed, as they do with credentials; one that they refuse is not handed out.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import structlog

from issuer.domain.errors import SelfVerificationFailed
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.register.claims import merged_claims
from issuer.settings import Settings
from keys import jws
from keys.encoding import b64url_encode
from keys.jwk import PublicKey
from keys.signer import Signer
from verifier.credential import carrier, sd_jwt, sea_pass_claims, vc
from verifier.credential.model import Certificate, CertificateType, InvalidCertificate, StatusReference
from verifier.credential.sea_pass import LIFETIME, MAX_MEMBERS, NO_MEMBERS, Pass, PassMember

SALT_BYTES: Final = 16  # RFC 9901, section 9.3: 128 bits at least

log = structlog.get_logger(__name__)

# What decides whether somebody may serve comes first: what is more than a pass holds is left out.
_FIRST: Final = (CertificateType.COMPETENCY, CertificateType.MEDICAL)
_ORDER: Final = {kind: place for place, kind in enumerate(dict.fromkeys([*_FIRST, *CertificateType]))}


class Entry(NamedTuple):
    """A certificate in force, if it can be read, and the status entry that speaks for it, if there is one."""

    document_number: str
    certificate: Certificate | None
    status: StatusReference | None


class SignedPass(NamedTuple):
    """The text of a pass, None where there is none, and the numbers of the certificates that are in it."""

    text: str | None
    members: frozenset[str]


NO_PASS: Final = SignedPass(None, frozenset())


class PassSigning:
    """Signs passes with the one key that signs nothing else."""

    def __init__(self, keys: AuthorityKeys, settings: Settings) -> None:
        self._keys = keys
        self._settings = settings

    def sign(
        self, entries: Sequence[Entry], holder_key: PublicKey, at: datetime, *, picture: bytes | None = None
    ) -> SignedPass:
        """A pass for the phone with `holder_key`, good as of `at`; none where there is nothing to sum up.

        It discloses the `picture`, if there is one and the carrier holds both: the phone keeps that back
        until it is asked for. A pass that our own rules refuse is reported in the log and left out: the rest
        of a sync goes on.
        """
        kid = self._keys.pass_kid
        members = self._members(entries)
        if kid is None or not members:
            return NO_PASS
        try:
            composed, signer = self._compose(members, holder_key, at), self._keys.signer(kid)
            text = _signed(composed, signer, kid, picture)
            if picture is not None and len(text) > carrier.MAX_CHARACTERS:
                log.warning("a pass is too long to carry a photograph", kid=kid, certificates=len(members))
                text = _signed(composed, signer, kid, None)
        except SelfVerificationFailed:  # its words may quote the certificates: the log holds no one's data
            log.error("a pass was refused by our own rules", kid=kid, certificates=len(members))
            return NO_PASS
        return SignedPass(text, frozenset(member.certificate.document_number for member in members))

    def _members(self, entries: Sequence[Entry]) -> list[PassMember]:
        members = [
            PassMember(entry.certificate, entry.status)
            for entry in entries
            if entry.certificate is not None
            and entry.status is not None
            and entry.certificate.type not in NO_MEMBERS
            and entry.certificate.issuing_country == self._settings.flag
        ]
        members.sort(key=lambda one: (_ORDER[one.certificate.type], one.certificate.document_number))
        return members[:MAX_MEMBERS]

    def _compose(self, members: Sequence[PassMember], holder_key: PublicKey, at: datetime) -> Pass:
        try:
            return Pass(
                issuer=self._settings.issuer,
                issued_at=at,
                not_before=at,
                expires=at + LIFETIME,
                holder_key=holder_key,
                issuing_country=self._settings.flag,
                issuing_authority=self._settings.authority_name,
                holder=members[0].certificate.holder,
                members=tuple(members),
            )
        except InvalidCertificate as error:
            raise SelfVerificationFailed(str(error)) from error


def read_certificate(kind: str, claims: str, holder_claims: str) -> Certificate | None:
    """A register's or a payload's certificate, or None where our own reader refuses it."""
    try:
        return vc.certificate_from_claims(CertificateType(kind), merged_claims(claims, holder_claims))
    except (vc.MalformedCredential, ValueError):
        return None


def _signed(sea_pass: Pass, signer: Signer, kid: str, picture: bytes | None) -> str:
    """Rehearse, sign, and read back as a stranger would. Raises SelfVerificationFailed."""
    try:
        claims, shown = sea_pass_claims.pass_claims(sea_pass), ""
        rehearsed = sea_pass_claims.from_claims(claims)
        if picture is not None:
            claims, shown = sea_pass_claims.with_portrait(claims, picture, secrets.token_bytes(SALT_BYTES))
    except ValueError as error:
        raise SelfVerificationFailed(f"it could not be read: {error}") from error
    payload = vc.encode(claims)
    text = vc.sign_payload(payload, signer, kid) + (shown and f"{shown}~")
    try:
        parsed = sd_jwt.parse(text)
        sea_pass_claims.refuse_kept_back(parsed)
        found = sd_jwt.claims(parsed, jws.verify(parsed.jws, signer.public_key, typ=vc.TYP))
        read = sea_pass_claims.from_claims(found)
    except (sd_jwt.MalformedSdJwt, jws.MalformedJws, jws.SignatureMismatch, vc.MalformedCredential) as error:
        raise SelfVerificationFailed(f"the signed text: {error}") from error
    if parsed.jws.kid != kid or read != rehearsed or text.split(".")[1:2] != [b64url_encode(payload)]:
        raise SelfVerificationFailed("the signed text is not what was composed")
    if found.get(sea_pass_claims.PORTRAIT) != (None if picture is None else b64url_encode(picture)):
        raise SelfVerificationFailed("the signed text shows another photograph")
    return text
