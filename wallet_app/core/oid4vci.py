"""OpenID for Verifiable Credential Issuance 1.0, the holder's side: each function is one request.

Nothing is remembered here; `pickup.py` puts the requests in order and stores what they bring. Who the issuer
is, `issuer_metadata.py` has asked before.
"""

from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from keys import jws
from keys.encoding import Json, json_dumps
from keys.signer import Signer
from keys.transparency.entry import MAX_RECEIPT
from wallet_app.core import offer as offers
from wallet_app.core.answers import JSON_HEADERS, error_of, members_of, not_understood, require_ok
from wallet_app.core.issuer_metadata import Authority
from wallet_app.core.offer import Offer
from wallet_app.core.records import Item, PickUp
from wallet_app.core.transport import Transport
from wallet_app.core.troubles import PickUpError, Trouble

PROOF_TYPE: Final = "openid4vci-proof+jwt"
MAX_ITEMS: Final = 200
DEFAULT_LIFETIME: Final = 300
LONGEST_LIFETIME: Final = 86_400


class Received(NamedTuple):
    """One credential as it came, the id under which that is acknowledged, its receipt of the log as JSON."""

    text: str
    notification_id: str | None
    log_receipt: str | None = None


class ExpiredNonce(Exception):
    """The nonce was used or too old (`invalid_nonce`): get a fresh one."""


def fetch_offer(transport: Transport, text: str) -> Offer:
    """The offer behind a QR's text or a link (§ 4.1). Raises PickUpError."""
    found = offers.reference_or_offer(text)
    if isinstance(found, Offer):
        return found
    answer = transport.send("GET", found, headers=JSON_HEADERS)
    if answer.status in {404, 410}:
        raise PickUpError(Trouble.OFFER_GONE, f"{urlsplit(found).hostname} answered {answer.status}")
    require_ok(answer, found)
    return offers.parse(answer.body)


def exchange(
    transport: Transport, authority: Authority, offer: Offer, tx_code: str | None, at: datetime
) -> PickUp:
    """Spend the pre-authorized code (§ 6.1): what may be fetched, and until when. Raises PickUpError."""
    form = {"grant_type": offers.PRE_AUTHORIZED, "pre-authorized_code": offer.code}
    if tx_code is not None:
        form["tx_code"] = tx_code
    headers = {**JSON_HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
    url = authority.token_endpoint
    answer = transport.send("POST", url, headers=headers, body=urlencode(form).encode())
    error = error_of(answer)
    if error == "invalid_grant":
        raise PickUpError(Trouble.CODE_REFUSED, "invalid_grant")
    if error is not None:
        raise PickUpError(Trouble.REFUSED, f"token endpoint: {error}")
    members = members_of(require_ok(answer, url), url)
    token, lifetime = members.get("access_token"), members.get("expires_in", DEFAULT_LIFETIME)
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
        raise not_understood(url, 'no "access_token"')
    if str(members.get("token_type")).lower() != "bearer":
        raise not_understood(url, 'a "token_type" that is not Bearer')
    return PickUp(
        issuer=authority.issuer,
        issuer_name=authority.name,
        nonce_endpoint=authority.nonce_endpoint,
        credential_endpoint=authority.credential_endpoint,
        notification_endpoint=authority.notification_endpoint,
        access_token=token,
        expires_at=int(at.timestamp()) + _lifetime(lifetime),
        items=_items(members.get("authorization_details"), url),
    )


def _lifetime(value: Json) -> int:
    return max(0, min(value, LONGEST_LIFETIME)) if isinstance(value, int) else DEFAULT_LIFETIME


def fetch_nonce(transport: Transport, url: str) -> str:
    """A fresh nonce for one proof (§ 7). Raises PickUpError."""
    nonce = members_of(require_ok(transport.send("POST", url, headers=JSON_HEADERS, body=b""), url), url).get(
        "c_nonce"
    )
    if not isinstance(nonce, str) or not nonce:
        raise not_understood(url, 'no "c_nonce"')
    return nonce


def proof(signer: Signer, issuer: str, nonce: str, at: datetime, *, typ: str = PROOF_TYPE) -> str:
    """Proof that this phone holds the key (§ F.1); without `iss`, since the client is anonymous."""
    claims = {"aud": issuer, "iat": int(at.timestamp()), "nonce": nonce}
    jwk: Json = dict(signer.public_key.to_jwk())
    return jws.sign(json_dumps(claims), signer, typ=typ, header={"jwk": jwk})


def fetch_credential(transport: Transport, pick_up: PickUp, item: Item, key_proof: str) -> Received:
    """One certificate's credential (§ 8). Raises ExpiredNonce or PickUpError."""
    url = pick_up.credential_endpoint
    request: Json = {"credential_identifier": item.identifier, "proofs": {"jwt": [key_proof]}}
    answer = transport.send("POST", url, headers=_with_token(pick_up), body=json_dumps(request))
    if answer.status == 202:
        raise PickUpError(Trouble.NOT_READY, f"{item.identifier} is deferred")
    error = error_of(answer)
    if error == "invalid_nonce":
        raise ExpiredNonce
    if answer.status == 401 or error == "invalid_token":
        raise PickUpError(Trouble.ACCESS_ENDED, f"{item.identifier}: {error or answer.status}")
    if error == "invalid_proof":  # nearly always a clock: theirs or this phone's
        raise PickUpError(Trouble.PROOF_REFUSED, f"{item.identifier}: {error}")
    if error is not None:
        raise PickUpError(Trouble.REFUSED, f"{item.identifier}: {error}")
    members = members_of(require_ok(answer, url), url)
    credentials = members.get("credentials")
    first = credentials[0] if isinstance(credentials, list) and len(credentials) == 1 else None
    text = first.get("credential") if isinstance(first, dict) else None
    if not isinstance(text, str):
        raise not_understood(url, "not exactly one credential")
    notification = members.get("notification_id")
    receipt = json_dumps(members["log_receipt"]).decode() if "log_receipt" in members else None
    if receipt is not None and len(receipt) > MAX_RECEIPT:
        receipt = None  # no certificate is refused for it
    return Received(text, notification if isinstance(notification, str) else None, receipt)


def notify(transport: Transport, pick_up: PickUp, notification_id: str, event: str) -> None:
    """Tell the issuer what became of a credential (§ 11): idempotent. Raises PickUpError when offline."""
    if pick_up.notification_endpoint is None:
        return
    body = json_dumps({"notification_id": notification_id, "event": event})
    answer = transport.send("POST", pick_up.notification_endpoint, headers=_with_token(pick_up), body=body)
    if answer.status >= 500:
        raise PickUpError(Trouble.SERVICE, f"notification endpoint answered {answer.status}")


def _with_token(pick_up: PickUp) -> dict[str, str]:
    bearer = f"Bearer {pick_up.access_token}"
    return {**JSON_HEADERS, "Content-Type": "application/json", "Authorization": bearer}


def _items(value: Json, url: str) -> tuple[Item, ...]:
    """One item per `credential_identifier`; each identifier once."""
    items: dict[str, Item] = {}
    for detail in value if isinstance(value, list) else []:
        if not isinstance(detail, dict) or detail.get("type") != "openid_credential":
            continue
        configuration, names = detail.get("credential_configuration_id"), detail.get("credential_identifiers")
        for name in names if isinstance(names, list) else []:
            if isinstance(name, str) and isinstance(configuration, str):
                items[name] = Item(name, configuration)
    if not 0 < len(items) <= MAX_ITEMS:
        raise not_understood(url, f'{len(items)} "credential_identifiers"')
    return tuple(items.values())
