"""The directory in which an issuer under test is listed, as a ship holds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from support.issuer_app import BASE_URL, KEYS
from support.simulator import CERTIFICATES, DAY, NOW, Authority, directory

from issuer.settings import Settings
from keys.trust.directory import PASS, STATUS, Directory, Environment, TrustedKey
from keys.trust.directory import Authority as AuthorityEntry


def issuer_directory(at: datetime = NOW) -> Directory:
    """`support.issuer_app`'s authority with its key for status lists."""
    norway = Authority("NO", at=at)
    norway.iss = BASE_URL
    norway.entry = replace(norway.entry, issuers=(BASE_URL,), status_prefix=f"{BASE_URL}/status/")
    norway.keys.clear()
    norway.add_key(STATUS, kid=KEYS.status_kid)
    return directory(norway, at=at)


def on_board(settings: Settings, now: datetime) -> Directory:
    """What a ship knows of the authority, its keys for certificates and passes with it."""
    entry = AuthorityEntry(
        flag=settings.flag,
        name=settings.authority_name,
        issuers=(settings.issuer,),
        status_prefix=f"{settings.issuer}/status/",
        time_zone=settings.time_zone,
    )
    purposes = {"NO-2026a": CERTIFICATES, "NO-status-2026a": (STATUS,), "NO-2026p": (PASS,)}
    keys = {
        (settings.issuer, kid): TrustedKey(
            issuer=settings.issuer,
            kid=kid,
            key=KEYS.public(kid),
            environment=Environment.TEST,
            purposes=frozenset(purpose),
            sign_from=now - 365 * DAY,
            sign_until=now + 365 * DAY,
            verify_until=now + 2_000 * DAY,
        )
        for kid, purpose in purposes.items()
    }
    return Directory(
        environment=Environment.TEST,
        authorities={settings.issuer: entry},
        keys=keys,
        time_floor=now,
        published_at=now,
    )
