"""A credential offer as text: from a QR, a link, or by reference (OpenID4VCI 1.0 § 4.1)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from keys.encoding import EncodingError, Json, json_object
from wallet_app.core.plain import plain
from wallet_app.core.transport import require_secure
from wallet_app.core.troubles import PickUpError, Trouble

SCHEME: Final = "openid-credential-offer"
PRE_AUTHORIZED: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
MAX_OFFER_CHARACTERS: Final = 8_192
MAX_CONFIGURATIONS: Final = 64
MOST_DESCRIPTION: Final = 200


@dataclass(frozen=True, slots=True)
class TransactionCode:
    """The second secret, which comes by another channel than the offer. `length` 0 is unknown."""

    numeric: bool
    length: int
    description: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What an authority offers to the holder of a pre-authorized code."""

    issuer: str
    configurations: tuple[str, ...]
    code: str
    transaction_code: TransactionCode | None


def reference_or_offer(text: str) -> str | Offer:
    """The address to fetch the offer from, or the offer itself. Raises PickUpError (NOT_AN_OFFER)."""
    text = text.strip()
    if len(text) > MAX_OFFER_CHARACTERS:
        raise _not_an_offer(f"a text of {len(text)} characters")
    try:
        parts = urlsplit(text)
        query = parse_qs(parts.query, strict_parsing=True, max_num_fields=8) if parts.query else {}
    except ValueError:
        raise _not_an_offer("a link that cannot be read") from None
    if parts.scheme not in {SCHEME, "https", "http"}:
        raise _not_an_offer(f"a text that is no link of the form {SCHEME}://")
    by_reference, by_value = query.get("credential_offer_uri", []), query.get("credential_offer", [])
    if len(by_reference) + len(by_value) > 1:
        raise _not_an_offer("a link with two offers")
    if by_value:
        return parse(by_value[0].encode())
    if by_reference:
        return require_secure(by_reference[0])
    if parts.scheme == SCHEME:
        raise _not_an_offer("a link without an offer")
    return require_secure(text)


def parse(data: bytes) -> Offer:
    """The offer in its JSON. Raises PickUpError (NOT_AN_OFFER)."""
    try:
        members = json_object(data)
    except EncodingError as error:
        raise _not_an_offer(str(error)) from None
    issuer, configurations = members.get("credential_issuer"), members.get("credential_configuration_ids")
    if not isinstance(issuer, str):
        raise _not_an_offer('no "credential_issuer"')
    if not isinstance(configurations, list) or not 0 < len(configurations) <= MAX_CONFIGURATIONS:
        raise _not_an_offer('no "credential_configuration_ids"')
    names = tuple(name for name in configurations if isinstance(name, str))
    if len(names) != len(configurations):
        raise _not_an_offer('"credential_configuration_ids" are no texts')
    grants = members.get("grants")
    grant = grants.get(PRE_AUTHORIZED) if isinstance(grants, dict) else None
    code = grant.get("pre-authorized_code") if isinstance(grant, dict) else None
    if not isinstance(grant, dict) or not isinstance(code, str) or not code:
        raise _not_an_offer("no pre-authorized code: this wallet takes no other kind of offer")
    return Offer(require_secure(issuer), names, code, _transaction_code(grant.get("tx_code")))


def _transaction_code(value: Json) -> TransactionCode | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise _not_an_offer('"tx_code" is no object')
    length, description = value.get("length", 0), value.get("description", "")
    return TransactionCode(
        numeric=value.get("input_mode", "numeric") == "numeric",
        length=length if isinstance(length, int) and 0 <= length <= 64 else 0,
        description=plain(description, MOST_DESCRIPTION) if isinstance(description, str) else "",
    )


def _not_an_offer(detail: str) -> PickUpError:
    return PickUpError(Trouble.NOT_AN_OFFER, detail)
