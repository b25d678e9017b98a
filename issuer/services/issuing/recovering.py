"""Recovery: what a crash, a stop or an absent signer left between two steps is finished, or cleanly voided.

Several workers may do this at once, on one host or on many: each claims what is in nobody's hand
(`issuer.adapters.leases`), so that none repeats another's work nor disturbs what a living one is busy with.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import exists, func, select, update

from issuer.adapters import log_store
from issuer.adapters.database import Database
from issuer.adapters.repository import CHUNK, among, unfinished
from issuer.adapters.tables import credential, credential_token, log_entry
from issuer.domain.errors import IssuerError, IssuingStopped, KeysUnusable
from issuer.domain.register import CredentialState
from issuer.services.issuing.draft_rows import load_drafts
from issuer.services.issuing.drafting import Draft
from issuer.services.issuing.protocol import IssuingProtocol
from issuer.services.log import transparency
from issuer.services.log.signed_texts import signing_input
from issuer.services.log.transparency import NewEntry

_ENDS = (CredentialState.RELEASED, CredentialState.VOID)
_UNFINISHED = unfinished()
# Released, or about to be, by a version that kept no log.
_OLDER_THAN_THE_LOG = (
    credential.c.configuration.is_(None)
    & credential.c.state.in_([CredentialState.LOGGED, CredentialState.RELEASED])
    & ~exists().where(log_entry.c.serial == credential.c.serial)
)


class Recovered(NamedTuple):
    """What became of the credentials that were in nobody's hand."""

    finished: int = 0
    voided: int = 0
    waiting: int = 0  # for the signer, for a key, or until issuing goes on
    logged: int = 0  # were released before there was a transparency log
    why: IssuerError | None = None  # the first reason to wait


class Recovery:
    """Works through all that is unfinished. Safe at any time, beside any number of others."""

    def __init__(self, database: Database, protocol: IssuingProtocol) -> None:
        self._database = database
        self._protocol = protocol

    def run(self) -> Recovered:
        """One pass. Raises DatabaseUnusable."""
        done = Recovered(logged=self.log_older())
        with self._database.lease() as mine:
            for drafts in self._claimed(mine):
                for batch in _by_key(drafts):
                    done = self._finish(batch, done)
                    if isinstance(done.why, IssuingStopped):
                        return done
        return done

    def log_older(self) -> int:
        """Append to the transparency log what was released before there was one, oldest first; how many."""
        logged = 0
        while batch := self._older():
            logged += batch
        return logged

    def _older(self) -> int:
        """One batch, in one transaction; a crash loses nothing but this one, which is then done again."""
        query = (
            select(credential.c.serial, credential.c.log_salt, credential_token.c.token)
            .join(credential_token, credential_token.c.credential_id == credential.c.id)
            .where(_OLDER_THAN_THE_LOG, func.length(credential.c.log_salt) > 0)
            .order_by(credential.c.id)
            .limit(CHUNK)
        )
        with self._database.read() as connection:
            if connection.execute(query.limit(1)).one_or_none() is None:
                return 0
        with self._database.write() as connection:
            log_store.lock(connection)
            rows = connection.execute(query).all()
            entries = [
                NewEntry(row.serial, bytes.fromhex(row.log_salt), signing_input(row.token)) for row in rows
            ]
            transparency.append(connection, entries)
        return len(entries)

    def _claimed(self, mine: int) -> Iterator[list[Draft]]:
        """Batches of drafts that are ours from now on, until there are none left in nobody's hand."""
        while True:
            with self._database.read() as connection:
                if connection.execute(select(credential.c.id).where(_UNFINISHED).limit(1)).first() is None:
                    return
            with self._database.write(wait=False) as connection:
                free = self._database.leases.in_nobodys_hand(connection, credential.c.lease)
                chosen = select(credential.c.id).where(_UNFINISHED, free).order_by(credential.c.id)
                chosen = chosen.limit(CHUNK).with_for_update(skip_locked=True)
                numbers = connection.execute(chosen).scalars().all()
                rows = among(connection, credential.c.id, numbers)
                if numbers:
                    connection.execute(update(credential).where(rows).values(lease=mine))
                    drafts = list(load_drafts(connection, rows).values())
            if not numbers:
                return
            yield drafts

    def _finish(self, drafts: Sequence[Draft], before: Recovered) -> Recovered:
        """One batch of one key; a key that is lost holds up no other's."""
        why = before.why
        try:
            failures = self._protocol.finish(drafts)
        except (IssuingStopped, KeysUnusable) as error:
            failures = {}
            why = error if isinstance(error, IssuingStopped) else why or error
        finished = sum(draft.state is CredentialState.RELEASED for draft in drafts)
        voided = sum(draft.state is CredentialState.VOID for draft in drafts)
        waiting = [draft for draft in drafts if draft.state not in _ENDS]
        if waiting and why is None:
            why = next((failures[draft.serial].error for draft in waiting if draft.serial in failures), None)
        return before._replace(
            finished=before.finished + finished,
            voided=before.voided + voided,
            waiting=before.waiting + len(waiting),
            why=why,
        )


def _by_key(drafts: Sequence[Draft]) -> list[list[Draft]]:
    by_kid: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_kid.setdefault(draft.kid, []).append(draft)
    return list(by_kid.values())
