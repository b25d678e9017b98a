"""What a credential was made under: the settings and versions that decide what is signed, kept once.

A credential names its configuration by a digest, its key by the key id, and its certificate the rule. So
years later "which credentials were made by that version, or under that policy" is a query.
"""

from hashlib import sha256
from importlib.metadata import version
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from issuer.adapters.tables import configuration
from issuer.services.audit.trail import canonical
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.settings import Settings


class Pin(NamedTuple):
    """One configuration; `content` is canonical JSON."""

    digest: str
    content: str


def pin_of(settings: Settings, keys: AuthorityKeys) -> Pin:
    """What is in force in this process."""
    content = canonical(
        {
            "ombord": version("ombord"),
            "issuer": settings.issuer,
            "flag": settings.flag,
            "authority_name": settings.authority_name,
            "time_zone": settings.time_zone,
            "list_size": settings.list_size,
            "list_fill": str(settings.list_fill),
            "signing_policy": keys.policy.version if keys.policy else None,
        }
    )
    return Pin(sha256(content.encode()).hexdigest(), content)


def keep(connection: Connection, clock: Clock, pin: Pin) -> None:
    """Store a configuration, unless it is there."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = {"digest": pin.digest, "content": pin.content, "first_used_at": int(clock().timestamp())}
    connection.execute(insert(configuration).values(row).on_conflict_do_nothing())
