"""What a text is that came from a QR code, the clipboard or a file: by its form alone, nothing is opened."""

import re
from enum import Enum
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from wallet_app.core import challenge
from wallet_app.core.offer import SCHEME
from wallet_app.core.plain import plain

MOST_SHOWN: Final = 80
MOST_READ: Final = 16_384
OFFER_PARAMETERS: Final = frozenset({"credential_offer", "credential_offer_uri"})


class Kind(Enum):
    """What the wallet has an answer for."""

    OFFER = "offer"
    CHALLENGE = "challenge"
    CERTIFICATE = "certificate"  # somebody's code: it is scanned by inspectors, not by wallets
    WEB_ADDRESS = "web-address"
    WIFI = "wifi"
    CONTACT = "contact"
    ADDRESS = "address"  # of mail, a telephone or a place on earth
    PAYMENT = "payment"
    OTHER_WALLET = "other-wallet"  # a request to some other kind of wallet
    HEALTH = "health"
    NOTHING = "nothing"
    TEXT = "text"


class Scanned(NamedTuple):
    """A kind, and a few words of the text, made fit to be shown."""

    kind: Kind
    shown: str


# By how they begin, without regard to case; the first that fits.
_STARTS: Final = (
    (SCHEME + ":", Kind.OFFER),
    ("ob1:", Kind.CERTIFICATE),
    ("wifi:", Kind.WIFI),
    ("begin:vcard", Kind.CONTACT),
    ("mecard:", Kind.CONTACT),
    ("bizcard:", Kind.CONTACT),
    ("begin:vevent", Kind.TEXT),
    ("mailto:", Kind.ADDRESS),
    ("matmsg:", Kind.ADDRESS),
    ("tel:", Kind.ADDRESS),
    ("sms:", Kind.ADDRESS),
    ("smsto:", Kind.ADDRESS),
    ("geo:", Kind.ADDRESS),
    ("bcd\n", Kind.PAYMENT),
    ("bitcoin:", Kind.PAYMENT),
    ("swish:", Kind.PAYMENT),
    ("hc1:", Kind.HEALTH),
    ("shc:/", Kind.HEALTH),
    ("openid4vp:", Kind.OTHER_WALLET),
    ("haip:", Kind.OTHER_WALLET),
    ("haip-vp:", Kind.OTHER_WALLET),
    ("mdoc:", Kind.OTHER_WALLET),
    ("eudi-openid4vp:", Kind.OTHER_WALLET),
    ("eudi-wallet:", Kind.OTHER_WALLET),
    ("otpauth:", Kind.OTHER_WALLET),
)
_BARE_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,12}(?:[/?#]\S*)?\Z", re.IGNORECASE)


def what_is(text: str) -> Scanned:
    """The kind of `text`; a web address is named by its host."""
    text = text[:MOST_READ].strip()
    if not text:
        return Scanned(Kind.NOTHING, "")
    shown = plain(text, MOST_SHOWN)
    if challenge.is_one(text):
        return Scanned(Kind.CHALLENGE, shown)
    lower = text[:40].lower()
    for start, kind in _STARTS:
        if lower.startswith(start):
            return Scanned(kind, shown)
    if lower.startswith(("http://", "https://")):
        return _web_address(text, shown)
    if text.startswith("{") and '"credential_issuer"' in text:
        return Scanned(Kind.OFFER, shown)
    if text.startswith("eyJ") and text.count(".") >= 2:
        return Scanned(Kind.CERTIFICATE, shown)
    return Scanned(Kind.WEB_ADDRESS if _BARE_HOST.match(text) else Kind.TEXT, shown)


def _web_address(text: str, shown: str) -> Scanned:
    """An offer by any wallet's https link (OpenID4VCI 1.0 § 4.1.2), or just a page."""
    try:
        parts = urlsplit(text)
        names = parse_qs(parts.query, max_num_fields=8).keys() if parts.query else ()
        host = parts.hostname or shown
    except ValueError:
        return Scanned(Kind.WEB_ADDRESS, shown)
    if OFFER_PARAMETERS & set(names):
        return Scanned(Kind.OFFER, shown)
    return Scanned(Kind.WEB_ADDRESS, plain(host, MOST_SHOWN))
