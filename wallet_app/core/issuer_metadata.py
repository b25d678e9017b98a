"""Who an issuer says it is: the metadata of OpenID4VCI 1.0 § 12.2, of its authorization server, its keys."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from keys.encoding import Json
from keys.jwk import JwkError, PublicKey
from wallet_app.core.answers import JSON_HEADERS, get, members_of, require_ok
from wallet_app.core.plain import plain
from wallet_app.core.transport import Transport, require_secure
from wallet_app.core.troubles import PickUpError, Trouble

FORMAT: Final = "dc+sd-jwt"
MAX_KEYS: Final = 200
MOST_NAME: Final = 100


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


def well_known(issuer: str, name: str) -> str:
    """The address of a metadata document: inserted between host and path (§ 12.2.2; RFC 8414 § 3.1)."""
    parts = urlsplit(issuer)
    path = "" if parts.path == "/" else parts.path
    return f"{parts.scheme}://{parts.netloc}/.well-known/{name}{path}"


def fetch_authority(transport: Transport, issuer: str) -> Authority:
    """The issuer's metadata and its authorization server's (§ 12.2; RFC 8414). Raises PickUpError."""
    metadata = get(transport, well_known(issuer, "openid-credential-issuer"))
    if metadata.get("credential_issuer") != issuer:
        raise PickUpError(Trouble.NOT_ITSELF, f'"credential_issuer" is not {issuer}')
    server = _authorization_server(metadata, issuer)
    oauth = get(transport, well_known(server, "oauth-authorization-server"))
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


def fetch_nonce_endpoint(transport: Transport, issuer: str) -> str:
    """Where the issuer gives out nonces (§ 12.2.4). Raises PickUpError."""
    metadata = get(transport, well_known(issuer, "openid-credential-issuer"))
    if metadata.get("credential_issuer") != issuer:
        raise PickUpError(Trouble.NOT_ITSELF, f'"credential_issuer" is not {issuer}')
    return _endpoint(metadata, "nonce_endpoint", issuer)


def fetch_keys(transport: Transport, issuer: str) -> dict[str, PublicKey]:
    """The keys that the issuer publishes, by key id (SD-JWT VC § 5). Raises PickUpError (UNVERIFIED too).

    A key of a kind that we cannot use is left out; so is a key id that two keys claim.
    """
    url = well_known(issuer, "jwt-vc-issuer")
    answer = transport.send("GET", url, headers=JSON_HEADERS)
    if answer.status in {404, 410}:
        raise PickUpError(Trouble.UNVERIFIED, f"{urlsplit(url).hostname} publishes no keys")
    document = members_of(require_ok(answer, url), url)
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
