"""A report as it is stored: canonical JSON of what it says, and the digest by which it is known again."""

from hashlib import sha256
from typing import Any, Final

import orjson

from issuer.domain.qualifications import Completed, Picture, RecordContents, Report, SeaService, Ship
from keys.encoding import Json, b64url_encode

_SHIP: Final = (
    "imo", "name", "call_sign", "home_port", "flag", "gt", "kw", "use", "type", "propulsion",
)  # fmt: skip


def contents_members(contents: RecordContents) -> dict[str, Json]:
    """What `reading` reads; what was not said is left out."""
    match contents:
        case SeaService():
            members: dict[str, Any] = {
                "first": contents.first.isoformat(),
                "last": contents.last.isoformat(),
                "department": contents.department,
                "rank": contents.rank,
                "area": contents.area,
                "hours": None if contents.hours is None else _hours(contents),
                "marks": sorted(contents.marks) or None,
                "ship": None if contents.ship is None else _ship(contents.ship),
            }
        case Completed():
            members = {
                "code": contents.code,
                "day": contents.day.isoformat(),
                "until": None if contents.until is None else contents.until.isoformat(),
                "marks": sorted(contents.marks) or None,
                "number": contents.number,
            }
        case Picture():
            members = {"day": contents.day.isoformat()}
    return {name: value for name, value in members.items() if value is not None}


def text_of(contents: RecordContents) -> str:
    """The one text of what a record says."""
    return orjson.dumps(contents_members(contents), option=orjson.OPT_SORT_KEYS).decode()


def digest_of(report: Report, seafarer_id: str, text: str, document: str) -> str:
    """The same for the same record of the same person; `document` is its keyed digest."""
    said = (seafarer_id, report.kind.value, report.reference, text, document)
    return sha256(orjson.dumps(said)).hexdigest()


def report_json(report: Report) -> bytes:
    """A report as it came, personal number and document included: for the safe alone."""
    number = report.personal_number
    members = {
        "kind": report.kind.value,
        "seafarer_id": report.seafarer_id,
        "personal_number": None if number is None else {"kind": number.kind.value, "number": number.number},
        "reference": report.reference,
        "contents": contents_members(report.contents),
        "document": None if report.document is None else b64url_encode(report.document),
        "statement": None if report.statement is None else dict(report.statement),
    }
    return orjson.dumps({name: value for name, value in members.items() if value is not None})


def _ship(ship: Ship) -> dict[str, Json]:
    said = ((name, getattr(ship, name)) for name in _SHIP)
    return {name: value for name, value in said if value is not None}


def _hours(said: SeaService) -> str:
    """Two decimals at most, as they are read."""
    hundredths = round((said.hours or 0) * 100)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
