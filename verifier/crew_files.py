"""A crew's files: a person's codes in each file or folder. A broken one is reported, and the rest is read.

Of a folder those files are read that can hold codes, by their endings: the authority's print and the wallet's
folder for the ship's office have pages and lists beside them.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from verifier.credential import frames
from verifier.credential.carrier import MalformedCarrier
from verifier.inspection import by_hand
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.grouping import group
from verifier.inspection.persons import Person
from verifier.settings_file import SettingsError
from verifier.sources import ENDINGS, text_of
from verifier.unusable import Unusable
from verifier.unverified import QR_PREFIX
from verifier.verdict import Verdict
from verifier.wording import Joined, Text, text

MOST_FILES: Final = 2_000
MOST_BYTES: Final = 1 << 20
_TYPED: Final = (".yaml", ".yml")
_STARTS: Final = (QR_PREFIX, "eyJ")
_ABOUT: Final = "readme.txt"  # says what a folder is
_AT_ONCE: Final = 1_000

Judge = Callable[[Sequence[str | bytes]], Sequence[Sequence[Verdict]]]


class _File(NamedTuple):
    path: str
    source: str  # the folder or file that stands for one person
    named: bool = False  # itself, rather than the folder that it is in

    @property
    def may_hold_codes(self) -> bool:
        """Whether it is read: whatever was named itself, and of a folder what ends like codes or papers."""
        name = os.path.basename(self.path).lower()
        return self.named or (name.endswith((*ENDINGS, *_TYPED)) and name != _ABOUT)


def persons(paths: Sequence[str], judge: Judge) -> tuple[Person, ...]:
    """Everybody in the files and folders. Raises Unusable for a path that is not there, or far too many."""
    verdicts: list[Verdict] = []
    sources: list[str] = []
    waiting: list[tuple[str, str | bytes]] = []
    typed: dict[str, list[HandEntry]] = {}
    broken: dict[str, list[str]] = {}
    for file in _files(paths):
        if not file.may_hold_codes:
            continue
        try:
            if file.path.lower().endswith(_TYPED):
                typed.setdefault(file.source, []).append(_entry(file.path))
                continue
            # Each once: moving frames come round, and a line may stand there twice.
            waiting += [(file.source, one) for one in dict.fromkeys(codes(_text(file.path)))]
        except Unusable as error:
            broken.setdefault(file.source, []).append(str(error))
        if len(waiting) >= _AT_ONCE:
            _judge(waiting, judge, verdicts, sources)
    _judge(waiting, judge, verdicts, sources)
    return tuple(_joined(verdicts, sources, typed, broken))


def not_read(paths: Sequence[str]) -> tuple[str, ...]:
    """Files that lie in the folders and hold no codes, by their endings. Raises as `persons`."""
    return tuple(file.path for file in _files(paths) if not file.may_hold_codes)


def _judge(
    waiting: list[tuple[str, str | bytes]], judge: Judge, verdicts: list[Verdict], sources: list[str]
) -> None:
    """Judge what waits, all at once, and add the verdicts and whose they are."""
    judged = judge([presented for _, presented in waiting])
    for (source, _), found in zip(waiting, judged, strict=True):
        verdicts += found
        sources += [source] * len(found)
    waiting.clear()


def codes(text: str) -> Iterator[str | bytes]:
    """The QR texts and tokens of a file, one after another; moving frames are put together again."""
    collector, missing = None, None
    for one in _lines(text):
        if not frames.is_frame(one):
            yield one
            continue
        collector = collector or frames.Collector()
        try:
            missing, wire = one, collector.add(one).wire
        except MalformedCarrier:
            continue
        if wire is not None:
            yield wire
            collector, missing = None, None
    if missing is not None:
        yield missing  # some frames are not there: the verdict on one of them says so


def _lines(text: str) -> Iterator[str]:
    """What starts like a code or a token starts a new one; a line that does not goes on with it."""
    found = ""
    for line in filter(str.strip, text.splitlines()):
        if line.lstrip().startswith(_STARTS) and found:
            yield found
            found = ""
        found += line.strip("\ufeff\t ") if not found else line.strip("\t ")
    if found:
        yield found


def _files(paths: Sequence[str]) -> Iterator[_File]:
    found = 0
    for path in paths:
        for file in _walk(path):
            found += 1
            if found > MOST_FILES:
                raise Unusable(f"more than {MOST_FILES} files of a crew", "name one ship's crew")
            yield file


def _walk(path: str) -> Iterator[_File]:
    """A file; or each file of a folder, and each folder in it as one person's."""
    if not os.path.isdir(path):
        if not os.path.exists(path):
            raise Unusable(f"there is no file or folder {path[:80]}", "give --crew files or a folder of them")
        yield _File(path, path, named=True)
        return
    for name in _names(path):
        inside = os.path.join(path, name)
        if os.path.isdir(inside):
            yield from (_in_folder(os.path.join(inside, each), inside) for each in _names(inside))
        else:
            yield _File(inside, inside)


def _in_folder(path: str, source: str) -> _File:
    """A file of a person's folder; a folder in it is no file, and reading it says so."""
    return _File(path, source, named=os.path.isdir(path))


def _names(folder: str) -> list[str]:
    try:
        return [name for name in sorted(os.listdir(folder)) if not name.startswith(".")]
    except OSError as error:
        raise Unusable(f"{folder[:80]}: {error.strerror}", "check who may read the folder") from None


def _text(path: str) -> str:
    """A text file, line by line, or the code in a picture. Raises Unusable."""
    from verifier import scan
    from verifier.unusable import read_file

    data = read_file(path, MOST_BYTES + 1)
    if scan.is_picture(data[:16]):
        return text_of(path)
    if len(data) > MOST_BYTES:
        raise Unusable(f"{path} has more than {MOST_BYTES} bytes", "a person's codes have fewer")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable(f"{path} holds no text", "give QR texts, tokens or pictures") from None
    if not text.strip():
        raise Unusable(f"{path} is empty", "give QR texts, tokens or pictures")
    return text


def _entry(path: str) -> HandEntry:
    from verifier.settings_file import MAX_FILE
    from verifier.unusable import read_file

    try:
        return by_hand.from_yaml(read_file(path, MAX_FILE + 1))
    except SettingsError as error:
        raise Unusable(f"{path}: {error}", "see docs/inspection.md for what is typed by hand") from None


def _joined(
    verdicts: Sequence[Verdict],
    sources: Sequence[str],
    typed: dict[str, list[HandEntry]],
    broken: dict[str, list[str]],
) -> Iterator[Person]:
    """The persons of the verdicts; what was typed or could not be read goes with whom its source is of."""
    of_source: dict[str, set[int]] = {}
    found = list(group(verdicts, sources))
    whose = {id(verdict): at for at, person in enumerate(found) for verdict in person.verdicts}
    for verdict, source in zip(verdicts, sources, strict=True):
        if id(verdict) in whose:
            of_source.setdefault(source, set()).add(whose[id(verdict)])
    for source in dict.fromkeys((*typed, *broken)):
        entries, problems = tuple(typed.get(source, ())), _said(broken.get(source, ()))
        owners = of_source.get(source, set())
        if len(owners) == 1:
            (owner,) = owners
            found[owner] = replace(found[owner], entries=entries, unreadable=problems)
        else:
            label = entries[0].name if entries else os.path.basename(source)
            found.append(Person(label=label, entries=entries, unreadable=problems))
    return iter(found)


def _said(problems: Sequence[str]) -> Text | None:
    """What the system says of files, as it says it."""
    return Joined(tuple(text("{}", one) for one in problems)) if problems else None
