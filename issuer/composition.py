"""Put the services together: one place for the command line and the web application alike."""

from dataclasses import dataclass

from issuer.adapters.database import Database
from issuer.services.authority_keys import AuthorityKeys
from issuer.services.clock import Clock, utc_now
from issuer.services.importing import RegisterImport
from issuer.services.issuing import CredentialIssuer
from issuer.services.lifecycle import Lifecycle
from issuer.services.offering import Offering
from issuer.services.publishing import StatusPublisher
from issuer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What works without private keys: the register and decisions about it."""

    settings: Settings
    clock: Clock
    database: Database
    importing: RegisterImport
    lifecycle: Lifecycle
    offering: Offering


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All of the authority's services."""

    register: Register
    keys: AuthorityKeys
    issuer: CredentialIssuer
    publisher: StatusPublisher


def open_register(
    settings: Settings, *, clock: Clock = utc_now, database: Database | None = None
) -> Register:
    """The register, its database migrated. Raises DatabaseUnusable."""
    opened = database or Database.open(settings.database_url)
    return Register(
        settings=settings,
        clock=clock,
        database=opened,
        importing=RegisterImport(opened, clock, settings),
        lifecycle=Lifecycle(opened, clock, settings),
        offering=Offering(opened, clock, settings),
    )


def compose(register: Register, keys: AuthorityKeys) -> Services:
    """The services that sign, over an open register."""
    parts = (register.database, register.clock, keys, register.settings)
    return Services(
        register=register, keys=keys, issuer=CredentialIssuer(*parts), publisher=StatusPublisher(*parts)
    )
