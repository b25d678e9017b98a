"""Put the services together: one place for the command line and the web application alike.

Each is made, and imported, when it is first asked for: what a command does not use it does not wait for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from issuer.adapters.database import Database
from issuer.services.clock import Clock, utc_now
from issuer.services.custody.policy import read_policy
from issuer.services.register import binding
from issuer.settings import Settings
from keys.custody.signer_client import SignerClient

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from issuer.rules.facts import Facts
    from issuer.services.applications.finishing import Finishing
    from issuer.services.applications.handling import Applications
    from issuer.services.approval.approving import Approving
    from issuer.services.approval.awaiting import Awaiting
    from issuer.services.approval.proposing import Proposing
    from issuer.services.custody.authority_keys import AuthorityKeys
    from issuer.services.issuing.issuer import CredentialIssuer
    from issuer.services.issuing.stopping import Stopping
    from issuer.services.log.checkpoints import Checkpoints
    from issuer.services.mass.operations import Mass
    from issuer.services.operating.reconciling import Reconciling
    from issuer.services.operating.repeating import Repeating
    from issuer.services.organisations.registering import Organisations
    from issuer.services.phone.offering import Offering
    from issuer.services.publishing.publisher import StatusPublisher
    from issuer.services.qualifications.correcting import Correcting
    from issuer.services.qualifications.history import History
    from issuer.services.qualifications.persons import Persons
    from issuer.services.qualifications.reporting import Reporting
    from issuer.services.qualifications.reviewing import Reviewing
    from issuer.services.register.importing import RegisterImport
    from issuer.services.register.lifecycle import Lifecycle
    from keys.custody.signing_policy import SigningPolicy

SIGNER_SECONDS = 5.0  # until a signer that does not answer is taken for gone, by whoever stops issuing


class Register:
    """What works without private keys: the register and decisions about it."""

    def __init__(
        self, settings: Settings, clock: Clock, database: Database, policy: SigningPolicy | None
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.database = database
        self._policy = policy
        self._parts = (database, clock, settings)

    @cached_property
    def importing(self) -> RegisterImport:
        from issuer.services.register.importing import RegisterImport

        return RegisterImport(*self._parts)

    @cached_property
    def lifecycle(self) -> Lifecycle:
        from issuer.services.register.lifecycle import Lifecycle

        return Lifecycle(*self._parts)

    @cached_property
    def offering(self) -> Offering:
        from issuer.services.phone.offering import Offering

        return Offering(*self._parts)

    @cached_property
    def proposing(self) -> Proposing:
        from issuer.services.approval.proposing import Proposing

        return Proposing(*self._parts, self._policy)

    @cached_property
    def approving(self) -> Approving:
        from issuer.services.approval.approving import Approving

        return Approving(*self._parts, self._policy)

    @cached_property
    def awaiting(self) -> Awaiting:
        from issuer.services.approval.awaiting import Awaiting

        return Awaiting(*self._parts, self._policy)

    @cached_property
    def stopping(self) -> Stopping:
        from issuer.services.issuing.stopping import Stopping

        return Stopping(self.database, self.clock, self._signer)

    @cached_property
    def mass(self) -> Mass:
        from issuer.services.mass.operations import Mass

        return Mass(*self._parts)

    @cached_property
    def reconciling(self) -> Reconciling:
        from issuer.services.operating.reconciling import Reconciling

        return Reconciling(self.database, self.clock, self.stopping, self._signer)

    @cached_property
    def repeating(self) -> Repeating:
        from issuer.services.operating.repeating import Repeating

        return Repeating(self.database, self.clock, _answers_secret(self.settings))

    @cached_property
    def organisations(self) -> Organisations:
        from issuer.adapters.law_files import code_lists
        from issuer.services.organisations.registering import Organisations

        return Organisations(self.database, self.clock, code_lists)

    @cached_property
    def persons(self) -> Persons:
        from issuer.services.qualifications.persons import Persons

        return Persons(*self._parts)

    @cached_property
    def reporting(self) -> Reporting:
        from issuer.adapters import law_files
        from issuer.services.applications import decisions, reevaluating
        from issuer.services.qualifications.reporting import Reporting

        return Reporting(
            *self._parts,
            self.persons,
            law_files.code_lists,
            statement=law_files.statement,
            relied_on=decisions.relied_on,
            after_report=reevaluating.mark_due,
        )

    @cached_property
    def correcting(self) -> Correcting:
        from issuer.services.qualifications.correcting import Correcting

        return Correcting(self.database, self.clock, self.persons)

    @cached_property
    def history(self) -> History:
        from issuer.services.qualifications.history import History

        return History(self.database, self.clock, self.persons)

    @cached_property
    def reviewing(self) -> Reviewing:
        from issuer.services.qualifications.reviewing import Reviewing

        return Reviewing(*self._parts)

    @cached_property
    def applications(self) -> Applications:
        from issuer.adapters.law_book import law_book
        from issuer.adapters.law_files import words
        from issuer.services.applications.handling import Applications

        return Applications.over(
            *self._parts,
            book=law_book,
            words=words,
            facts_of=_facts_of,
            document_of=self.history.document,
            proposing=self.proposing,
            approving=self.approving,
        )

    @cached_property
    def _signer(self) -> SignerClient | None:
        """The signer process, to stop and to count; who throws the stop switch does not wait for long."""
        if self.settings.signer_socket is None:
            return None
        return SignerClient(self.settings.signer_socket, timeout=SIGNER_SECONDS)


class Services(Register):
    """All of the authority's services, those that sign included."""

    def __init__(self, register: Register, keys: AuthorityKeys) -> None:
        super().__init__(register.settings, register.clock, register.database, register._policy)
        self.keys = keys
        self._signing = (self.database, self.clock, keys, self.settings)

    @cached_property
    def issuer(self) -> CredentialIssuer:
        from issuer.services.issuing.issuer import CredentialIssuer

        return CredentialIssuer(*self._signing)

    @cached_property
    def publisher(self) -> StatusPublisher:
        from issuer.services.publishing.publisher import StatusPublisher

        return StatusPublisher(*self._signing)

    @cached_property
    def checkpoints(self) -> Checkpoints:
        from issuer.services.log.checkpoints import Checkpoints

        return Checkpoints(*self._signing)

    @cached_property
    def finishing(self) -> Finishing:
        from issuer.services.applications.finishing import Finishing

        return Finishing(*self._parts, self.issuer)


def open_register(settings: Settings, *, clock: Clock = utc_now, create: bool = True) -> Register:
    """The register, its database brought to this version's schema. Raises DatabaseUnusable, SettingsInvalid.

    Without `create`, a register that is not there is not made; another authority's is refused.
    """
    policy = read_policy(settings)
    database = Database.open(settings.database_url, create=create)
    try:
        binding.hold(database, clock, settings)
    except BaseException:
        database.close()
        raise
    return Register(settings, clock, database, policy)


def compose(
    settings: Settings, *, keys: AuthorityKeys, clock: Clock = utc_now, create: bool = True
) -> Services:
    """All services over an open register. Raises DatabaseUnusable."""
    return Services(open_register(settings, clock=clock, create=create), keys)


def _facts_of(connection: Connection, seafarer_id: str) -> Facts:
    """What is known of a seafarer, in the words of the law."""
    from issuer.adapters.law_book import law_book
    from issuer.services.qualifications import evidence

    return evidence.facts_of(connection, seafarer_id, law_book().law)


def _answers_secret(settings: Settings) -> bytes:
    """What seals stored answers, beside each one's own key: the same for the commands and the web.

    Without an operator token the web is closed, and what seals a command's answer is its key alone.
    """
    token = settings.operator_token
    return token.get_secret_value().encode() if token else b""
