"""A stored credential, read: what the wallet knows about one certificate that it holds."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from keys import jws
from keys.encoding import EncodingError
from keys.jwk import PublicKey
from keys.jws import MalformedJws, SignatureMismatch
from verifier.credential import carrier, sd_jwt, vc
from verifier.credential.icao import NotLatin
from verifier.credential.model import Certificate, Credential, Holder
from wallet_app.core.records import StoredCredential
from wallet_app.core.troubles import PickUpError, Trouble


class Unreadable(ValueError):
    """A text that is no credential of ours; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A credential and the text that was signed. `is_ours`: bound to this phone's key."""

    text: str
    credential: Credential
    received_at: datetime
    is_ours: bool

    @property
    def certificate(self) -> Certificate:
        """The certificate that the credential is an instance of."""
        return self.credential.certificate

    @property
    def key(self) -> str:
        """What tells this certificate from every other; of two issuers none takes the other's place."""
        country, number = self.certificate.certificate_id
        return f"{self.credential.issuer} {country}/{number}"

    @property
    def host(self) -> str:
        """Who signed it, as the network knows them: what the certificate says of itself, anyone can write."""
        try:
            return urlsplit(self.credential.issuer).netloc
        except ValueError:
            return self.credential.issuer


def read(stored: StoredCredential, holder_key: PublicKey) -> Held:
    """The credential in `stored`, bound to `holder_key` or not. Raises Unreadable.

    The wallet shows what it holds; whether to believe it is for a verifier, with its own trusted keys.
    """
    try:
        parsed = sd_jwt.parse(stored.text)
        claims = sd_jwt.claims(parsed, parsed.jws.payload)
        credential = vc.from_claims(claims)
    except (sd_jwt.MalformedSdJwt, MalformedJws, vc.MalformedCredential, EncodingError) as error:
        raise Unreadable(str(error)) from None
    received = datetime.fromtimestamp(stored.received_at, UTC)
    return Held(stored.text, credential, received, credential.holder_key == holder_key)


def is_same_person(one: Certificate, other: Certificate) -> bool:
    """Born on the same day, and of one name as passports write it, or one seafarer of one state.

    So a name spelled `Ø` here and `OE` there, and one changed since, are still the same person's.
    """
    if one.holder.birth_date != other.holder.birth_date:
        return False
    first, second = ((held.issuing_country, held.holder.seafarer_id) for held in (one, other))
    return first == second or _name(one.holder) == _name(other.holder)


def _name(holder: Holder) -> str:
    try:
        return holder.mrz_name
    except NotLatin:
        return unicodedata.normalize("NFKC", holder.full_name).casefold()


def accept(
    text: str,
    *,
    identifier: str,
    issuer: str,
    issuer_keys: Mapping[str, PublicKey],
    holder_key: PublicKey,
    at: datetime,
) -> StoredCredential:
    """A credential just received, once it is shown to be what was asked for.

    It must fit a code, parse strictly, come from `issuer`, be bound to this phone, be the certificate asked
    for and be signed by the one of `issuer_keys` that it names. Raises PickUpError.
    """
    if len(text) > carrier.MAX_CHARACTERS:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"{identifier}: {len(text)} characters: no code holds it")
    stored = StoredCredential(text, int(at.timestamp()))
    try:
        held = read(stored, holder_key)
    except Unreadable as error:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"{identifier}: {error}") from None
    if held.credential.issuer != issuer:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"{identifier}: issued by {held.credential.issuer[:80]}")
    if not held.is_ours:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"{identifier}: bound to another key than this phone's")
    if held.certificate.document_number != identifier:
        number = held.certificate.document_number
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"{identifier}: the certificate is {number}")
    require_signature(text, identifier, issuer_keys)
    contradiction = vc.date_contradiction(held.credential)
    if contradiction is not None:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"{identifier}: {contradiction}")
    return stored


def require_signature(text: str, what: str, issuer_keys: Mapping[str, PublicKey]) -> None:
    """Raise PickUpError unless a published key of its issuer has signed the credential; `what` names it.

    Whether that issuer may sign for its state is the verifier's to say, with keys from the trust list.
    """
    signed = sd_jwt.parse(text).jws
    key = issuer_keys.get(signed.kid or "")
    if key is None:
        raise PickUpError(Trouble.UNVERIFIED, f"{what}: no published key {(signed.kid or '')[:40]!r}")
    try:
        jws.verify(signed, key, typ=vc.TYP)
    except (MalformedJws, SignatureMismatch) as error:
        raise PickUpError(Trouble.UNVERIFIED, f"{what}: {error}") from None
