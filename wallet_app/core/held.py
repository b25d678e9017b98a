"""A stored credential, read: what the wallet knows about one certificate that it holds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from keys.encoding import EncodingError
from keys.jwk import PublicKey
from keys.jws import MalformedJws
from verifier.credential import carrier, sd_jwt, vc
from verifier.credential.model import Certificate, Credential
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


def accept(
    text: str, *, identifier: str, issuer: str, holder_key: PublicKey, at: datetime
) -> StoredCredential:
    """A credential just received, once it is shown to be what was asked for.

    It must fit a code, parse strictly, come from `issuer`, be bound to this phone and be the certificate asked for.
    Raises PickUpError (WRONG_CREDENTIAL).
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
    contradiction = vc.date_contradiction(held.credential)
    if contradiction is not None:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"{identifier}: {contradiction}")
    return stored
