"""What must hold for an authority's entry and its keys, whoever writes or reads the directory."""

import re
from collections import Counter
from collections.abc import Collection
from itertools import pairwise
from urllib.parse import urlsplit

from keys.trust.directory import SPECIAL, Authority, DirectoryError, Environment, TrustedKey

_FLAG = re.compile(r"[A-Z]{2}", re.ASCII)
_KID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_ADDRESS = re.compile(r"https?://[a-z0-9.\[\]:-]+(/[A-Za-z0-9._~-]+)*", re.ASCII)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def check_address(address: str, environment: Environment) -> None:
    """An `iss`: https, one spelling, no trailing slash; a rehearsal may use http on its own machine."""
    if not _ADDRESS.fullmatch(address) or len(address) > 200 or {".", ".."} & set(address.split("/")):
        raise DirectoryError(f"{address} is no plain https address without a slash at its end")
    if address.startswith("https://") and "[" not in address and "]" not in address:
        return  # what follows would take it apart to say the same
    parts = urlsplit(address)
    rehearsal = environment is Environment.TEST and parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not rehearsal:
        raise DirectoryError(f"{address} is not https; http is for loopback in the test environment alone")


def check_authority(authority: Authority, environment: Environment) -> None:
    """Raise DirectoryError, saying which member of the entry is wrong."""
    if not _FLAG.fullmatch(authority.flag):
        raise DirectoryError(f"{authority.flag} is no flag: two capitals as in ISO 3166-1")
    for issuer in authority.issuers:
        check_address(issuer, environment)
    if not authority.status_prefix.endswith("/"):
        raise DirectoryError(f"status prefix {authority.status_prefix} does not end with a slash")
    check_address(authority.status_prefix.removesuffix("/"), environment)


def check_apart(authorities: Collection[Authority]) -> None:
    """No two authorities share an issuer, and no status list can be two authorities' own."""
    for issuer, times in Counter(iss for authority in authorities for iss in authority.issuers).items():
        if times > 1:
            raise DirectoryError(f"{issuer} belongs to two authorities")
    # In order, whatever lies below a prefix follows it at once.
    for other, one in pairwise(sorted(authorities, key=lambda authority: authority.status_prefix)):
        if one.status_prefix.startswith(other.status_prefix):
            raise DirectoryError(f"status lists of {one.flag} lie below those of {other.flag}")


def check_purposes(purposes: Collection[str]) -> None:
    """Certificates, the pass, status lists and the log have keys of their own: one theft is one theft.

    A purpose that this release does not know is no fault: nothing here will ask for it.
    """
    named = set(purposes)
    if not named:
        raise DirectoryError("a key needs a purpose")
    for alone in SPECIAL:
        if alone in named and len(named) > 1:
            raise DirectoryError(f"a key for {alone} has no other purpose: make another key")


def check_kid(kid: str) -> None:
    """Raise DirectoryError for what cannot name a key: it stands in tokens, paths and file names."""
    if not _KID.fullmatch(kid):
        raise DirectoryError(f"{kid!r} is no key id: 1-32 letters, digits, dots, dashes")


def check_key(key: TrustedKey, authority: Authority) -> None:
    """A key that an authority may list. Raises DirectoryError."""
    check_kid(key.kid)
    if key.issuer not in authority.issuers:
        raise DirectoryError(f"{key.issuer} is not an address of {authority.flag}")
    check_purposes(key.purposes)
    if not key.sign_from <= key.sign_until <= key.verify_until:
        raise DirectoryError(f"key {key.kid}: its windows are out of order")
