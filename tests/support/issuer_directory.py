"""The directory in which an issuer under test is listed, as a ship holds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from support.issuer_app import BASE_URL, KEYS
from support.simulator import NOW, Authority, directory

from keys.trust.directory import STATUS, Directory


def issuer_directory(at: datetime = NOW) -> Directory:
    """`support.issuer_app`'s authority with its key for status lists."""
    norway = Authority("NO", at=at)
    norway.iss = BASE_URL
    norway.entry = replace(norway.entry, issuers=(BASE_URL,), status_prefix=f"{BASE_URL}/status/")
    norway.keys.clear()
    norway.add_key(STATUS, kid=KEYS.status_kid)
    return directory(norway, at=at)
