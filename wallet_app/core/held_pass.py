"""The pass that a sync brought: read for showing, and checked before it is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from keys.encoding import EncodingError
from keys.jwk import PublicKey
from keys.jws import MalformedJws
from verifier.credential import carrier, sd_jwt, sea_pass_claims, vc
from verifier.credential.model import Certificate
from verifier.credential.sea_pass import Pass, contradiction
from wallet_app.core.held import Unreadable, is_same_person, require_signature
from wallet_app.core.troubles import PickUpError, Trouble

# The authority signs the pass as it answers; no more than this lies between the two times.
MOST_APART: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class HeldPass:
    """A pass and the text that was signed. `is_ours`: bound to this phone's key.

    `text` keeps the photograph back; `with_portrait` is the same pass disclosing it (RFC 9901), if it can.
    """

    text: str
    sea_pass: Pass
    is_ours: bool
    with_portrait: str | None = None

    @property
    def host(self) -> str:
        """Who signed it, as the network knows them."""
        return urlsplit(self.sea_pass.issuer).netloc

    def is_fresh(self, at: datetime) -> bool:
        """Within its 30 days at most; also where this phone's clock is behind the authority's."""
        return at < self.sea_pass.expires


def read(text: str, holder_key: PublicKey) -> HeldPass:
    """The pass in `text`, bound to `holder_key` or not. Raises Unreadable."""
    try:
        parsed = sd_jwt.parse(text)
        sea_pass_claims.refuse_kept_back(parsed)
        sea_pass = sea_pass_claims.from_claims(sd_jwt.claims(parsed, parsed.jws.payload))
    except (sd_jwt.MalformedSdJwt, MalformedJws, vc.MalformedCredential, EncodingError) as error:
        raise Unreadable(str(error)) from None
    kept_back = f"{parsed.jws.token}~"
    return HeldPass(
        kept_back,
        sea_pass,
        sea_pass.holder_key == holder_key,
        parsed.text if parsed.disclosures else None,
    )


def require_good(
    text: str,
    *,
    issuer: str,
    issuer_keys: Mapping[str, PublicKey],
    holder_key: PublicKey,
    known: Iterable[Certificate],
    as_of: datetime,
) -> None:
    """Whether a pass just received is this phone's, this seafarer's, fresh and signed by `issuer`.

    `known` are certificates that this wallet holds. Raises PickUpError.
    """
    if len(text) > carrier.MAX_CHARACTERS:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"a pass of {len(text)} characters: no code holds it")
    try:
        held = read(text, holder_key)
    except Unreadable as error:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"the pass: {error}") from None
    sea_pass = held.sea_pass
    if sea_pass.issuer != issuer:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"the pass is issued by {sea_pass.issuer[:80]}")
    if not held.is_ours:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, "the pass is bound to another key than this phone's")
    require_signature(text, "the pass", issuer_keys)
    against = contradiction(sea_pass)
    problem = None if against is None else str(against)
    if problem is None and abs(sea_pass.issued_at - as_of) > MOST_APART:
        problem = f"signed {sea_pass.issued_at:%Y-%m-%d %H:%M}, answered {as_of:%Y-%m-%d %H:%M}"
    if problem is not None:
        raise PickUpError(Trouble.WRONG_CREDENTIAL, f"the pass: {problem}")
    first = sea_pass.members[0].certificate
    if not any(is_same_person(first, one) for one in known):
        raise PickUpError(Trouble.OTHER_PERSON, f"the pass: {sea_pass.holder.full_name}")
