"""Signed status lists, for verifiers to fetch whole, so that nobody is asked; where they lie: `publication`.

Each list is signed twice of the same states at the same second: as the standard's token, and for ships as a
numbered statement (`issuer.services.publishing.statements`).

A list never goes back in time: its `iat` grows with each signature, whatever the clock does, and a list that
shows newer entries than the one before is always the later one. Nor does it jump ahead: one wrong clock would
outdate every list of the years to come.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, select

from issuer.adapters.database import Database
from issuer.adapters.tables import status_list
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.publishing import statements
from issuer.services.publishing.preparing import Prepared, Preparing
from issuer.settings import Settings
from keys.encoding import Json
from verifier import status

# A list that another key signed is soon signed by ours. Not at once: while workers are restarted one by one
# with a new key, they would take turns, and each signature is dated a second later than the last.
OTHER_KEY = timedelta(minutes=1)
# Seconds in caches: a revocation must not wait behind them for the whole `ttl`; asking again costs a 304.
MAX_AGE = 900


# Made once: to make a query takes as long as to ask it.
_LOCK: Final = statements.LIST_WITH_STATEMENT.with_for_update(of=status_list)
_LOCK_IF_FREE: Final = _LOCK.with_for_update(of=status_list, skip_locked=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedList:
    """A status list token and its snapshot for ships, and how long they may be cached (`ttl`)."""

    number: int
    uri: str
    token: str
    statement_number: int
    snapshot: bytes
    iat: datetime
    exp: datetime
    ttl: timedelta


class Orders(NamedTuple):
    """What an operator insists on for once."""

    clock_is_right: bool = False  # sign also long after the last list
    key_is_right: bool = False  # sign also with a key that another one has taken the place of
    number: int = 1  # the least that the next statement gets


PLAIN: Final = Orders()


class Head(NamedTuple):
    """A status list, and the number of the statement that shows it as it is; None: it is to be signed."""

    number: int
    uri: str
    edition: int | None
    size: int
    revision: int

    def is_due(self, orders: Orders) -> bool:
        """Whether it is to be signed, for all that is known of it."""
        return self.edition is None or self.edition < orders.number


class StatusPublisher:
    """Signs status lists when something changed or the last one has aged."""

    def __init__(self, database: Database, clock: Clock, keys: AuthorityKeys, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._settings = settings

    def numbers(self) -> list[int]:
        """The lists that there are."""
        with self._database.read() as connection:
            query = select(status_list.c.number).order_by(status_list.c.number)
            return list(connection.execute(query).scalars())

    def heads(self, connection: Connection, orders: Orders = PLAIN) -> list[Head]:
        """How each list stands, by one query that reads none of them."""
        rows = connection.execute(statements.HEADS, {"kid": self._keys.status_kid}).all()
        return [self._head(row, orders) for row in rows]

    def _head(self, row: Row[Any], orders: Orders) -> Head:
        edition = row.statement_number if self._is_current(row, orders) else None
        return Head(row.number, row.uri, edition, row.size, row.revision)

    def current(self, number: int, orders: Orders = PLAIN) -> SignedList:
        """The list as it stands now: the last token while nothing changed and it is fresh, else a new one."""
        with self._database.read() as connection:
            row = self._row(connection, number)
        if self._is_current(row, orders):
            return self._signed(row)
        with Preparing() as preparing:
            signed = self._signed_anew(self._head(row, orders), orders, preparing)
        if signed is None:
            raise NotFound(f"there is no status list {number}")
        return signed

    def sign_changed(self, uris: Collection[str]) -> bool:
        """Sign those of these lists that are no more as they were last signed; whether there were any."""
        with self._database.read() as connection:
            due = [head.number for head in self.heads(connection) if head.uri in uris and head.is_due(PLAIN)]
        for number in due:
            self.current(number)
        return bool(due)

    def unless_busy(self, head: Head, orders: Orders, preparing: Preparing) -> SignedList | None:
        """The same, or None while somebody else signs the list or changes an entry of it (PostgreSQL)."""
        return self._signed_anew(head, orders, preparing, skip_locked=True)

    def _signed_anew(
        self, head: Head, orders: Orders, preparing: Preparing, *, skip_locked: bool = False
    ) -> SignedList | None:
        if head.is_due(orders):
            with self._database.read() as connection:
                preparing.begin(connection, head.number, head.size, head.revision)
        with self._database.write() as connection:
            row = self._locked(connection, head.number, skip_locked=skip_locked)
            if row is None:
                return None
            if self._is_current(row, orders):
                return self._signed(row)
            return self._sign(connection, row, preparing.take(connection, row), orders)

    def _locked(self, connection: Connection, number: int, *, skip_locked: bool) -> Row[Any] | None:
        """Wait for whoever signs this list; with `skip_locked`, None while another holds it.

        The list is what the last to hold it left; its statement may be of before that, since the query began
        then, and is read again: each has a second of its own.
        """
        given = {"number": number, "kid": self._keys.status_kid}
        row = connection.execute(_LOCK_IF_FREE if skip_locked else _LOCK, given).one_or_none()
        if row is None or row.statement_iat == row.signed_iat:
            return row
        return self._row(connection, number)

    def update(self, number: int, held: int, check: bytes | None = None) -> bytes | None:
        """What leads a ship that holds the statement `held` (0: none) to the current one; None: it has that.

        A delta, or the snapshot where that is smaller, or `held` is none of ours or too old. `check` are the
        first bytes of the hash of the states that the ship holds. Raises Conflict for a number that is still
        to come here, and where the newest is of other states than the ship's.
        """
        current = self.current(number)
        if held > current.statement_number:
            raise _forked(
                f"status list {number} has come to number {current.statement_number}, not to {held}"
            )
        if held == current.statement_number:
            if check not in (None, statements.check_of(current.snapshot, current.uri, held)):
                raise _forked(f"number {held} of status list {number} has another content here")
            return None
        with self._database.read() as connection:
            before = statements.stored(connection, number, held)
        if before is None or not statements.is_whole(before):
            return current.snapshot
        if check not in (None, statements.check_of(before, current.uri, held)):
            return current.snapshot
        return statements.update(current.snapshot, current.statement_number, before, held, current.uri)

    def _row(self, connection: Connection, number: int) -> Row[Any]:
        given = {"number": number, "kid": self._keys.status_kid}
        row = connection.execute(statements.LIST_WITH_STATEMENT, given).one_or_none()
        if row is None:
            raise NotFound(f"there is no status list {number}")
        return row

    def _is_current(self, row: Row[Any], orders: Orders) -> bool:
        if row.signed_revision is None or row.signed_revision != row.revision:
            return False
        if row.statement_iat != row.signed_iat:  # signed before there were statements
            return False
        if (row.statement_number or 0) < orders.number:
            return False
        if self._is_superseded(row):  # those who have the other key renew it
            return not orders.key_is_right and self._clock().timestamp() < float(row.signed_exp)
        own = row.statement_kid == self._keys.status_kid
        lasts = self._settings.status_ttl / 2 if own else OTHER_KEY
        return self._clock().timestamp() - float(row.signed_iat) < lasts.total_seconds()

    def _is_superseded(self, row: Row[Any]) -> bool:
        """Whether our key has signed this list, and then another one did."""
        return row.statement_kid != self._keys.status_kid and row.own_number is not None

    def _sign(self, connection: Connection, row: Row[Any], prepared: Prepared, orders: Orders) -> SignedList:
        if self._is_superseded(row) and not orders.key_is_right:
            raise InvalidInput(
                f"key {self._keys.status_kid} signs status list {row.number} no more: {row.statement_kid} "
                "has taken its place",
                hint="start this worker again with the settings and keys of the others; if "
                f"{self._keys.status_kid} is the right one, run `ombord-issuer publish --key-is-right` once",
            )
        iat = self._next_iat(row, orders.clock_is_right)
        exp = iat + self._settings.status_expiry
        states = prepared.states
        kid = self._keys.status_kid
        signer = self._keys.signer(kid)
        # While zlib is still at work.
        comes = statements.next_of(connection, row, states, iat=iat, at_least=orders.number)
        ttl = int(self._settings.status_ttl.total_seconds())
        token = status.encode(
            states,
            uri=row.uri,
            iat=iat,
            exp=exp,
            ttl=ttl,
            signer=signer,
            kid=kid,
            deflated=prepared.deflated(),
        )
        # After the list: the signer holds what ships are told against what it has just signed.
        stated = statements.signed(
            row, states, comes=comes, iat=iat, exp=exp, flag=self._settings.flag, signer=signer
        )
        times = {"signed_iat": int(iat.timestamp()), "signed_exp": int(exp.timestamp())}
        statements.store(
            connection,
            {"token": token, "signed_revision": row.revision, **times},
            {"list_number": row.number, "iat": times["signed_iat"], "kid": kid, **stated._asdict()},
        )
        return SignedList(
            number=row.number,
            uri=row.uri,
            token=token,
            statement_number=stated.number,
            snapshot=stated.snapshot,
            iat=iat,
            exp=datetime.fromtimestamp(times["signed_exp"], UTC),
            ttl=self._settings.status_ttl,
        )

    def _next_iat(self, row: Row[Any], clock_is_right: bool) -> datetime:
        """Now, but later than the list before. Raises InvalidInput when one of the two cannot be right."""
        now = self._clock().replace(microsecond=0)
        if row.signed_iat is None:
            return now
        last = datetime.fromtimestamp(row.signed_iat, UTC)
        apart, most = now - last, self._settings.status_expiry
        problem = (
            f"the clock says {now:%Y-%m-%d %H:%M}; list {row.number} was signed at {last:%Y-%m-%d %H:%M}"
        )
        if apart > most and not clock_is_right:
            raise InvalidInput(
                problem,
                hint="set the clock right; if it is, and nothing was published for so long, run "
                "`ombord-issuer publish --clock-is-right` once",
            )
        if -apart > most:
            raise InvalidInput(
                problem,
                hint="set the clock right; if it is, the list was signed by a wrong one: restore a backup of "
                "the database from before that, and publish into a new folder",
            )
        return max(now, last + timedelta(seconds=1))

    def _signed(self, row: Row[Any]) -> SignedList:
        return SignedList(
            number=row.number,
            uri=row.uri,
            token=row.token,
            statement_number=row.statement_number,
            snapshot=bytes(row.snapshot),
            iat=datetime.fromtimestamp(row.signed_iat, UTC),
            exp=datetime.fromtimestamp(row.signed_exp, UTC),
            ttl=self._settings.status_ttl,
        )


def jwt_vc_issuer(settings: Settings, keys: AuthorityKeys) -> dict[str, Json]:
    """The document behind `/.well-known/jwt-vc-issuer` (SD-JWT VC, 5)."""
    return {"issuer": settings.issuer, "jwks": keys.jwks()}


def _forked(problem: str) -> Conflict:
    return Conflict(
        problem,
        hint="keep the list that you have, and report this to the authority: it may be forged, or their "
        "register is an older one, restored (`ombord-issuer publish --leap-ahead`)",
    )
