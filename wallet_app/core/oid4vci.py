"""OpenID for Verifiable Credential Issuance 1.0, the holder's side: each function is one request.

Nothing is remembered here; `pickup.py` puts the requests in order and stores what they bring.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from keys import jws
from keys.encoding import EncodingError, Json, json_dumps, json_object
from keys.jwk import JwkError, PublicKey
from keys.signer import Signer
from keys.transparency.entry import MAX_RECEIPT
from wallet_app.core import offer as offers
from wallet_app.core.offer import Offer
from wallet_app.core.plain import plain
from wallet_app.core.records import Item, PickUp
from wallet_app.core.transport import Response, Transport, require_secure
from wallet_app.core.troubles import PickUpError, Trouble

PROOF_TYPE: Final = "openid4vci-proof+jwt"
FORMAT: Final = "dc+sd-jwt"
MAX_ITEMS: Final = 200
MAX_KEYS: Final = 200
MOST_NAME: Final = 100
DEFAULT_LIFETIME: Final = 300
LONGEST_LIFETIME: Final = 86_400
JSON_HEADERS: Final = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An issuer as its metadata describes it. `documents` maps a configuration to its display name."""

    issuer: str
    name: str
    documents: Mapping[str, str]
    token_endpoint: str
    nonce_endpoint: str
    credential_endpoint: str
    notification_endpoint: str | None


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
    _require_ok(answer, found)
    return offers.parse(answer.body)


def well_known(issuer: str, name: str) -> str:
    """The address of a metadata document: inserted between host and path (§ 12.2.2; RFC 8414 § 3.1)."""
    parts = urlsplit(issuer)
    path = "" if parts.path == "/" else parts.path
    return f"{parts.scheme}://{parts.netloc}/.well-known/{name}{path}"


def fetch_authority(transport: Transport, issuer: str) -> Authority:
    """The issuer's metadata and its authorization server's (§ 12.2; RFC 8414). Raises PickUpError."""
    metadata = _get(transport, well_known(issuer, "openid-credential-issuer"))
    if metadata.get("credential_issuer") != issuer:
        raise PickUpError(Trouble.NOT_ITSELF, f'"credential_issuer" is not {issuer}')
    server = _authorization_server(metadata, issuer)
    oauth = _get(transport, well_known(server, "oauth-authorization-server"))
    if oauth.get("issuer") != server:
        raise PickUpError(Trouble.NOT_ITSELF, f'"issuer" of the authorization server is not {server}')
    if oauth.get("pre-authorized_grant_anonymous_access_supported") is not True:
        raise PickUpError(Trouble.NOT_UNDERSTOOD, "the authority serves registered wallets alone")
    return Authority(
        issuer=issuer,
        name=_display_name(metadata.get("display")) or (urlsplit(issuer).hostname or issuer),
        documents=_documents(metadata),
        token_endpoint=_endpoint(oauth, "token_endpoint", issuer),
        nonce_endpoint=_endpoint(metadata, "nonce_endpoint", issuer),
        credential_endpoint=_endpoint(metadata, "credential_endpoint", issuer),
        notification_endpoint=_endpoint(metadata, "notification_endpoint", issuer)
        if "notification_endpoint" in metadata
        else None,
    )


def fetch_keys(transport: Transport, issuer: str) -> dict[str, PublicKey]:
    """The keys that the issuer publishes, by key id (SD-JWT VC § 5). Raises PickUpError (UNVERIFIED too).

    A key of a kind that we cannot use is left out; so is a key id that two keys claim.
    """
    url = well_known(issuer, "jwt-vc-issuer")
    answer = transport.send("GET", url, headers=JSON_HEADERS)
    if answer.status in {404, 410}:
        raise PickUpError(Trouble.UNVERIFIED, f"{urlsplit(url).hostname} publishes no keys")
    document = _members(_require_ok(answer, url), url)
    if document.get("issuer") != issuer:
        raise PickUpError(Trouble.NOT_ITSELF, f'"issuer" of the published keys is not {issuer}')
    jwks = document.get("jwks")
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise PickUpError(Trouble.UNVERIFIED, f"{urlsplit(url).hostname} publishes no keys that can be read")
    entries = [entry for entry in listed if isinstance(entry, dict)]
    claimed = Counter(str(entry.get("kid")) for entry in entries)
    return {kid: key for kid, key in map(_key, entries) if key is not None and claimed[kid] == 1}


def _key(jwk: Mapping[str, Json]) -> tuple[str, PublicKey | None]:
    kid = jwk.get("kid")
    try:
        return str(kid), PublicKey.from_jwk(jwk) if isinstance(kid, str) and kid else None
    except JwkError:
        return str(kid), None


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
    error = _error(answer)
    if error == "invalid_grant":
        raise PickUpError(Trouble.CODE_REFUSED, "invalid_grant")
    if error is not None:
        raise PickUpError(Trouble.REFUSED, f"token endpoint: {error}")
    members = _members(_require_ok(answer, url), url)
    token, lifetime = members.get("access_token"), members.get("expires_in", DEFAULT_LIFETIME)
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
        raise _not_understood(url, 'no "access_token"')
    if str(members.get("token_type")).lower() != "bearer":
        raise _not_understood(url, 'a "token_type" that is not Bearer')
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


def fetch_nonce_endpoint(transport: Transport, issuer: str) -> str:
    """Where the issuer gives out nonces (§ 12.2.4). Raises PickUpError."""
    metadata = _get(transport, well_known(issuer, "openid-credential-issuer"))
    if metadata.get("credential_issuer") != issuer:
        raise PickUpError(Trouble.NOT_ITSELF, f'"credential_issuer" is not {issuer}')
    return _endpoint(metadata, "nonce_endpoint", issuer)


def fetch_nonce(transport: Transport, url: str) -> str:
    """A fresh nonce for one proof (§ 7). Raises PickUpError."""
    nonce = _members(_require_ok(transport.send("POST", url, headers=JSON_HEADERS, body=b""), url), url).get(
        "c_nonce"
    )
    if not isinstance(nonce, str) or not nonce:
        raise _not_understood(url, 'no "c_nonce"')
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
    error = _error(answer)
    if error == "invalid_nonce":
        raise ExpiredNonce
    if answer.status == 401 or error == "invalid_token":
        raise PickUpError(Trouble.ACCESS_ENDED, f"{item.identifier}: {error or answer.status}")
    if error == "invalid_proof":  # nearly always a clock: theirs or this phone's
        raise PickUpError(Trouble.PROOF_REFUSED, f"{item.identifier}: {error}")
    if error is not None:
        raise PickUpError(Trouble.REFUSED, f"{item.identifier}: {error}")
    members = _members(_require_ok(answer, url), url)
    credentials = members.get("credentials")
    first = credentials[0] if isinstance(credentials, list) and len(credentials) == 1 else None
    text = first.get("credential") if isinstance(first, dict) else None
    if not isinstance(text, str):
        raise _not_understood(url, "not exactly one credential")
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
        raise _not_understood(url, f'{len(items)} "credential_identifiers"')
    return tuple(items.values())


def _authorization_server(metadata: Mapping[str, Json], issuer: str) -> str:
    servers = metadata.get("authorization_servers")
    first = servers[0] if isinstance(servers, list) and servers else issuer
    return _at_home(first, "authorization_servers", issuer) if isinstance(first, str) else issuer


def _documents(metadata: Mapping[str, Json]) -> dict[str, str]:
    """Display names of the configurations in our format (§ 12.2.4, `credential_metadata.display`)."""
    configurations = metadata.get("credential_configurations_supported")
    names = {}
    for key, value in (configurations if isinstance(configurations, dict) else {}).items():
        if isinstance(value, dict) and value.get("format") == FORMAT:
            described = value.get("credential_metadata")
            display = described.get("display") if isinstance(described, dict) else None
            names[key] = _display_name(display) or plain(key, MOST_NAME)
    return names


def _display_name(display: Json) -> str | None:
    """The English name among the display entries, else the first one's."""
    entries = [entry for entry in display if isinstance(entry, dict)] if isinstance(display, list) else []
    entries.sort(key=lambda entry: not str(entry.get("locale", "")).startswith("en"))
    name = entries[0].get("name") if entries else None
    return (plain(name, MOST_NAME) or None) if isinstance(name, str) else None


def _endpoint(metadata: Mapping[str, Json], name: str, issuer: str) -> str:
    url = metadata.get(name)
    if not isinstance(url, str):
        raise PickUpError(Trouble.NOT_UNDERSTOOD, f'the metadata has no "{name}"')
    return _at_home(url, name, issuer)


def _at_home(url: str, name: str, issuer: str) -> str:
    """`url`, at the address that the seafarer agrees to: codes and tokens go nowhere else."""
    if _origin(require_secure(url)) != _origin(issuer):
        raise PickUpError(Trouble.NOT_ITSELF, f'"{name}" is at {urlsplit(url).netloc}, not at {issuer}')
    return url


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port (RFC 6454 § 4)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _get(transport: Transport, url: str) -> dict[str, Json]:
    return _members(_require_ok(transport.send("GET", url, headers=JSON_HEADERS), url), url)


def _require_ok(answer: Response, url: str) -> Response:
    if answer.status >= 500 or answer.status == 429:
        raise PickUpError(Trouble.SERVICE, f"{urlsplit(url).hostname} answered {answer.status}")
    if answer.status not in {200, 201}:
        raise _not_understood(url, f"answer {answer.status}")
    return answer


def _members(answer: Response, url: str) -> dict[str, Json]:
    """The answer's JSON object; an error inside a 200 is no answer."""
    if answer.content_type != "application/json":
        raise _not_understood(url, f"an answer of type {answer.content_type}")
    try:
        members = json_object(answer.body, max_size=len(answer.body))
    except EncodingError as error:
        raise _not_understood(url, str(error)) from None
    if "error" in members:
        raise _not_understood(url, f"an error inside an answer {answer.status}")
    return members


def _error(answer: Response) -> str | None:
    """The `error` of an OAuth or OpenID4VCI answer 4xx (RFC 6749 § 5.2)."""
    if not 400 <= answer.status < 500 or answer.status == 429:
        return None
    try:
        error = json_object(answer.body).get("error")
    except EncodingError:
        return f"answer {answer.status}"
    return error[:64] if isinstance(error, str) else f"answer {answer.status}"


def _not_understood(url: str, detail: str) -> PickUpError:
    parts = urlsplit(url)
    return PickUpError(Trouble.NOT_UNDERSTOOD, f"{parts.hostname}{parts.path}: {detail}")
