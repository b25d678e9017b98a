"""A synthetic register extract, seeded: `python -m demo.extract --flag NO --seafarers 1000 OUT.jsonl`.

One JSON object a line: a head, then each seafarer and that seafarer's certificates. Every certificate is
built as the model's record first, so that what is written obeys it. The same arguments give the same bytes.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from demo.offices import OFFICES
from demo.seafarer_file import Row, SeafarerFile
from keys.encoding import json_dumps
from verifier.credential.vc import holder_claims


def make_extract(flag: str, seafarers: int, seed: int, today: date) -> Iterator[Row]:
    """The head row, then each seafarer followed by their certificates; states hold as of `today`."""
    yield {"format": "ombord-register", "version": 1, "authority": flag}
    for index in range(seafarers):
        file = SeafarerFile(flag, index, seed, today)
        yield {"kind": "seafarer", **holder_claims(file.holder)}
        yield from file.rows


def in_force(row: Row, today: date) -> bool:
    """Whether a row is a certificate that is good on the day, by its state and its dates."""
    if row.get("kind") != "certificate" or row["state"] != "in-force":
        return False
    return str(row["issue_date"]) <= today.isoformat() <= str(row.get("expiry_date", "9999"))


def write(rows: Iterator[Row], path: Path, today: date) -> tuple[int, int, int]:
    """Write the rows as JSON Lines; returns how many seafarers, certificates, certificates in force."""
    seafarers = certificates = good = 0
    with path.open("wb") as file:
        for row in rows:
            file.write(json_dumps(row) + b"\n")
            seafarers += row.get("kind") == "seafarer"
            certificates += row.get("kind") == "certificate"
            good += in_force(row, today)
            if row.get("kind") == "seafarer" and seafarers % 100 == 0 and sys.stderr.isatty():
                print(f"\r{seafarers:,} seafarers", end="", file=sys.stderr, flush=True)
    return seafarers, certificates, good


def main(arguments: Sequence[str] | None = None) -> int:
    """Write an extract as the command line asks; says on stderr what it holds."""
    parser = argparse.ArgumentParser(prog="python -m demo.extract", description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, metavar="OUT.jsonl")
    parser.add_argument("--flag", choices=sorted(OFFICES), default="NO")
    parser.add_argument("--seafarers", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date(), metavar="DATE")
    asked = parser.parse_args(arguments)
    rows = make_extract(asked.flag, asked.seafarers, asked.seed, asked.today)
    try:
        seafarers, certificates, good = write(rows, asked.out, asked.today)
    except OSError as error:
        print(f"error: cannot write {asked.out}: {error.strerror}", file=sys.stderr)
        print("hint: name a file in a folder that exists", file=sys.stderr)
        return 3
    print(f"\r{seafarers:,} seafarers, {certificates:,} certificates, {good:,} in force", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
