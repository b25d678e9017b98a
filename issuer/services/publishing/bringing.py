"""Bring single files to a store: what it has is not written again, and nothing later is written over."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from issuer.adapters import publications
from issuer.adapters.database import Database
from issuer.adapters.object_store import Held, ObjectStore, Overtaken, Upload, overtaken
from issuer.adapters.publications import Remembered, digest_of
from issuer.services.clock import Clock

TRIES: Final = 3  # against a publisher that writes the same name at the same time
NOTHING: Final = Remembered(None)

# Which edition of a name a content is, where it has editions. Raises Conflict for what must be left alone.
Judge = Callable[[Connection, str, bytes], int | None]


@dataclass(slots=True)
class Report:
    """Where something new lies, and how many names needed nothing."""

    written: list[str] = field(default_factory=list)
    unchanged: int = 0


class Bringing:
    """One store, and what the register remembers of it."""

    def __init__(self, database: Database, clock: Clock, store: ObjectStore, judge: Judge) -> None:
        self._database = database
        self._clock = clock
        self._judge = judge
        self.store = store

    def remembered(self, names: Collection[str] | None = None) -> dict[str, Remembered]:
        """What is known of the store, or of these names in it."""
        with self._database.read() as connection:
            return publications.remembered(connection, self.store.address, names)

    def adopt(
        self, held: Mapping[str, Held], gone: Collection[str], *, judged: bool = True
    ) -> Mapping[str, Remembered]:
        """Remember what was read, and forget what is there no more. What is not `judged` has no edition."""
        found: dict[str, Remembered] = {}
        if not held and not gone:
            return found
        with self._database.write(wait=False) as connection:
            for name in sorted(gone):
                publications.forget(connection, self.store.address, name)
            for name, one in held.items():
                edition = self._judge(connection, name, one.data) if judged else None
                found[name] = Remembered(one.version, digest_of(one.data), edition)
            self._remember(connection, found)
        return found

    def bring(
        self,
        uploads: Iterable[Upload],
        edition: int | None,
        report: Report,
        memory: Mapping[str, Remembered] | None = None,
        *,
        within: Connection | None = None,
    ) -> None:
        """Put files, in this order, unless the store has them, or a later edition of them.

        `memory` is what was remembered before, where nobody else can have written meanwhile. What is new is
        remembered by a transaction of its own, or `within` that one.
        """
        wanted = list(uploads)
        known = self.remembered([upload.name for upload in wanted]) if memory is None else memory
        new = {}
        for upload in wanted:
            found = self._put(upload, edition, known.get(upload.name, NOTHING))
            if found is None:
                report.unchanged += 1
            else:
                new[upload.name] = found
                report.written.append(self.store.label(upload.name))
        if not new:
            return
        if within is not None:
            self._remember(within, new)
            return
        with self._database.write(wait=False) as connection:
            self._remember(connection, new)

    def leave(self, uploads: Iterable[Upload], report: Report) -> None:
        """Put files that nothing is asked of again: each has a name of its own, and is not remembered."""
        for upload in uploads:
            if self._put(upload, None, NOTHING) is not None:
                report.written.append(self.store.label(upload.name))

    def _put(self, upload: Upload, edition: int | None, there: Remembered) -> Remembered | None:
        """None where it was there."""
        digest = digest_of(upload.data)
        for _ in range(TRIES):
            if there.version is not None and (there.digest == digest or _is_later(there.edition, edition)):
                return None
            try:
                return Remembered(self.store.put(upload, over=there.version), digest, edition)
            except Overtaken:
                there = self._look_again(upload.name)
        raise overtaken(self.store.label(upload.name))

    def remove(self, name: str) -> None:
        """Take away what leads nowhere any more."""
        self.store.delete(name)
        with self._database.write(wait=False) as connection:
            publications.forget(connection, self.store.address, name)

    def _look_again(self, name: str) -> Remembered:
        """What a name has, which another publisher has written meanwhile."""
        held = self.store.get(name)
        if held is None:
            return NOTHING
        return self.adopt({name: held}, ())[name]

    def _remember(self, connection: Connection, what: Mapping[str, Remembered]) -> None:
        publications.remember(connection, self.store.address, what, int(self._clock().timestamp()))


def _is_later(there: int | None, edition: int | None) -> bool:
    return there is not None and edition is not None and there > edition
