"""Status lists of a pack, merged with those held: of each the newest evidence, whatever its encoding."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from keys.trust.directory import Directory
from verifier import ship_status
from verifier.held import Held
from verifier.status import AHEAD, StatusList, StatusListError, verify_list


class RefusedPack(ValueError):
    """A pack that must not come in; what is held stays as it is."""


class WholePackNeeded(RefusedPack):
    """An update that builds on something else than what is held."""


@dataclass(slots=True)
class Merged:
    """The lists that count from now on; see `verifier.held.Held`."""

    lists: dict[str, StatusList] = field(default_factory=dict)
    tokens: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    offered: dict[str, StatusList] = field(default_factory=dict)  # as the pack has them, whatever is held
    named: set[str] = field(default_factory=set)  # addresses that the pack has a list or changes of


def merge(held: Held, offered: Sequence[bytes], *, directory: Directory, at: datetime) -> Merged:
    """What is held and what is offered, under the keys of the new directory. Raises RefusedPack.

    A list that is held goes when its key no longer counts. An offered one that is bad refuses the whole pack;
    one that is older is passed over, and one that cannot be true beside the one held is reported and passed
    over: else a thief of one flag's key would keep every flag's news from a device.
    """
    merging = _Merge(held, directory, at)
    merging.offer(offered)
    return merging.finish()


def is_token(blob: bytes) -> bool:
    """Whether a list in a pack is a `statuslist+jwt`, rather than a snapshot or delta."""
    return blob.startswith(b"eyJ")


class _Merge:
    def __init__(self, held: Held, directory: Directory, at: datetime) -> None:
        self._out = Merged(seen=dict(held.seen))
        self._directory, self._at = directory, at
        self._disputed: set[str] = set()
        self._inflated = 0  # bytes of states that tokens became
        self._before = held.lists
        for uri, one in held.lists.items():
            self._keep(one, held.tokens.get(uri))

    def _keep(self, one: StatusList, token: bytes | None) -> None:
        try:
            if token is None:
                kept = ship_status.reverify(one, directory=self._directory)
            else:
                kept = verify_list(token.decode("ascii"), directory=self._directory)
        except StatusListError as error:
            self._out.changes.append(f"a list held until now is dropped: {error}")
            self._forget_date_ahead(one)
            return
        self._take(kept, token)

    def _forget_date_ahead(self, dropped: StatusList) -> None:
        """What a revoked key has dated ahead outdates nothing that its successor signs for this directory."""
        seen, published = self._out.seen.get(dropped.uri, dropped.iat), self._directory.published_at
        # Lists are signed some time before the directory that they come with.
        self._out.seen[dropped.uri] = published - AHEAD if seen > published else seen

    def offer(self, blobs: Sequence[bytes]) -> None:
        """The lists in the pack, in order; deltas build on what comes before, and at last on what is held."""
        try:
            whole = [blob for blob in blobs if blob[0] == ship_status.Kind.SNAPSHOT]
            lists = ship_status.verify_snapshots(whole, directory=self._directory, at=self._at)
            snapshots = dict(zip(whole, lists, strict=True))
            for blob in blobs:
                if blob in snapshots:
                    self._offer_whole(snapshots[blob], None)
                elif is_token(blob):
                    token = verify_list(_text(blob), directory=self._directory, at=self._at)
                    self._room(token)
                    self._offer_whole(token, blob)
                else:
                    self._offer_delta(blob)
        except ship_status.WrongBase as error:
            raise WholePackNeeded(f"a status list in the pack: {error}") from None
        except StatusListError as error:
            raise RefusedPack(f"a status list in the pack: {error}") from None

    def _room(self, token: StatusList) -> None:
        """Refuse one token too many before the next is inflated: a few bytes may become megabytes."""
        self._inflated += len(token.states)
        if self._inflated > ship_status.MAX_STATES:
            raise StatusListError(ship_status.TOO_MUCH)

    def _offer_whole(self, new: StatusList, token: bytes | None) -> None:
        if new.uri in self._out.offered:
            raise RefusedPack(f"the pack holds {new.uri} twice")
        self._out.offered[new.uri] = new
        self._out.named.add(new.uri)
        if not self._is_disputed(new) and not self._goes_back(new):
            self._take(new, token)

    def _offer_delta(self, blob: bytes) -> None:
        header = ship_status.peek(blob)
        uri = ship_status.address(header, self._directory)
        self._out.named.add(uri)
        held = self._out.lists.get(uri)
        base = held if held is not None and held.number == header.since else self._out.offered.get(uri, held)
        if base is None:
            raise WholePackNeeded(f"changes since number {header.since} of {uri}, of which no list is held")
        if _tells_nothing(header, held, self._out.offered.get(uri)):
            return
        new = ship_status.apply_delta(base, blob, directory=self._directory, at=self._at)
        if uri in self._out.offered:
            self._out.offered[uri] = new  # the next of a chain
        if not self._is_disputed(new) and not self._goes_back(new):
            self._take(new, None)

    def _is_disputed(self, new: StatusList) -> bool:
        """Whether this list and the one held cannot both be true. What is held may have been acted upon."""
        try:
            ship_status.refuse_fork(self._out.lists.get(new.uri), new)
        except ship_status.ForkedList as error:
            if new.uri not in self._disputed:
                self._out.changes.append(f"{error}; kept what is held")
            self._disputed.add(new.uri)
        return new.uri in self._disputed

    def _goes_back(self, new: StatusList) -> bool:
        """Whether a list would undo news: an older one, or another of the same second. It is passed over.

        A dropped list is gone, but what was signed before it stays refused: it lacks what that one had told.
        """
        held, seen = self._out.lists.get(new.uri), self._out.seen.get(new.uri)
        signed = f"{new.uri}: the pack's is of {new.iat:%Y-%m-%d %H:%M:%S} UTC"
        if seen is not None and new.iat < seen:
            left = "not taken" if held is None else "kept what is held"
            self._out.changes.append(f"{signed}, older than the one of {seen:%Y-%m-%d %H:%M:%S} UTC; {left}")
            return True
        if held is None or new.iat != held.iat:
            return False
        if (new.states, new.bits) != (held.states, held.bits):
            self._out.changes.append(f"{signed}, as is another that is held already; kept what is held")
            return True
        return held.number is not None or new.number is None  # of two encodings the numbered one

    def _take(self, one: StatusList, token: bytes | None) -> None:
        self._out.lists[one.uri] = one
        self._out.tokens.pop(one.uri, None)
        if token is not None:
            self._out.tokens[one.uri] = token
        self._out.seen[one.uri] = max(one.iat, self._out.seen.get(one.uri, one.iat))

    def finish(self) -> Merged:
        """Say what is new, and what the index of all lists knows to be newer still."""
        if sum(len(one.states) for one in self._out.lists.values()) > ship_status.MAX_STATES:
            raise RefusedPack(f"with what is held: {ship_status.TOO_MUCH}")
        for uri, one in self._out.lists.items():
            before = self._before.get(uri)
            if before is None or not _same(before, one):
                number = "" if one.number is None else f" number {one.number}"
                self._out.changes.append(
                    f"{uri}:{number} as of {one.iat:%Y-%m-%d %H:%M} UTC{_difference(before, one)}"
                )
            newest = self._directory.list_numbers.get(uri)
            behind = newest is not None and one.number is not None and one.number < newest
            if behind:
                self._out.changes.append(
                    f"{uri}: number {newest} exists, and {one.number} is the newest held"
                )
            disputed = uri in self._disputed or (
                before is not None and before.disputed and _same(before, one)
            )
            if (behind, disputed) != (one.behind, one.disputed):
                self._out.lists[uri] = replace(one, behind=behind, disputed=disputed)
        self._say_withheld()
        return self._out

    def _say_withheld(self) -> None:
        """A list that the index names and nobody has brought is unknown here, which is worth a word."""
        for uri in self._directory.list_numbers.keys() - self._out.lists.keys():
            self._out.changes.append(f"{uri}: exists, and no list of it is held")


def _same(one: StatusList, other: StatusList) -> bool:
    """Whether two lists say the same, as of the same second."""
    return (one.iat, one.states) == (other.iat, other.states)


def _tells_nothing(header: ship_status.Header, held: StatusList | None, whole: StatusList | None) -> bool:
    """Whether a delta is older than what is held, or known. A token has no number, but a time."""
    if held is not None and held.number is not None:
        return header.number <= held.number
    if whole is not None and whole.number is not None:
        return False  # a link of the chain that starts there
    return any(one is not None and header.iat <= one.iat for one in (held, whole))


def _text(blob: bytes) -> str:
    try:
        return blob.decode("ascii")
    except UnicodeDecodeError:
        raise StatusListError("a token that is no text") from None


def _difference(before: StatusList | None, now: StatusList) -> str:
    """How many entries have changed, where both lists have the same form."""
    if before is None or (before.bits, len(before.states)) != (now.bits, len(now.states)):
        return ""
    changed = int.from_bytes(before.states, "little") ^ int.from_bytes(now.states, "little")
    pairs = (changed | changed >> 1) & int.from_bytes(b"\x55" * len(now.states), "little")
    return f", {pairs.bit_count()} changed" if now.bits == 2 else ""
