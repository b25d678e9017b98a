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
from issuer.services.custody.signing_port import refused, unreachable
from issuer.services.register.claims import merged_claims
from issuer.settings import Settings
from keys import jws
from keys.custody.signer_client import SignerError, ToSign
from keys.custody.signing_case import Signed
from keys.encoding import b64url_encode
from keys.jwk import PublicKey
from verifier.credential import carrier, sd_jwt, sea_pass_claims, vc
from verifier.credential.model import Certificate, CertificateType, InvalidCertificate, StatusReference
from verifier.credential.sea_pass import LIFETIME, MAX_MEMBERS, NO_MEMBERS, Pass, PassMember

SALT_BYTES: Final = 16  # RFC 9901, section 9.3: 128 bits at least

log = structlog.get_logger(__name__)

# What decides whether somebody may serve comes first: what is more than a pass holds is left out.
_FIRST: Final = (CertificateType.COMPETENCY, CertificateType.MEDICAL)
_ORDER: Final = {kind: place for place, kind in enumerate(dict.fromkeys([*_FIRST, *CertificateType]))}


class Entry(NamedTuple):
    """A certificate in force as its credential says it, if both can be read, and where its status stands.

    `credential` is the signed text that the signer goes by; what is signed later has the higher `place`.
    """

    document_number: str
    certificate: Certificate | None
    status: StatusReference | None
    credential: str = ""
    place: int = 0


class _Chosen(NamedTuple):
    """What is in a pass, and the credentials that show it, in one order."""

    sea_pass: Pass
    credentials: Sequence[str]


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
            composed = self._compose(members, holder_key, at)
            text = _signed(composed, self._keys, kid, picture)
            if picture is not None and len(text) > carrier.MAX_CHARACTERS:
                log.warning("a pass is too long to carry a photograph", kid=kid, certificates=len(members))
                text = _signed(composed, self._keys, kid, None)
        except SelfVerificationFailed:  # its words may quote the certificates: the log holds no one's data
            log.error("a pass was refused by our own rules", kid=kid, certificates=len(members))
            return NO_PASS
        return SignedPass(text, frozenset(one.document_number for _, one in members))

    def _members(self, entries: Sequence[Entry]) -> list[tuple[PassMember, Entry]]:
        members = [
            (PassMember(entry.certificate, entry.status), entry)
            for entry in entries
            if entry.certificate is not None
            and entry.status is not None
            and entry.certificate.type not in NO_MEMBERS
            and entry.certificate.issuing_country == self._settings.flag
            and self._counts(entry.credential)
        ]
        members.sort(key=lambda one: (_ORDER[one[0].certificate.type], one[1].document_number))
        return members[:MAX_MEMBERS]

    def _counts(self, credential: str) -> bool:
        """Whether the signer still goes by what this credential's key has signed."""
        policy = self._keys.policy
        return policy is None or jws.parse(_bare(credential)).kid in policy.verifying_keys

    def _compose(
        self, members: Sequence[tuple[PassMember, Entry]], holder_key: PublicKey, at: datetime
    ) -> _Chosen:
        newest = max(members, key=lambda one: one[1].place)[
            0
        ]  # its holder's names are the last that we signed
        try:
            sea_pass = Pass(
                issuer=self._settings.issuer,
                issued_at=at,
                not_before=at,
                expires=at + LIFETIME,
                holder_key=holder_key,
                issuing_country=self._settings.flag,
                issuing_authority=self._settings.authority_name,
                holder=newest.certificate.holder,
                members=tuple(member for member, _ in members),
            )
        except InvalidCertificate as error:
            raise SelfVerificationFailed(str(error)) from error
        return _Chosen(sea_pass, [_bare(entry.credential) for _, entry in members])


def read_certificate(kind: str, claims: str, holder_claims: str) -> Certificate | None:
    """A register's or a payload's certificate, or None where our own reader refuses it."""
    try:
        return vc.certificate_from_claims(CertificateType(kind), merged_claims(claims, holder_claims))
    except (vc.MalformedCredential, ValueError):
        return None


def _bare(credential: str) -> str:
    """The signed part of a credential, which discloses nothing."""
    return credential.partition("~")[0]


def _signature(text: str, credentials: Sequence[str], keys: AuthorityKeys) -> bytes:
    """From the signer, who goes by the credentials. Raises SigningRefused, SigningDeferred, QuotaReached."""
    try:
        (answer,) = keys.credential_signer.sign([ToSign(text=text, evidence=credentials)])
    except SignerError as error:
        raise unreachable(error) from error
    if not isinstance(answer, Signed):
        raise refused(answer)
    return answer.signature


def _signed(chosen: _Chosen, keys: AuthorityKeys, kid: str, picture: bytes | None) -> str:
    """Rehearse, sign, read back as a stranger would. Raises SelfVerificationFailed, and as `_signature`."""
    public = keys.public(kid)
    try:
        claims, shown = sea_pass_claims.pass_claims(chosen.sea_pass), ""
        rehearsed = sea_pass_claims.from_claims(claims)
        if picture is not None:
            claims, shown = sea_pass_claims.with_portrait(claims, picture, secrets.token_bytes(SALT_BYTES))
    except ValueError as error:
        raise SelfVerificationFailed(f"it could not be read: {error}") from error
    payload = vc.encode(claims)
    unsigned = jws.signing_input(payload, public.algorithm, typ=vc.TYP, kid=kid)
    signature = _signature(unsigned, chosen.credentials, keys)
    text = f"{jws.with_signature(unsigned, signature)}~{shown and f'{shown}~'}"
    try:
        parsed = sd_jwt.parse(text)
        sea_pass_claims.refuse_kept_back(parsed)
        found = sd_jwt.claims(parsed, jws.verify(parsed.jws, public, typ=vc.TYP))
        read = sea_pass_claims.from_claims(found)
    except (sd_jwt.MalformedSdJwt, jws.MalformedJws, jws.SignatureMismatch, vc.MalformedCredential) as error:
        raise SelfVerificationFailed(f"the signed text: {error}") from error
    if parsed.jws.kid != kid or read != rehearsed or text.split(".")[1:2] != [b64url_encode(payload)]:
        raise SelfVerificationFailed("the signed text is not what was composed")
    if found.get(sea_pass_claims.PORTRAIT) != (None if picture is None else b64url_encode(picture)):
        raise SelfVerificationFailed("the signed text shows another photograph")
    return text
