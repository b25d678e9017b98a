"""When the transparency log is signed, and what of it anybody may read: checkpoints and proofs between them.

A checkpoint also holds fast the head of the audit trail (`keys.transparency.anchor`): where nothing is issued
for a day and the trail has grown, the log is signed once more for that alone.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from issuer.adapters import log_store
from issuer.adapters.database import Database
from issuer.adapters.object_store import Upload
from issuer.domain.errors import Conflict, NotFound
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.log import transparency
from issuer.settings import Settings
from keys.transparency import consistency
from keys.transparency.checkpoint import Checkpoint, CheckpointError, LogKey, origin_of, parse
from keys.transparency.entry import Receipt
from keys.transparency.merkle import ProofError
from keys.trust.record import unix

ANCHORED_EVERY: Final = timedelta(days=1)
MEDIA_TYPE: Final = "text/plain; charset=utf-8"
NEWEST: Final = "log/checkpoint"
NEWEST_MAX_AGE: Final = 300
PER_SIZE_MAX_AGE: Final = 86_400  # a key that follows, or a new head of the audit trail, signs a size again


class Checkpoints:
    """The log's signed word, made when it is due."""

    def __init__(self, database: Database, clock: Clock, keys: AuthorityKeys, settings: Settings) -> None:
        self._database, self._clock, self._keys = database, clock, keys
        self.origin = origin_of(settings.issuer)

    def make(self) -> str | None:
        """The signed note of the log as it is now; signs one if the log grew. None without a key, or entries.

        Raises DatabaseUnusable where the log contradicts what was signed before, Conflict for a log of
        another name, and what the signer raises.
        """
        if self._keys.log_kid is None:
            return None
        with self._database.read() as connection:  # most who ask find nothing new, and wait for nobody
            note, last = log_store.newest_checkpoint(connection), log_store.newest_checkpoint_at(connection)
            size = log_store.size(connection)
        if not size:
            return None
        is_young = last is not None and unix(self._clock()) - last < ANCHORED_EVERY.total_seconds()
        if note is not None and is_young and self._is_current(note, size):
            return note
        with self._database.write() as connection:
            return transparency.checkpoint(
                connection,
                self._keys.signer(self._keys.log_kid),
                origin=self.origin,
                at=self._clock(),
                anchored_every=ANCHORED_EVERY,
            )

    def signed(self) -> str | None:
        """The note that was signed last, if any."""
        with self._database.read() as connection:
            return log_store.newest_checkpoint(connection)

    def newest(self) -> str:
        """The note that was signed last. Raises NotFound."""
        note = self.signed()
        if note is None:
            raise NotFound(
                "no checkpoint of the transparency log was signed yet",
                hint="there is one soon after the first credential, where the authority has a key of the log",
            )
        return note

    def consistency(self, old: int, new: int) -> str:
        """That the log of `new` entries begins with that of `old`, as a file. Raises InvalidInput."""
        with self._database.read() as connection:
            return consistency.to_text(transparency.prove_consistency(connection, old, new))

    def receipts(self, serials: Sequence[str]) -> dict[str, Receipt]:
        """Receipts of those of these credentials that have one; signs a checkpoint if one waits for it."""
        with self._database.read() as connection:
            found, waiting = transparency.receipts(connection, serials)
        if waiting and self.make() is not None:
            with self._database.read() as connection:
                found, _ = transparency.receipts(connection, serials)
        return found

    def uploads(self, published: bytes | None) -> list[Upload]:
        """What `publish` puts beside the lists; `published` is what lies at `log/checkpoint` there.

        The newest checkpoint, the same under its size, and the proof that leads to it from the one published
        before: so whoever kept any finds the way to each later one. Raises Conflict where what is published
        is of a larger log, or another: this database is then a restored older one.
        """
        self.make()
        try:
            note = self.newest()
        except NotFound:
            return []
        new = parse(note.encode()).checkpoint
        made = [_upload(f"log/{new.size}.checkpoint", note)]
        if published is not None and (proof := self._proof(_read(published), new)) is not None:
            made.append(_upload(f"log/{new.size}.proof", proof))
        return [*made, Upload(NEWEST, note.encode(), MEDIA_TYPE, NEWEST_MAX_AGE)]

    def _proof(self, old: Checkpoint, new: Checkpoint) -> str | None:
        """From what is published to what is to be, unless they are of one size. Raises Conflict."""
        if old.size > new.size:
            raise _forked(f"the published log has {old.size} entries, and the register's has {new.size}")
        with self._database.read() as connection:
            proof = transparency.prove_consistency(connection, old.size, new.size)
        try:
            consistency.check(old, new, proof)
        except ProofError as error:
            raise _forked(f"the published log is not the beginning of the register's: {error}") from error
        return consistency.to_text(proof) if old.size < new.size else None

    def _is_current(self, note: str, size: int) -> bool:
        checkpoint, signatures = parse(note.encode())
        if (checkpoint.origin, checkpoint.size) != (self.origin, size) or self._keys.log_kid is None:
            return False
        own = LogKey(self.origin, self._keys.public(self._keys.log_kid))
        return any((one.name, one.key_id) == (own.name, own.key_id) for one in signatures)


def _upload(name: str, text: str) -> Upload:
    return Upload(name, text.encode(), MEDIA_TYPE, PER_SIZE_MAX_AGE)


def _read(published: bytes) -> Checkpoint:
    try:
        return parse(published).checkpoint
    except CheckpointError as error:
        raise _forked(f"what is published as {NEWEST} is no checkpoint: {error}") from error


def _forked(what: str) -> Conflict:
    return Conflict(
        what, hint="stop issuing, and restore a backup that holds all entries; auditors have the other log"
    )
