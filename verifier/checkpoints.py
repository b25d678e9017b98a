"""The checkpoints of logs that a device has met: kept, each new one compared with those before.

One file beside what was imported. Of a log the first, the newest and all that contradict each other stay.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from keys.encoding import EncodingError, Json, json_dumps, json_object
from keys.regular_file import opener
from keys.transparency.checkpoint import Checkpoint, CheckpointError, parse
from keys.trust.directory import Directory
from keys.trust.record import Record, RecordError, unix
from verifier import pack_logs, store
from verifier.pack_logs import Carried

FILE: Final = "checkpoints"
_MAX_FILE: Final = 16 << 20
_NEWEST: Final = 30  # that are kept of a log, beside the first


@dataclass(frozen=True, slots=True)
class Met:
    """A checkpoint that was verified, and when it came."""

    note: str
    at: int  # Unix seconds

    @property
    def checkpoint(self) -> Checkpoint:
        """What it says."""
        return parse(self.note.encode()).checkpoint

    @property
    def came(self) -> datetime:
        """When it came."""
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True, slots=True)
class Log:
    """What was met of one flag's log, and what is wrong with it, for ever."""

    met: tuple[Met, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def newest(self) -> Met | None:
        """The largest."""
        return max(self.met, key=lambda one: one.checkpoint.size, default=None)


def held(folder: str) -> dict[str, Log]:
    """By flag; none where nothing was met. Raises RecordError where the file is damaged."""
    try:
        with open(os.path.join(folder, FILE), "rb", opener=opener) as file:
            members = json_object(file.read(_MAX_FILE), max_size=_MAX_FILE)
    except FileNotFoundError:
        return {}
    except (OSError, EncodingError) as error:
        raise RecordError(f"{FILE}: {error}") from None
    record = Record(members, FILE)
    if (record.text("format"), record.number("version")) != ("ombord-checkpoints", 1):
        raise RecordError(f"{FILE}: of another format or version")
    logs = record.record("logs")
    return {flag: _log(logs.record(flag)) for flag in logs.members()}


def keep(folder: str, carried: Mapping[str, Carried], directory: Directory, at: datetime) -> tuple[str, ...]:
    """Keep what a pack has brought, and say what there is to say. For whoever holds the folder's lock.

    What nobody's log has signed is not kept. Raises StateError where the file cannot be written.
    """
    if not carried:
        return ()
    said: list[str] = []
    try:
        before = held(folder)
    except RecordError as error:
        os.replace(os.path.join(folder, FILE), os.path.join(folder, f"{FILE}.damaged"))
        said.append(f"{error}; kept as {FILE}.damaged, and begun anew")
        before = {}
    after = dict(before)
    for flag, one in carried.items():
        after[flag], lines = _met(before.get(flag, Log()), flag, one, directory, at)
        said += lines
    if after != before:
        store.replace(folder, FILE, _to_json(after))
    return tuple(said)


def newest_files(folder: str) -> dict[str, bytes]:
    """What a pack for another device carries of them."""
    try:
        found = {flag: log.newest for flag, log in held(folder).items()}
    except RecordError:
        return {}
    return {
        name: data
        for flag, one in found.items()
        if one is not None
        for name, data in pack_logs.files_of(flag, Carried(one.note.encode(), {})).items()
    }


def _met(log: Log, flag: str, carried: Carried, directory: Directory, at: datetime) -> tuple[Log, list[str]]:
    note = carried.note.decode("utf-8", "replace")
    if any(one.note == note for one in log.met):
        return log, []
    try:
        new = pack_logs.verified(carried.note, flag, directory)
    except CheckpointError as error:
        return log, [f"{flag}: a checkpoint of its log is passed over: {error}"]
    found = [_rewritten(flag, new) for one in log.met if _contradict(one.checkpoint, new)][:1]
    last = log.newest
    said = found or ([] if last is None else [_growth(flag, last.checkpoint, new, carried)])
    met = (*log.met, Met(note, unix(at)))
    if not (log.findings or found):  # else all of it is evidence
        met = (met[0], *met[1:][-_NEWEST:])
    findings = [one for one in found if one not in log.findings]
    return Log(met, (*log.findings, *findings)), [one for one in said if one]


def _contradict(old: Checkpoint, new: Checkpoint) -> bool:
    """Whether two signed checkpoints cannot both be true, whoever brought them."""
    return (old.origin, old.size) == (new.origin, new.size) and old.root != new.root


def _rewritten(flag: str, new: Checkpoint) -> str:
    return f"{flag}: LOG REWRITTEN: two trees of {new.size} entries are signed; both are kept as evidence"


def _growth(flag: str, old: Checkpoint, new: Checkpoint, carried: Carried) -> str:
    """What is new. A proof is not signed: one that fails may be the carrier's fault, and convicts nobody."""
    if old.origin != new.origin or new.size <= old.size:
        return ""
    grew = f"{flag}: its log grew from {old.size} to {new.size} entries"
    match pack_logs.is_proven(old, new, carried.proofs.get(old.size)):
        case True:
            return f"{grew}; none of the old ones changed"
        case False:
            return (
                f"{grew}, which is NOT PROVEN: the proof in the pack does not fit; ask the authority for it"
            )
        case None:
            return f"{grew}; the pack has no proof that none of the old ones changed"


def _log(record: Record) -> Log:
    met = []
    for one in record.records("met"):
        met.append(Met(one.long_text("note"), one.number("at")))
        try:
            parse(met[-1].note.encode())
        except CheckpointError as error:
            raise RecordError(f"{FILE}: {error}") from None
    return Log(tuple(met), record.texts("findings", empty=True))


def _to_json(logs: Mapping[str, Log]) -> bytes:
    found: dict[str, Json] = {
        flag: {
            "met": [{"note": one.note, "at": one.at} for one in log.met],
            "findings": list(log.findings),
        }
        for flag, log in sorted(logs.items())
    }
    return json_dumps({"format": "ombord-checkpoints", "version": 1, "logs": found})
