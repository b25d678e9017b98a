"""Issuing: reserved → persisted unsigned → signed → self-verified → logged → released, each a transaction.

Intent is recorded before anything is signed. Whatever dies when, `resume` finishes what was begun: exactly
one credential and one log entry. Steps take batches; one credential is a batch of one. Each step changes rows
only from the state before it, so that two processes that work on the same row cannot both do it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from issuer.adapters.database import Database
from issuer.adapters.repository import CHUNK, bump_lists, in_force, set_status
from issuer.adapters.tables import certificate, credential, seafarer, status_list
from issuer.domain.errors import Conflict, IdempotencyConflict, NotInForce, SelfVerificationFailed
from issuer.domain.register import CredentialEvent, CredentialState, next_credential_state
from issuer.services import drafting
from issuer.services.audit import AuditEvent, record
from issuer.services.authority_keys import AuthorityKeys
from issuer.services.clock import Clock
from issuer.services.drafting import Draft
from issuer.services.reserving import IssueRequest, Refusal, reserve
from issuer.settings import Settings
from keys.jwk import PublicKey
from verifier.status import Status

__all__ = ["CredentialIssuer", "IssueRequest", "IssuedCredential", "Refusal"]

RETRIES = 5  # clashes of random values, or other processes at the same rows, before we give up
THREADS = 2  # signing and verifying release the interpreter's lock
_THREADS_PAY_FROM = 64  # drafts in a step

_Result = TypeVar("_Result")
_Failures = Mapping[str, Refusal]  # by serial


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredential:
    """A released credential."""

    serial: str
    document_number: str
    kind: str
    holder_thumbprint: str | None
    list_uri: str
    idx: int
    kid: str
    issued_at: int
    token: str


class _Overtaken(Exception):
    """Another process took a step first: look again at what the database holds."""


class CredentialIssuer:
    """Signs certificates in force, for phones and for paper."""

    def __init__(self, database: Database, clock: Clock, keys: AuthorityKeys, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._settings = settings

    def issue(
        self, document_number: str, holder_key: PublicKey | None, idempotency_key: str
    ) -> IssuedCredential:
        """One credential; the same key gives the same credential, byte for byte, for ever.

        Raises NotFound, NotInForce, IdempotencyConflict or SelfVerificationFailed.
        """
        request = IssueRequest(
            document_number=document_number, holder_key=holder_key, idempotency_key=idempotency_key
        )
        outcome = self.issue_many([request])[0]
        if isinstance(outcome, Refusal):
            raise outcome.error
        return outcome

    def issue_many(self, requests: Sequence[IssueRequest]) -> list[IssuedCredential | Refusal]:
        """An outcome for each request, in their order; a refusal of one stops no other."""
        outcomes: list[IssuedCredential | Refusal] = []
        for start in range(0, len(requests), CHUNK):
            outcomes += self._issue_batch(requests[start : start + CHUNK])
        return outcomes

    def resume(self) -> int:
        """Finish what a crash left between two steps; returns how many credentials that were."""
        with self._database.read() as connection:
            unfinished = credential.c.state.not_in([CredentialState.RELEASED, CredentialState.VOID])
            drafts = list(_load(connection, unfinished).values())
        for start in range(0, len(drafts), CHUNK):
            self._finish(drafts[start : start + CHUNK])
        return len(drafts)

    def _issue_batch(self, requests: Sequence[IssueRequest]) -> list[IssuedCredential | Refusal]:
        begun = self._begin(requests)
        failures = self._finish([one for one in begun.values() if isinstance(one, Draft)])
        return [_outcome(request, begun[request.idempotency_key], failures) for request in requests]

    def _begin(self, requests: Sequence[IssueRequest]) -> dict[str, Draft | Refusal]:
        """What there is under each idempotency key, reserved now where there was nothing."""
        by_key = {request.idempotency_key: request for request in requests}
        for _ in range(RETRIES):
            try:
                with self._database.write() as connection:
                    begun: dict[str, Draft | Refusal] = {}
                    known = _load(connection, credential.c.idempotency_key.in_(by_key))
                    begun.update((draft.idempotency_key, draft) for draft in known.values())
                    fresh = [request for key, request in by_key.items() if key not in begun]
                    reserved = reserve(
                        connection, fresh, clock=self._clock, keys=self._keys, settings=self._settings
                    )
                    begun.update(zip((request.idempotency_key for request in fresh), reserved, strict=True))
                    return begun
            except IntegrityError:  # another process drew the same index, or has the same idempotency key
                continue
        raise Conflict("other processes are issuing the same credentials", hint="try again in a moment")

    def _finish(self, drafts: Sequence[Draft]) -> _Failures:
        """Take each draft from where it stands to `released`, or to `void` with the reason."""
        steps: tuple[tuple[CredentialState, Callable[[list[Draft]], _Failures]], ...] = (
            (CredentialState.RESERVED, self._persist),
            (CredentialState.PERSISTED, self._sign),
            (CredentialState.SIGNED, self._verify),
            (CredentialState.VERIFIED, self._log),
            (CredentialState.LOGGED, self._release),
        )
        failures: dict[str, Refusal] = {}
        for _ in range(RETRIES * len(steps)):
            try:
                for state, step in steps:
                    due = [draft for draft in drafts if draft.state is state]
                    if due:
                        failures.update(step(due))
                return failures
            except _Overtaken:
                self._look_again(drafts)
        raise Conflict("another process keeps working on the same credentials", hint="try again in a moment")

    def _persist(self, due: list[Draft]) -> _Failures:
        def compose(draft: Draft) -> None:
            draft.payload = drafting.compose(draft, self._settings)

        return self._step(due, CredentialEvent.PERSIST, compose, "payload")

    def _sign(self, due: list[Draft]) -> _Failures:
        def sign(draft: Draft) -> None:
            draft.token = drafting.sign(draft, self._keys.signer(draft.kid))

        return self._step(due, CredentialEvent.SIGN, sign, "token")

    def _verify(self, due: list[Draft]) -> _Failures:
        def verify(draft: Draft) -> None:
            drafting.self_verify(draft, self._keys.public(draft.kid))

        return self._step(due, CredentialEvent.VERIFY, verify)

    def _log(self, due: list[Draft]) -> _Failures:
        with self._database.write() as connection:
            target = _advance(connection, due, CredentialEvent.LOG)
            record(connection, self._clock, map(_log_entry, due))
        _arrived(due, target)
        return {}

    def _release(self, due: list[Draft]) -> _Failures:
        """Let go of what is still in force; a certificate may have been suspended since it was reserved."""
        with self._database.write() as connection:
            good = _still_in_force(connection, due, in_force(self._settings.today(self._clock())))
            lapsed = {
                draft.serial: Refusal(draft.document_number, _no_longer(draft))
                for draft in due
                if draft.serial not in good
            }
            released = [draft for draft in due if draft.serial in good]
            target = _advance(connection, released, CredentialEvent.RELEASE)
            events = [*self._give_up(connection, due, lapsed), *self._supersede_older(connection, released)]
            record(connection, self._clock, events)
        _arrived(released, target)
        return lapsed

    def _step(
        self, due: list[Draft], event: CredentialEvent, work: Callable[[Draft], None], *columns: str
    ) -> _Failures:
        """Do `work` on each draft, then store what it made; drafts that fail our own rules are given up."""
        failures = {
            draft.serial: Refusal(draft.document_number, error)
            for draft, error in zip(due, _each(lambda draft: _attempt(work, draft), due), strict=True)
            if error is not None
        }
        good = [draft for draft in due if draft.serial not in failures]
        with self._database.write() as connection:
            target = _advance(connection, good, event, *columns)
            if failures:
                record(connection, self._clock, self._give_up(connection, due, failures))
        _arrived(good, target)
        return failures

    def _give_up(
        self, connection: Connection, due: Sequence[Draft], failures: _Failures
    ) -> Iterable[AuditEvent]:
        """Void drafts for ever: their index says revoked, and their idempotency key is free again."""
        dropped = [draft for draft in due if draft.serial in failures]
        for draft in dropped:
            next_credential_state(draft.state, CredentialEvent.GIVE_UP, draft.serial)
            chosen = and_(credential.c.serial == draft.serial, credential.c.state == draft.state.value)
            bump_lists(connection, [draft.list_number])
            voided = update(credential).where(chosen)
            values: dict[str, Any] = {"state": CredentialState.VOID.value, "status": Status.REVOKED.value}
            done = connection.execute(voided.values(**values, idempotency_key=f"void:{draft.serial}"))
            if done.rowcount != 1:
                raise _Overtaken
            yield AuditEvent("credential-void", draft.serial, {"certificate": draft.document_number})
        _arrived(dropped, CredentialState.VOID)

    def _supersede_older(self, connection: Connection, released: Sequence[Draft]) -> Iterable[AuditEvent]:
        """A certificate has one phone and one edition on paper: the newest."""
        now = int(self._clock().timestamp())
        for thumbprint in {draft.holder_thumbprint for draft in released}:
            serials = [draft.serial for draft in released if draft.holder_thumbprint == thumbprint]
            older = connection.execute(select(credential.c.serial).where(_older(serials, thumbprint)))
            replaced = older.scalars().all()
            if not replaced:
                continue
            chosen = credential.c.serial.in_(replaced)
            connection.execute(update(credential).where(chosen).values(superseded_at=now))
            set_status(connection, chosen, Status.REPLACED)
            yield from (AuditEvent("credential-superseded", serial) for serial in replaced)

    def _look_again(self, drafts: Sequence[Draft]) -> None:
        with self._database.read() as connection:
            found = _load(connection, credential.c.serial.in_([draft.serial for draft in drafts]))
        for draft in drafts:
            now = found[draft.serial]
            draft.state, draft.payload, draft.token = now.state, now.payload, now.token


def _advance(
    connection: Connection, drafts: Sequence[Draft], event: CredentialEvent, *columns: str
) -> CredentialState:
    """Move rows on, from the state that all of `drafts` are in, with what was made for `columns`."""
    if not drafts:
        return CredentialState.VOID
    before = drafts[0].state
    target = next_credential_state(before, event, drafts[0].serial)
    if columns:
        values = {column: bindparam(f"new_{column}") for column in columns}
        statement = update(credential).where(
            credential.c.serial == bindparam("of_serial"), credential.c.state == before.value
        )
        rows = [
            {"of_serial": draft.serial, **{f"new_{column}": getattr(draft, column) for column in columns}}
            for draft in drafts
        ]
        done = connection.execute(statement.values(state=target.value, **values), rows)
    else:
        chosen = credential.c.serial.in_([draft.serial for draft in drafts])
        statement = update(credential).where(chosen, credential.c.state == before.value)
        done = connection.execute(statement.values(state=target.value))
    if done.rowcount != len(drafts):
        raise _Overtaken
    return target


def _arrived(drafts: Iterable[Draft], state: CredentialState) -> None:
    for draft in drafts:
        draft.state = state


def _attempt(work: Callable[[Draft], None], draft: Draft) -> SelfVerificationFailed | None:
    try:
        work(draft)
    except SelfVerificationFailed as error:
        return error
    return None


def _each(function: Callable[[Draft], _Result], drafts: list[Draft]) -> list[_Result]:
    """`function` of each draft in order, on two threads where there are enough of them to pay."""
    if len(drafts) < _THREADS_PAY_FROM:
        return [function(draft) for draft in drafts]
    share = -(-len(drafts) // THREADS)
    parts = [drafts[start : start + share] for start in range(0, len(drafts), share)]
    with ThreadPoolExecutor(THREADS) as pool:
        done = pool.map(lambda part: [function(draft) for draft in part], parts)
        return [result for part in done for result in part]


def _load(connection: Connection, chosen: ColumnElement[bool]) -> dict[str, Draft]:
    """Drafts by serial, as the database holds them, oldest first."""
    query = (
        select(
            credential,
            certificate.c.document_number,
            certificate.c.type,
            certificate.c.claims,
            seafarer.c.claims.label("holder_claims"),
            status_list.c.uri,
        )
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .join(seafarer, seafarer.c.seafarer_id == certificate.c.seafarer_id)
        .join(status_list, status_list.c.number == credential.c.list_number)
        .where(chosen)
        .order_by(credential.c.id)
    )
    return {row.serial: _draft(row) for row in connection.execute(query)}


def _draft(row: Any) -> Draft:
    return Draft(
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


def _still_in_force(connection: Connection, drafts: list[Draft], good: ColumnElement[bool]) -> set[str]:
    """Serials whose certificate is in force, and stays so until we commit."""
    query = (
        select(credential.c.serial)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(credential.c.serial.in_([draft.serial for draft in drafts]), good)
        .order_by(certificate.c.id)
        .with_for_update(read=True, of=certificate)
    )
    return set(connection.execute(query).scalars())


def _older(serials: Sequence[str], thumbprint: str | None) -> ColumnElement[bool]:
    """Released credentials of the same certificates, for other phones or earlier paper."""
    holder = credential.c.holder_thumbprint
    same_medium = holder.is_(None) if thumbprint is None else and_(holder.is_not(None), holder != thumbprint)
    return and_(
        credential.c.certificate_id.in_(
            select(credential.c.certificate_id).where(credential.c.serial.in_(serials))
        ),
        same_medium,
        credential.c.state == CredentialState.RELEASED.value,
        credential.c.superseded_at.is_(None),
        credential.c.serial.not_in(serials),
    )


def _log_entry(draft: Draft) -> AuditEvent:
    """SHA-256(salt, signing input) shows what was signed to whoever has the salt, and nothing to others."""
    assert draft.token is not None, "only what is signed is logged"  # noqa: S101
    signing_input = draft.token.rpartition(".")[0].encode()
    digest = sha256(bytes.fromhex(draft.log_salt) + signing_input).hexdigest()
    details = {"certificate": draft.document_number, "kid": draft.kid, "signed": digest}
    return AuditEvent("credential-logged", draft.serial, details)


def _no_longer(draft: Draft) -> NotInForce:
    return NotInForce(f"certificate {draft.document_number} ceased to be in force while it was signed")


def _outcome(
    request: IssueRequest, begun: Draft | Refusal, failures: _Failures
) -> IssuedCredential | Refusal:
    if isinstance(begun, Refusal):
        return begun
    if begun.serial in failures:
        return failures[begun.serial]
    thumbprint = request.holder_key.thumbprint() if request.holder_key else None
    if (begun.document_number, begun.holder_thumbprint) != (request.document_number, thumbprint):
        return Refusal(
            request.document_number,
            IdempotencyConflict(
                "this idempotency key belongs to another credential", hint="use a new key for a new request"
            ),
        )
    assert begun.token is not None, "what is released was signed"  # noqa: S101
    return IssuedCredential(
        serial=begun.serial,
        document_number=begun.document_number,
        kind=begun.kind,
        holder_thumbprint=begun.holder_thumbprint,
        list_uri=begun.list_uri,
        idx=begun.idx,
        kid=begun.kid,
        issued_at=begun.issued_at,
        token=begun.token,
    )
