"""The steps of issuing: persist unsigned, sign, self-verify, log, release; each one transaction on a batch.

Each step changes rows only from the state before it and counts them, so that of two processes at work on the
same row one does the step and the other notices and looks again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select, update

from issuer.adapters.database import Database
from issuer.adapters.repository import HOLDER_CLAIMS, among, bump_lists, in_force, insert_many, set_status
from issuer.adapters.tables import (
    certificate,
    credential,
    credential_payload,
    credential_token,
    seafarer,
    status_list,
)
from issuer.domain.errors import Conflict, IssuerError, NotInForce, PhoneTaken, SelfVerificationFailed
from issuer.domain.register import CredentialEvent, CredentialState, next_credential_state
from issuer.services import drafting
from issuer.services.audit import LOGGED, AuditEvent, record
from issuer.services.authority_keys import AuthorityKeys
from issuer.services.clock import Clock
from issuer.services.drafting import Draft
from issuer.services.reading_back import SecondReader, Signed, objection
from issuer.settings import Settings
from verifier.status import Status

ATTEMPTS = 25  # how often other processes may overtake us before we give up


class Refusal(NamedTuple):
    """Why a request got no credential."""

    document_number: str
    error: IssuerError


Failures = Mapping[str, Refusal]  # by serial


class _Overtaken(Exception):
    """Another process took a step first: look again at what the database holds."""


class _TwoSeafarers(Exception):
    """This draft would give one phone the certificates of two seafarers."""

    def __init__(self, serial: str) -> None:
        super().__init__(serial)
        self.serial = serial


class IssuingProtocol:
    """Takes drafts from wherever they stand to `released`, or to `void` with the reason."""

    def __init__(self, database: Database, clock: Clock, keys: AuthorityKeys, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._settings = settings

    def finish(self, drafts: Sequence[Draft], *, reader: SecondReader | None = None) -> Failures:
        """Take every step that is due, in order; returns the drafts that were given up."""
        steps: tuple[tuple[CredentialState, Callable[[list[Draft]], Failures]], ...] = (
            (CredentialState.RESERVED, self.persist),
            (CredentialState.PERSISTED, self.sign),
            (CredentialState.SIGNED, partial(self.verify, reader=reader)),
            (CredentialState.VERIFIED, self.log),
            (CredentialState.LOGGED, self.release),
        )
        failures: dict[str, Refusal] = {}
        for _ in range(ATTEMPTS):
            try:
                for state, step in steps:
                    due = [draft for draft in drafts if draft.state is state]
                    if due:
                        failures.update(step(due))
                return failures
            except _Overtaken:
                self._look_again(drafts)
        raise Conflict("another process keeps working on the same credentials", hint="try again in a moment")

    def persist(self, due: list[Draft]) -> Failures:
        """Compose and rehearse the exact bytes to sign, and store them."""

        def compose(draft: Draft) -> None:
            draft.payload = drafting.compose(draft, self._settings)

        return self._step(due, CredentialEvent.PERSIST, compose, _store_payloads)

    def sign(self, due: list[Draft]) -> Failures:
        """Sign what was persisted. A signature that a crash loses was never seen by anybody."""

        def sign(draft: Draft) -> None:
            draft.token = drafting.sign(draft, self._keys.signer(draft.kid))

        return self._step(due, CredentialEvent.SIGN, sign, _store_tokens)

    def verify(self, due: list[Draft], *, reader: SecondReader | None = None) -> Failures:
        """Read what was signed as a stranger would: here, or in the `reader`'s process."""

        def verify(draft: Draft) -> None:
            key = self._keys.public(draft.kid)
            signed = drafting.signed(draft)
            drafting.self_verify(draft, found[draft.serial] if found else objection(signed, key))

        texts = [Signed(draft.token or "", draft.kid, draft.document_number, draft.idx) for draft in due]
        answers = reader.objections(texts) if reader else None
        found = dict(zip((draft.serial for draft in due), answers, strict=True)) if answers else {}
        return self._step(due, CredentialEvent.VERIFY, verify)

    def log(self, due: list[Draft]) -> Failures:
        """One entry in the audit trail for each credential."""
        entries = [_log_entry(draft) for draft in due]
        with self._database.write() as connection:
            target = _advance(connection, due, CredentialEvent.LOG)
            record(connection, self._clock, entries)
        _arrived(due, target)
        return {}

    def release(self, due: list[Draft]) -> Failures:
        """Let go of what is still in force; a certificate may have been suspended since it was reserved."""
        failures: dict[str, Refusal] = {}
        while due:
            try:
                return failures | dict(self._release(due))
            except _TwoSeafarers as clash:
                shared = [draft for draft in due if draft.serial == clash.serial]
                with self._database.write() as connection:
                    record(connection, self._clock, list(_give_up(connection, shared)))
                _arrived(shared, CredentialState.VOID)
                failures.update(
                    (draft.serial, Refusal(draft.document_number, _shared(draft))) for draft in shared
                )
                due = [draft for draft in due if draft.serial != clash.serial]
        return failures

    def _release(self, due: list[Draft]) -> Failures:
        with self._database.write() as connection:
            good = _still_in_force(connection, due, in_force(self._settings.today(self._clock())))
            released = [draft for draft in due if draft.serial in good]
            lapsed = [draft for draft in due if draft.serial not in good]
            events = [*_give_up(connection, lapsed), *self._supersede_older(connection, released)]
            target = _advance(connection, released, CredentialEvent.RELEASE)
            record(connection, self._clock, events)
            # The audit head is ours until we commit: whoever released before us is seen, and sees us after.
            _refuse_second_seafarer(connection, released)
        _arrived(released, target)
        _arrived(lapsed, CredentialState.VOID)
        return {draft.serial: Refusal(draft.document_number, _no_longer(draft)) for draft in lapsed}

    def _step(
        self,
        due: list[Draft],
        event: CredentialEvent,
        work: Callable[[Draft], None],
        store: Callable[[Connection, list[Draft]], None] = lambda _connection, _drafts: None,
    ) -> Failures:
        """Do `work` on each draft, then `store` what it made; drafts that fail our own rules are given up."""
        failures: dict[str, Refusal] = {}
        for draft in due:
            try:
                work(draft)
            except SelfVerificationFailed as error:
                failures[draft.serial] = Refusal(draft.document_number, error)
        good = [draft for draft in due if draft.serial not in failures]
        bad = [draft for draft in due if draft.serial in failures]
        with self._database.write() as connection:
            given_up = list(_give_up(connection, bad))  # lists are locked before credentials
            target = _advance(connection, good, event)
            store(connection, good)
            if given_up:
                record(connection, self._clock, given_up)
        _arrived(good, target)
        _arrived(bad, CredentialState.VOID)
        return failures

    def _supersede_older(self, connection: Connection, released: Sequence[Draft]) -> Iterable[AuditEvent]:
        """A certificate has one phone and one edition on paper: the newest."""
        now, own = int(self._clock().timestamp()), {draft.serial for draft in released}
        for thumbprint in {draft.holder_thumbprint for draft in released}:
            certificates = {d.certificate_id for d in released if d.holder_thumbprint == thumbprint}
            query = select(credential.c.serial).where(_older(connection, certificates, thumbprint))
            replaced = connection.execute(query).scalars().all()
            if not replaced:
                continue
            if not own.isdisjoint(replaced):
                raise _Overtaken  # another process has just released it: it is not older than itself
            chosen = among(connection, credential.c.serial, replaced)
            set_status(connection, chosen, Status.REPLACED)  # locks the lists, then the credentials
            connection.execute(update(credential).where(chosen).values(superseded_at=now))
            yield from (AuditEvent("credential-superseded", serial) for serial in replaced)

    def _look_again(self, drafts: Sequence[Draft]) -> None:
        with self._database.read() as connection:
            found = load_drafts(connection, _rows_of(connection, drafts))
        for draft in drafts:
            now = found[draft.serial]
            draft.state, draft.payload, draft.token = now.state, now.payload, now.token


def load_drafts(connection: Connection, chosen: ColumnElement[bool]) -> dict[str, Draft]:
    """Drafts by serial, as the database holds them, oldest first."""
    query = (
        select(
            credential,
            certificate.c.document_number,
            certificate.c.type,
            certificate.c.claims,
            HOLDER_CLAIMS,
            status_list.c.uri,
            credential_payload.c.payload,
            credential_token.c.token,
        )
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .outerjoin(seafarer, seafarer.c.seafarer_id == certificate.c.seafarer_id)
        .join(status_list, status_list.c.number == credential.c.list_number)
        .outerjoin(credential_payload, credential_payload.c.credential_id == credential.c.id)
        .outerjoin(credential_token, credential_token.c.credential_id == credential.c.id)
        .where(chosen)
        .order_by(credential.c.id)
    )
    return {row.serial: _draft(row) for row in connection.execute(query).all()}


def _draft(row: Any) -> Draft:
    return Draft(
        id=row.id,
        certificate_id=row.certificate_id,
        serial=row.serial,
        idempotency_key=row.idempotency_key,
        document_number=row.document_number,
        kind=row.type,
        certificate_claims=row.claims,
        holder_claims=row.holder_claims,
        holder_jwk=row.holder_jwk,
        holder_thumbprint=row.holder_thumbprint,
        list_number=row.list_number,
        list_uri=row.uri,
        idx=row.idx,
        kid=row.kid,
        issued_at=row.issued_at,
        log_salt=row.log_salt,
        state=CredentialState(row.state),
        payload=row.payload,
        token=row.token,
    )


def _advance(connection: Connection, drafts: Sequence[Draft], event: CredentialEvent) -> CredentialState:
    """Move rows on from the state that all of `drafts` are in; raises _Overtaken where one is elsewhere."""
    if not drafts:
        return CredentialState.VOID
    before = drafts[0].state
    target = next_credential_state(before, event, drafts[0].serial)
    chosen = _rows_of(connection, drafts)
    moved = update(credential).where(chosen, credential.c.state == before.value).values(state=target.value)
    if connection.execute(moved).rowcount != len(drafts):
        raise _Overtaken
    return target


def _rows_of(connection: Connection, drafts: Sequence[Draft]) -> ColumnElement[bool]:
    """By row number: the rows of a batch stand side by side, their serials anywhere."""
    numbers = [draft.id for draft in drafts]
    first, last = min(numbers), max(numbers)
    if last - first == len(numbers) - 1:  # the usual case
        return credential.c.id.between(first, last)
    return among(connection, credential.c.id, numbers)


def _store_payloads(connection: Connection, drafts: list[Draft]) -> None:
    rows = [{"credential_id": draft.id, "payload": draft.payload} for draft in drafts]
    if rows:
        insert_many(connection, credential_payload, rows)


def _store_tokens(connection: Connection, drafts: list[Draft]) -> None:
    rows = [{"credential_id": draft.id, "token": draft.token} for draft in drafts]
    if rows:
        insert_many(connection, credential_token, rows)


def _give_up(connection: Connection, dropped: Sequence[Draft]) -> Iterable[AuditEvent]:
    """Void drafts for ever: their index says revoked, and their idempotency key is free again."""
    bump_lists(connection, {draft.list_number for draft in dropped})
    for draft in dropped:
        void = next_credential_state(draft.state, CredentialEvent.GIVE_UP, draft.serial)
        chosen = and_(credential.c.serial == draft.serial, credential.c.state == draft.state.value)
        voided = update(credential).where(chosen)
        key = f"void:{draft.serial}"
        done = connection.execute(
            voided.values(state=void.value, status=Status.REVOKED.value, idempotency_key=key)
        )
        if done.rowcount != 1:
            raise _Overtaken
        yield AuditEvent("credential-void", draft.serial, {"certificate": draft.document_number})


def _arrived(drafts: Iterable[Draft], state: CredentialState) -> None:
    """Remember, once the transaction has committed, where the drafts stand."""
    for draft in drafts:
        draft.state = state


def _still_in_force(connection: Connection, drafts: list[Draft], good: ColumnElement[bool]) -> set[str]:
    """Serials whose certificate is in force, and stays so until we commit.

    Not shared with another release: of two phones that one certificate is released for at once, the second
    must find the first to replace it.
    """
    query = (
        select(credential.c.serial)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(_rows_of(connection, drafts), good)
        .order_by(certificate.c.id)
        .with_for_update(key_share=True, of=certificate)
    )
    return set(connection.execute(query).scalars())


def _older(
    connection: Connection, certificates: AbstractSet[int], thumbprint: str | None
) -> ColumnElement[bool]:
    """Released credentials of these certificates, on whatever phone, or on earlier paper."""
    holder = credential.c.holder_thumbprint
    same_medium = holder.is_(None) if thumbprint is None else holder.is_not(None)
    return and_(
        among(connection, credential.c.certificate_id, certificates),
        same_medium,
        credential.c.state == CredentialState.RELEASED.value,
        credential.c.superseded_at.is_(None),
    )


def _refuse_second_seafarer(connection: Connection, released: Sequence[Draft]) -> None:
    """A sync could not tell whose a phone with two seafarers' certificates is. Raises _TwoSeafarers."""
    on_phones = [draft.serial for draft in released if draft.holder_thumbprint is not None]
    if not on_phones:
        return
    mine, its = credential.alias(), certificate.alias()
    query = (
        select(mine.c.serial)
        .join(its, its.c.id == mine.c.certificate_id)
        .join(credential, credential.c.holder_thumbprint == mine.c.holder_thumbprint)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(
            among(connection, mine.c.serial, on_phones),
            certificate.c.seafarer_id != its.c.seafarer_id,
            credential.c.state == CredentialState.RELEASED.value,
            credential.c.superseded_at.is_(None),
            # of one batch, the first may stay
            ~among(connection, credential.c.serial, on_phones) | (credential.c.id < mine.c.id),
        )
        .order_by(mine.c.id)
        .limit(1)
    )
    shared = connection.execute(query).scalar_one_or_none()
    if shared is not None:
        raise _TwoSeafarers(shared)


def _log_entry(draft: Draft) -> AuditEvent:
    assert draft.token is not None, "only what is signed is logged"  # noqa: S101
    digest = drafting.log_digest(draft.log_salt, draft.token)
    return AuditEvent(
        LOGGED, draft.serial, {"certificate": draft.document_number, "kid": draft.kid, "signed": digest}
    )


def _shared(draft: Draft) -> PhoneTaken:
    return PhoneTaken(
        f"certificate {draft.document_number} is for a phone that holds another seafarer's",
        hint="one phone serves one seafarer",
    )


def _no_longer(draft: Draft) -> NotInForce:
    return NotInForce(f"certificate {draft.document_number} ceased to be in force while it was signed")
