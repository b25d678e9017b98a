"""Status lists for ships, read and verified: signed snapshots, and deltas from an earlier number.

The bytes are those of docs/sea-pack-format.md, section 3. What a blob says counts once the states that come
out of it have the hash that a status key of the list's own authority has signed, and not before.
`ship_status_writing` makes them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple, NoReturn

from keys.trust.directory import Authority, Directory, TrustedKey
from verifier import rice
from verifier.statement import BEFORE_BYTES, BITS, Statement, objection
from verifier.statement_signer import signers
from verifier.status import StatusList, StatusListError, refuse_dated_ahead
from verifier.status_wire import CHECK_BYTES, MAX_BLOB, Header, Kind, Parsed, parse

__all__ = [
    "MAX_BLOB",
    "MEDIA_TYPE",
    "ForkedList",
    "Header",
    "Kind",
    "WrongBase",
    "address",
    "apply_delta",
    "peek",
    "refuse_fork",
    "reverify",
    "verify_snapshot",
    "verify_snapshots",
]

MEDIA_TYPE: Final = "application/vnd.ombord.status"
MAX_STATES: Final = 128 << 20  # bytes of states of all lists together: 500 million entries
TOO_MUCH: Final = f"the status lists have more than {MAX_STATES * 8 // BITS} entries together"
_AT_ONCE: Final = 8 << 20  # bytes of states that are decoded before their signatures are checked


class WrongBase(StatusListError):
    """A delta that builds on other states than those held: a snapshot, or another delta, is needed."""


class ForkedList(StatusListError):
    """Two lists that cannot both be the authority's: to be reported, since a key may be in other hands."""


def peek(blob: bytes) -> Header:
    """What a blob says of itself; nothing of it is verified. Raises StatusListError."""
    return parse(blob).header


def address(header: Header, directory: Directory) -> str:
    """The address of the list that a blob says it is. Raises StatusListError."""
    return _authority(header, directory).status_prefix + header.name


def verify_snapshot(blob: bytes, *, directory: Directory, at: datetime | None = None) -> StatusList:
    """The list of a snapshot that its authority has signed. Raises StatusListError.

    As with `verify_list`, `at` is given when a list comes in, and refuses one dated ahead of the clock.
    """
    (one,) = verify_snapshots((blob,), directory=directory, at=at)
    return one


def verify_snapshots(
    blobs: Iterable[bytes], *, directory: Directory, at: datetime | None = None
) -> list[StatusList]:
    """As `verify_snapshot`, for many: lists are decoded, then signatures checked, some megabytes at a time.

    In turn, list by list, the two would drive each other out of the processor's caches.
    """
    found: list[StatusList] = []
    waiting: list[_Stated] = []
    size = total = 0
    for blob in blobs:
        parsed = parse(blob)
        total += (parsed.size or 0) * BITS // 8  # before it is decoded: 80 bytes may claim 4 MB
        if total > MAX_STATES:
            raise StatusListError(TOO_MUCH)
        waiting.append(_decoded(parsed, directory, at))
        size += len(waiting[-1].states)
        if size > _AT_ONCE:
            found += _signed(waiting, directory)
            waiting, size = [], 0
    return [*found, *_signed(waiting, directory)]


def _decoded(parsed: Parsed, directory: Directory, at: datetime | None) -> "_Stated":
    if parsed.size is None or parsed.before is None:
        raise StatusListError("a delta, where a snapshot is needed")
    authority = _authority(parsed.header, directory)
    try:
        states = rice.decode(parsed.body, parsed.size)
    except rice.RiceError as error:
        raise StatusListError(f"{_named(parsed.header)}: its states cannot be read: {error}") from None
    return _stated(parsed, parsed.before, states, authority, directory, at)


def apply_delta(
    held: StatusList, blob: bytes, *, directory: Directory, at: datetime | None = None
) -> StatusList:
    """The list after a signed delta to the one held. Raises StatusListError: WrongBase if it does not fit."""
    parsed = parse(blob)
    header = parsed.header
    if header.since is None:
        raise StatusListError("a snapshot, where a delta is needed")
    authority = _authority(header, directory)
    if held.uri != address(header, directory):
        raise StatusListError(f"{_named(header)}: a delta to another list than {held.uri}")
    base = sha256(held.states).digest()
    if held.bits != BITS or (held.number is not None and held.number != header.since):
        raise WrongBase(
            f"{_named(header)}: the delta builds on number {header.since}, and number {held.number} is held"
        )
    if base[:CHECK_BYTES] != parsed.check:
        raise WrongBase(
            f"{_named(header)}: the delta builds on other states of number {header.since} than those held"
        )
    if header.iat <= held.iat:
        raise StatusListError(f"{_named(header)}: signed before the list that it builds on")
    try:
        states = rice.apply_changes(held.states, parsed.body)
    except rice.RiceError as error:
        raise StatusListError(f"{_named(header)}: its changes cannot be read: {error}") from None
    before = parsed.before or base[:BEFORE_BYTES]
    (one,) = _signed([_stated(parsed, before, states, authority, directory, at)], directory)
    return one


def reverify(held: StatusList, *, directory: Directory) -> StatusList:
    """A list that was verified before, judged by the keys of this directory. Raises StatusListError."""
    statement = held.statement
    if statement is None:
        raise StatusListError(f"{held.uri}: no statement is kept with it")
    authority = directory.authority_for_status(held.uri)
    if authority is None:
        raise StatusListError(f"{held.uri}: no authority in the directory owns this address")
    if sha256(held.states).digest() != statement.after or held.uri != statement.uri:
        raise StatusListError(f"{held.uri}: its states are not those that were signed")
    (key,) = signers([(statement, authority)], directory)
    return _list(statement, held.states, key)


def refuse_fork(held: StatusList | None, offered: StatusList) -> None:
    """Raise ForkedList when two lists of one address cannot both be true.

    A number has one content for ever, later numbers are signed later, and each names the states before it.
    """
    if held is None or held.statement is None or offered.statement is None:
        return
    one, other = sorted((held.statement, offered.statement), key=lambda statement: statement.number)
    if one.number == other.number:
        if one.message != other.message:
            _forked(other, f"two different lists were signed as number {one.number}")
    elif one.iat >= other.iat:
        _forked(other, f"number {other.number} was signed no later than number {one.number}")
    elif one.number + 1 == other.number and one.after[:BEFORE_BYTES] != other.before:
        _forked(other, f"number {other.number} builds on another number {one.number} than the one known here")


def _forked(statement: Statement, what: str) -> NoReturn:
    raise ForkedList(f"{statement.uri}: {what}; report this to the authority, its key may be stolen")


class _Stated(NamedTuple):
    """A list that was read, and the statement about it, whose signature is still to be checked."""

    statement: Statement
    states: bytes
    authority: Authority


def statement_of(parsed: Parsed, before: bytes, states: bytes, *, uri: str) -> Statement:
    """The statement that a blob's bytes and states make up; its signature is not checked."""
    return Statement(
        uri=uri,
        number=parsed.header.number,
        iat=parsed.header.iat,
        exp=parsed.exp,
        size=len(states) * 4,
        before=before,
        after=sha256(states).digest(),
        key_hint=parsed.key_hint,
        signature=parsed.signature,
    )


def _stated(
    parsed: Parsed,
    before: bytes,
    states: bytes,
    authority: Authority,
    directory: Directory,
    at: datetime | None,
) -> _Stated:
    """What must have been signed about a blob's states."""
    header = parsed.header
    statement = statement_of(parsed, before, states, uri=authority.status_prefix + header.name)
    problem = objection(statement)
    if problem is not None:
        raise StatusListError(f"{_named(header)}: {problem}")
    refuse_dated_ahead(header.iat, directory, at)
    return _Stated(statement, states, authority)


def _signed(stated: Sequence[_Stated], directory: Directory) -> list[StatusList]:
    """What blobs amount to, once the statements about them are shown to be signed."""
    keys = signers([(one.statement, one.authority) for one in stated], directory)
    return [_list(one.statement, one.states, key) for one, key in zip(stated, keys, strict=True)]


def _list(statement: Statement, states: bytes, key: TrustedKey) -> StatusList:
    return StatusList(
        uri=statement.uri,
        issuer=key.issuer,
        iat=statement.iat,
        exp=statement.exp,
        bits=BITS,
        states=states,
        number=statement.number,
        statement=statement,
    )


def _authority(header: Header, directory: Directory) -> Authority:
    for authority in directory.authorities.values():
        if authority.flag == header.flag:
            return authority
    raise StatusListError(f"{_named(header)}: the directory has no authority {header.flag}")


def _named(header: Header) -> str:
    return f"status list {header.flag} {header.name}, number {header.number}"
