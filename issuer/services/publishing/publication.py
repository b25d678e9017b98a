"""Status lists and public keys into a store, for anything to serve: a change costs the changed list alone.

The register remembers which content it gave to which store. What the store holds besides, or otherwise, is
read and compared before anything is written (`published`). Each write names the version that it takes the
place of, so that of two publishers the older one never wins. Keys come first and the list of lists last:
whoever reads meanwhile, or after a crash, meets nothing that is not there.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import Final, NamedTuple

from sqlalchemy import Connection

from issuer.adapters import publications
from issuer.adapters.database import Database
from issuer.adapters.object_store import ObjectStore, Upload
from issuer.adapters.publications import Remembered, digest_of
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.log.checkpoints import NEWEST, Checkpoints
from issuer.services.publishing import published, statements
from issuer.services.publishing.bringing import NOTHING, Bringing, Report
from issuer.services.publishing.preparing import Preparing
from issuer.services.publishing.published import Lying, snapshot_name, token_name
from issuer.services.publishing.publisher import (
    MAX_AGE,
    PLAIN,
    Head,
    Orders,
    SignedList,
    StatusPublisher,
    jwt_vc_issuer,
)
from issuer.settings import Settings
from keys.encoding import Json, json_dumps
from verifier import ship_status, status

AGGREGATION: Final = "status/aggregation.json"
OURS: Final = ("jw", "log/checkpoint", "status/")  # how the names begin that are published here
JSON: Final = "application/json"
KEYS_SECONDS: Final = 3_600  # keys are added long before they sign


class Look(Enum):
    """How much of a store is looked at before anything is written."""

    MEMORY = auto()  # nothing: what was remembered is believed, and each write finds out whether it is so
    VERSIONS = auto()  # what has another version than the one remembered is read
    EVERYTHING = auto()  # all lists are read


class _Seen(NamedTuple):
    """What is remembered of a store once it was looked at, and the contents that were read for that."""

    memory: Mapping[str, Remembered]
    contents: Mapping[str, bytes]


class Publication:
    """One authority's lists and keys in one store."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keys: AuthorityKeys,
        settings: Settings,
        store: ObjectStore,
    ) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._settings = settings
        self._store = store
        self._lists = StatusPublisher(database, clock, keys, settings)
        self._checkpoints = Checkpoints(database, clock, keys, settings)
        self._bringing = Bringing(database, clock, store, self._judge)

    def publish(
        self, orders: Orders = PLAIN, *, leap_ahead: bool = False, look: Look = Look.VERSIONS
    ) -> Report:
        """Bring the store up to date.

        Raises Conflict when it knows more than the database, which is then a restored older one. With
        `leap_ahead` the numbers of all lists pass over those that such a database may have forgotten.
        """
        report = Report()
        with self._store.alone() as alone, self._database.session(), Preparing() as preparing:
            with self._database.read() as connection:
                heads = self._lists.heads(connection, orders)
                for head in [head for head in heads if head.is_due(orders)][:1]:
                    preparing.begin(connection, head.number, head.size, head.revision)
                seen = _Seen(publications.remembered(connection, self._store.address), {})
            if look is not Look.MEMORY or leap_ahead or not seen.memory:
                whole = leap_ahead or look is Look.EVERYTHING
                seen = self._compare(heads, seen.memory, whole=whole, leap_ahead=leap_ahead)
            self._bringing.bring(self._documents(), None, report, seen.memory)
            self._bring_log(seen.memory, report, make=look is not Look.MEMORY)
            each = {head.number: orders for head in heads}
            due = self._leaps(orders, seen.contents) if leap_ahead else each
            self._bring_lists(heads, due, report, seen.memory, preparing, alone=alone)
            self._bringing.bring([_aggregation(heads)], len(heads), report, seen.memory)
        return report

    # What lies there

    def _compare(
        self, heads: Sequence[Head], memory: Mapping[str, Remembered], *, whole: bool, leap_ahead: bool
    ) -> "_Seen":
        """Read what the register does not know, refuse what it cannot have written, remember the rest."""
        versions = {name: version for start in OURS for name, version in self._store.names(start).items()}
        unknown = [
            name
            for name, version in versions.items()
            if whole or memory.get(name, NOTHING).version != version
        ]
        held = {name: found for name in unknown if (found := self._store.get(name)) is not None}
        gone = {name for name in memory if name.startswith(OURS) and name not in versions}
        if not unknown and not gone and not leap_ahead:
            return _Seen(memory, {})
        lying = Lying({name: one.data for name, one in held.items()}, self._store.label)
        leaping_at = int(self._clock().timestamp()) if leap_ahead else None
        with self._database.read() as connection:
            numbers = [head.number for head in heads]
            published.refuse_older_database(connection, lying, numbers, leaping_at=leaping_at)
        adopted = self._bringing.adopt(held, gone, judged=not leap_ahead)
        known = {name: one for name, one in memory.items() if name not in gone}
        return _Seen({**known, **adopted}, lying.contents)

    def _judge(self, connection: Connection, name: str, data: bytes) -> int | None:
        """Which edition lies under a name. Raises Conflict for what this register cannot have written."""
        if name == AGGREGATION:
            return data.count(b"://")  # one for each list; they only ever become more
        if not published.is_list(name):
            return None
        lying = Lying({name: data}, self._store.label)
        published.refuse_older_database(connection, lying, self._lists.numbers())
        return published.edition_of(connection, name, data)

    # What is to lie there

    def _documents(self) -> Iterator[Upload]:
        """The public keys, in both forms."""
        yield Upload("jwks.json", json_dumps(self._keys.jwks()), JSON, KEYS_SECONDS)
        document = json_dumps(jwt_vc_issuer(self._settings, self._keys))
        yield Upload("jwt-vc-issuer.json", document, JSON, KEYS_SECONDS)

    def _bring_log(self, memory: Mapping[str, Remembered], report: Report, *, make: bool) -> None:
        """The transparency log's newest checkpoint, and the proof that leads to it from the one there.

        Without `make`, none is signed for this alone: the log's own timer does that.
        """
        if self._keys.log_kid is None:
            return
        note = self._checkpoints.make() if make else self._checkpoints.signed()
        if note is None or memory.get(NEWEST, NOTHING).digest == digest_of(note.encode()):
            return
        held = self._store.get(NEWEST)
        *lasting, newest = self._checkpoints.uploads(None if held is None else held.data)
        self._bringing.leave(lasting, report)
        self._bringing.bring([newest], None, report)

    def _bring_lists(
        self,
        heads: Sequence[Head],
        orders: Mapping[int, Orders],
        report: Report,
        memory: Mapping[str, Remembered],
        preparing: Preparing,
        *,
        alone: bool,
    ) -> None:
        """All lists that are not there as they stand; last, and waited for, what others have in hand."""
        due = [head for head in heads if orders[head.number].number > 1 or not _is_there(head, memory)]
        report.unchanged += 2 * (len(heads) - len(due))
        # Where nobody else writes, what was remembered is true still. SQLite has no claims to hold.
        known = memory if alone or self._database.is_sqlite else None
        if known is None:
            self._make_claimable([head.number for head in due if token_name(head.number) not in memory])
        taken = []
        for at, head in enumerate(due):
            signed = self._lists.unless_busy(head, orders[head.number], preparing)
            self._begin_next(due[at + 1 :], orders, preparing)
            if signed is None or not self._bring_list(signed, report, known, wait=False):
                taken.append(head.number)
        for number in taken:
            self._bring_list(self._lists.current(number, orders[number]), report, known, wait=True)

    def _begin_next(self, due: Sequence[Head], orders: Mapping[int, Orders], preparing: Preparing) -> None:
        """While one list is brought, zlib is at work on the next."""
        if due and due[0].is_due(orders[due[0].number]):
            with self._database.read() as connection:
                preparing.begin(connection, due[0].number, due[0].size, due[0].revision)

    def _bring_list(
        self, signed: SignedList, report: Report, memory: Mapping[str, Remembered] | None, *, wait: bool
    ) -> bool:
        """Put both forms of a list; False where another publisher is at it.

        One publisher at a time for a list, while all others go on with the next (SKIP LOCKED). With `memory`
        nothing is claimed: nobody else writes, or with SQLite, which has one writer, whom no store may keep
        waiting, the store alone decides.
        """
        if memory is not None:
            self._bringing.bring(_forms(signed), signed.statement_number, report, memory)
            return True
        name, snapshot = token_name(signed.number), snapshot_name(signed.number)
        with self._database.write(wait=False) as connection:
            known = publications.claim(connection, self._store.address, name, [snapshot], wait=wait)
            if known is None:
                return False
            self._bringing.bring(_forms(signed), signed.statement_number, report, known, within=connection)
        return True

    def _make_claimable(self, numbers: Sequence[int]) -> None:
        if not numbers:
            return
        with self._database.write(wait=False) as connection:
            names, at = [token_name(number) for number in numbers], int(self._clock().timestamp())
            publications.make_claimable(connection, self._store.address, names, at)

    def _leaps(self, orders: Orders, contents: Mapping[str, bytes]) -> dict[int, Orders]:
        """Past every number that this database or the store has seen, by as many as may have been lost."""
        with self._database.read() as connection:
            ours = statements.newest_numbers(connection)
        return {
            number: orders._replace(
                number=max(newest, published.number_in(contents, number)) + statements.LEAP
            )
            for number, newest in ours.items()
        }


def _is_there(head: Head, memory: Mapping[str, Remembered]) -> bool:
    """Whether a list needs no signature, and lies there in both forms."""
    if head.edition is None:
        return False
    both = (memory.get(name(head.number), NOTHING) for name in (token_name, snapshot_name))
    return all(one.version is not None and one.edition == head.edition for one in both)


def _forms(signed: SignedList) -> Iterator[Upload]:
    """A list for ships, and as the standard's token."""
    seconds = min(MAX_AGE, int(signed.ttl.total_seconds()))
    yield Upload(snapshot_name(signed.number), signed.snapshot, ship_status.MEDIA_TYPE, seconds)
    yield Upload(token_name(signed.number), signed.token.encode(), status.MEDIA_TYPE, seconds)


def _aggregation(heads: Sequence[Head]) -> Upload:
    body: dict[str, Json] = {"status_lists": [head.uri for head in heads]}
    return Upload(AGGREGATION, json_dumps(body), JSON, MAX_AGE)
