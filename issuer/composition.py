"""Put the services together: one place for the command line and the web application alike."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection

from issuer.adapters import law_files
from issuer.adapters.database import Database
from issuer.adapters.law_book import law_book
from issuer.rules.facts import Facts
from issuer.services.applications import decisions, reevaluating
from issuer.services.applications.finishing import Finishing
from issuer.services.applications.handling import Applications
from issuer.services.approval.approving import Approving
from issuer.services.approval.awaiting import Awaiting
from issuer.services.approval.proposing import Proposing
from issuer.services.clock import Clock, utc_now
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.custody.policy import read_policy
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.issuing.stopping import Stopping
from issuer.services.log.checkpoints import Checkpoints
from issuer.services.mass.operations import Mass
from issuer.services.operating.reconciling import Reconciling
from issuer.services.operating.repeating import Repeating
from issuer.services.organisations.registering import Organisations
from issuer.services.phone.offering import Offering
from issuer.services.publishing.publisher import StatusPublisher
from issuer.services.qualifications import evidence
from issuer.services.qualifications.correcting import Correcting
from issuer.services.qualifications.history import History
from issuer.services.qualifications.persons import Persons
from issuer.services.qualifications.reporting import Reporting
from issuer.services.qualifications.reviewing import Reviewing
from issuer.services.register import binding
from issuer.services.register.importing import RegisterImport
from issuer.services.register.lifecycle import Lifecycle
from issuer.settings import Settings
from keys.custody.signer_client import SignerClient

SIGNER_SECONDS = 5.0  # until a signer that does not answer is taken for gone, by whoever stops issuing


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What works without private keys: the register and decisions about it."""

    settings: Settings
    clock: Clock
    database: Database
    importing: RegisterImport
    lifecycle: Lifecycle
    offering: Offering
    proposing: Proposing
    approving: Approving
    awaiting: Awaiting
    stopping: Stopping
    mass: Mass
    reconciling: Reconciling
    repeating: Repeating
    organisations: Organisations
    persons: Persons
    reporting: Reporting
    correcting: Correcting
    history: History
    reviewing: Reviewing
    applications: Applications


@dataclass(frozen=True, slots=True, kw_only=True)
class Services(Register):
    """All of the authority's services, those that sign included."""

    keys: AuthorityKeys
    issuer: CredentialIssuer
    publisher: StatusPublisher
    checkpoints: Checkpoints
    finishing: Finishing


def open_register(settings: Settings, *, clock: Clock = utc_now, create: bool = True) -> Register:
    """The register, its database brought to this version's schema. Raises DatabaseUnusable, SettingsInvalid.

    Without `create`, a register that is not there is not made; another authority's is refused.
    """
    policy = read_policy(settings)
    signer = _signer(settings)
    database = Database.open(settings.database_url, create=create)
    try:
        binding.hold(database, clock, settings)
    except BaseException:
        database.close()
        raise
    stopping = Stopping(database, clock, signer)
    persons = Persons(database, clock, settings)
    history = History(database, clock, persons)
    proposing = Proposing(database, clock, settings, policy)
    approving = Approving(database, clock, settings, policy)
    return Register(
        settings=settings,
        clock=clock,
        database=database,
        importing=RegisterImport(database, clock, settings),
        lifecycle=Lifecycle(database, clock, settings),
        offering=Offering(database, clock, settings),
        proposing=proposing,
        approving=approving,
        awaiting=Awaiting(database, clock, settings, policy),
        stopping=stopping,
        mass=Mass(database, clock, settings),
        reconciling=Reconciling(database, clock, stopping, signer),
        repeating=Repeating(database, clock, _answers_secret(settings)),
        organisations=Organisations(database, clock, law_files.code_lists),
        persons=persons,
        reporting=Reporting(
            database,
            clock,
            settings,
            persons,
            law_files.code_lists,
            relied_on=decisions.relied_on,
            after_report=reevaluating.mark_due,
        ),
        correcting=Correcting(database, clock, persons),
        history=history,
        reviewing=Reviewing(database, clock, settings),
        applications=Applications.over(
            database,
            clock,
            settings,
            book=law_book,
            facts_of=_facts_of,
            document_of=history.document,
            proposing=proposing,
            approving=approving,
        ),
    )


def compose(
    settings: Settings, *, keys: AuthorityKeys, clock: Clock = utc_now, create: bool = True
) -> Services:
    """All services over an open register. Raises DatabaseUnusable."""
    register = open_register(settings, clock=clock, create=create)
    parts = (register.database, clock, keys, settings)
    issuer = CredentialIssuer(*parts)
    registered = {field.name: getattr(register, field.name) for field in fields(register)}
    return Services(
        **registered,
        keys=keys,
        issuer=issuer,
        publisher=StatusPublisher(*parts),
        checkpoints=Checkpoints(*parts),
        finishing=Finishing(register.database, clock, settings, issuer),
    )


def _facts_of(connection: Connection, seafarer_id: str) -> Facts:
    """What is known of a seafarer, in the words of the law."""
    return evidence.facts_of(connection, seafarer_id, law_book().law)


def _signer(settings: Settings) -> SignerClient | None:
    """The signer process, to stop and to count; whoever throws the stop switch does not wait for long."""
    if settings.signer_socket is None:
        return None
    return SignerClient(settings.signer_socket, timeout=SIGNER_SECONDS)


def _answers_secret(settings: Settings) -> bytes:
    """What seals stored answers, beside each one's own key: the same for the commands and the web.

    Without an operator token the web is closed, and what seals a command's answer is its key alone.
    """
    token = settings.operator_token
    return token.get_secret_value().encode() if token else b""
