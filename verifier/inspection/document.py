"""Writes docs/inspection.md from the code's own data: `python -m verifier.inspection.document [--check]`."""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from verifier.inspection import deficiency, table
from verifier.inspection.duty import duties
from verifier.inspection.table import ADVICE, Row
from verifier.verdict import Standing

PLACE: Final = os.path.join("docs", "inspection.md")
_TEXTS: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inspection.md.in")
_COLOUR: Final = {
    Standing.VALID: "valid",
    Standing.REJECTED: "rejected",
    Standing.UNDETERMINED: "undetermined",
}


def render() -> str:
    """The whole document: the prose of inspection.md.in with the tables in their places."""
    with open(_TEXTS, encoding="utf-8") as file:
        text = file.read()
    tables = {
        "{rows C}": _table(("row", "condition", "headline", "verdict"), map(_row, table.ROWS_C)),
        "{rows P}": _table(("row", "condition", "headline", "verdict"), map(_row, table.ROWS_P)),
        "{advice}": _table(("headline", "what to do next"), ((str(h), text) for h, text in ADVICE.items())),
        "{duties}": _table(("post", "look-out", "radio", "included in", "or by regulation"), _duties()),
        "{deficiencies}": _table(("code", "title"), ((d.code, d.title) for d in deficiency.codes().values())),
    }
    for mark, rows in tables.items():
        text = text.replace(mark, "\n".join(rows))
    return text


def main(arguments: list[str]) -> int:
    """Write the document, or with --check say whether it is what would be written."""
    written = render()
    if arguments == ["--check"]:
        with open(PLACE, encoding="utf-8") as file:
            return 0 if file.read() == written else 1
    with open(PLACE, "w", encoding="utf-8") as file:
        file.write(written)
    return 0


def _row(row: Row) -> tuple[str, ...]:
    return row.id, row.condition, str(row.headline), _COLOUR[row.verdict]


def _duties() -> Iterator[tuple[str, ...]]:
    for code, duty in duties().items():
        kept = ("yes" if duty.lookout else "-", "yes" if duty.radio else "-")
        yield code, *kept, ", ".join(duty.covered_by) or "-", ", ".join(duty.regulations) or "-"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
