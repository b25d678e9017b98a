"""Cases of a population: from JSON Lines with a case in each line, or a folder with a case in each file."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from issuer.adapters import law_files
from issuer.rules.reading.case_file import CaseFile, case_in
from issuer.rules.reading.entry import MAX_FILE, LawError
from issuer.rules.reading.json_entry import json_entry

LINES: Final = (".jsonl", ".ndjson")
_ALONE: Final = (".yaml", ".yml", ".json")


def cases(paths: list[Path]) -> Iterator[tuple[str, CaseFile | LawError]]:
    """Each case by its file, and line where there are several; of one that cannot be read, why.

    Raises LawError where a file or folder itself cannot be read, or holds no case.
    """
    for path in paths:
        found = False
        for one in _of(path):
            found = True
            yield one
        if not found:
            raise LawError(path.name, 1, "", "it has no case: *.yaml, *.json, or *.jsonl with a case a line")


def _of(path: Path) -> Iterator[tuple[str, CaseFile | LawError]]:
    if path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file() and one.suffix in (*_ALONE, *LINES):
                yield from _file(one, one.relative_to(path).as_posix())
    else:
        yield from _file(path, path.name)


def _file(path: Path, name: str) -> Iterator[tuple[str, CaseFile | LawError]]:
    if path.suffix in LINES:
        yield from _lines(path, name)
        return
    try:
        yield name, law_files.case(path)
    except LawError as error:
        yield name, error


def _lines(path: Path, name: str) -> Iterator[tuple[str, CaseFile | LawError]]:
    try:
        with path.open("rb") as file:
            for line, data in enumerate(iter(lambda: _line(file), b""), start=1):
                if not data.strip():
                    continue
                try:
                    yield f"{name}:{line}", case_in(json_entry(data, name, line))
                except LawError as error:
                    yield f"{name}:{line}", error
    except OSError as error:
        raise LawError(name, 1, "", f"it cannot be read: {error.strerror}") from error


def _line(file: BinaryIO) -> bytes:
    """The next line; of one that is too long its beginning, which is refused by its length."""
    data = found = file.readline(MAX_FILE + 1)
    while len(data) > MAX_FILE and not data.endswith(b"\n"):
        data = file.readline(MAX_FILE + 1)
    return found
