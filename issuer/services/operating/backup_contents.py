"""What a backup's pieces say, each in its place; anything else is no backup."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from issuer.adapters.backup_files import BackupUnusable, Piece
from issuer.services.operating.backing_up import FORMAT, SCHEMA, SUMMARY, VERSION, Summary, TableSum
from keys.trust.record import Record

OTHER: Final = "use another copy of this backup, or an earlier one"


class Contents:
    """A backup's pieces, each in its place: the schema, tables by their parts, the summary."""

    def __init__(self, folder: Path, pieces: Iterator[Piece]) -> None:
        self._folder, self._pieces = folder, pieces
        first = next(pieces, None)
        if first is None or first.name != SCHEMA:
            raise self._wrong("it does not begin with a schema")
        try:
            read = orjson.loads(first.content)
            self.schema = str(read["schema"])
            self.columns: Mapping[str, list[str]] = {
                name: list(found) for name, found in read["tables"].items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._wrong("its schema cannot be read") from error
        self._summary: Summary | None = None

    @property
    def summary(self) -> Summary:
        """Known once all parts were read."""
        if self._summary is None:
            raise self._wrong("its end is missing")
        return self._summary

    def parts(self) -> Iterator[tuple[str, Piece]]:
        """Each table's parts in their order."""
        tables, number, table = iter(self.columns), 0, ""
        for piece in self._pieces:
            if self._summary is not None:
                raise self._wrong("something follows its end")
            if piece.name == SUMMARY:
                self._summary = self._read_summary(piece)
                continue
            found = piece.name.removeprefix("tables/").rpartition("/")[0]
            if found != table:
                number, table = 0, next((one for one in tables if one == found), "")
            if not table or piece.name != f"tables/{table}/{number:08}":
                raise self._wrong(f"{piece.name[:80]} is not in its place")
            number += 1
            yield table, piece
        _ = self.summary

    def rows(self, table: str, piece: Piece) -> Iterator[list[Any]]:
        """The rows of a part."""
        width = len(self.columns[table])
        for line in piece.content.splitlines():
            try:
                row = [bytes.fromhex(one["hex"]) if type(one) is dict else one for one in orjson.loads(line)]
            except (ValueError, KeyError, TypeError) as error:
                raise self._wrong(f"{piece.name} cannot be read") from error
            if len(row) != width:
                raise self._wrong(f"{piece.name} has a row of {len(row)} columns, not {width}")
            yield row

    def _read_summary(self, piece: Piece) -> Summary:
        try:
            read = Record(orjson.loads(piece.content), "summary")
            if (read.text("format"), read.number("version")) != (FORMAT, VERSION):
                raise self._wrong("it is of another version")
            tables, log, audit = read.record("tables"), read.record("log"), read.record("audit")
            sums = {name: tables.record(name) for name in self.columns}
            note = orjson.loads(piece.content)["checkpoint"]
            return Summary(
                issuer=read.text("issuer"),
                made_at=read.text("made_at"),
                schema=read.text("schema"),
                tables={name: TableSum(one.number("rows"), one.text("sha256")) for name, one in sums.items()},
                log_size=log.number("size"),
                log_root=log.text("root"),
                events=audit.number("events"),
                audit_head=audit.text("head"),
                checkpoint=None if note is None else str(note),
            )
        except (ValueError, KeyError) as error:
            raise self._wrong(f"its summary cannot be read: {error}") from error

    def _wrong(self, how: str) -> BackupUnusable:
        return BackupUnusable(f"{self._folder} is no backup of ours: {how}", hint=OTHER)
