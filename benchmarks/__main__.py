"""Run every benchmark, print one table, write results.json: `make bench`, or names of single areas."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.measuring import measured
from benchmarks.row import Row

# In the order of the table; each module has `rows()`.
AREAS = (
    *("verdict", "signing", "qr", "read_rate", "moving", "carrier", "status", "process", "issuing", "wallet"),
    *("inspector", "pack", "crew", "log", "publishing", "storage", "custody", "rules", "mass", "reporting"),
    "applications",
)
RESULTS = Path(__file__).with_name("results.json")


def main(argv: list[str] | None = None) -> int:
    """Measure the areas named (all by default). Exit 0 if every goal is reached, 1 if one is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("area", nargs="*", help=f"one or more of: {', '.join(AREAS)} (default: all)")
    areas = parser.parse_args(argv).area or AREAS
    unknown = sorted(set(areas) - set(AREAS))
    if unknown:
        parser.error(f"no such area: {', '.join(unknown)}; there are {', '.join(AREAS)}")
    print(f"{'':2} {'what':<62} {'measured':>12}  {'goal':>12}  reference")
    rows = []
    for row in measured(areas):
        rows.append(row)
        print(_line(row), flush=True)
    if set(areas) == set(AREAS):
        RESULTS.write_text(json.dumps([row._asdict() for row in rows], ensure_ascii=False, indent=1) + "\n")
        print(f"\nWritten: {RESULTS.parent.name}/{RESULTS.name}")
    missed = [row.name for row in rows if not row.reached]
    print(f"\n{len(rows) - len(missed)} of {len(rows)} goals reached")
    for name in missed:
        print(f"  short: {name}")
    return 1 if missed else 0


def _line(row: Row) -> str:
    sign = "≥" if row.better == "higher" else "≤"
    value = f"{row.value:.4g} {row.unit}"
    goal = f"{sign} {row.goal:.4g}"
    return f"{'ok' if row.reached else '--'} {row.name:<62} {value:>12}  {goal:>12}  {row.reference}"


if __name__ == "__main__":
    sys.exit(main())
