"""How an organisation is shown what it has reported, what was refused, and what it is asked to mend."""

from datetime import UTC, datetime
from typing import Final

from issuer.api.machine.showing import PROBLEMS, problems_shown
from issuer.services.qualifications.correcting import CorrectionRequest
from issuer.services.qualifications.history import Entry
from issuer.services.qualifications.refusals import KeptRefusal
from keys.encoding import Json

Schema = dict[str, Json]
_TEXT: Final[Schema] = {"type": "string"}
_MAYBE: Final[Schema] = {"type": ["string", "null"]}
_WHEN: Final[Schema] = {"type": "string", "format": "date-time"}
_NEXT: Final[Schema] = {
    "type": ["string", "null"],
    "description": "ask again with `after` set to this, until it is null",
}


def _object(example: Schema | None = None, **properties: Json) -> Schema:
    made: Schema = {"type": "object", "required": list(properties), "properties": properties}
    return made | ({"example": example} if example else {})


def _page(name: str, one: Schema) -> Schema:
    properties: Schema = {name: {"type": "array", "items": one}, "next": _NEXT}
    return {"type": "object", "required": [name, "next"], "properties": properties}


_RECORD: Final = _object(
    {
        "record_id": "69229f20a1b2c3d4e5f6",
        "version": 1,
        "act": "reported",
        "seafarer_id": "7K3M9QXA",
        "reference": "2026-00417",
        "is_standing": True,
        "is_contradicted": False,
        "reported_at": "2026-11-22T12:00:00Z",
        "contents": {"first": "2026-03-01", "last": "2026-05-31", "department": "deck"},
    },
    record_id=_TEXT,
    version={"type": "integer"},
    act={"type": "string", "description": "what made this version: reported, corrected, withdrawn"},
    seafarer_id=_TEXT,
    reference=_MAYBE,
    is_standing={"type": "boolean", "description": "false: it was withdrawn"},
    is_contradicted={"type": "boolean", "description": "another reporter says otherwise; a person looks"},
    reported_at=_WHEN,
    contents={"type": "object"},
)
RECORDS: Final = _page("records", _RECORD)
REFUSALS: Final = _page(
    "refusals",
    _object(refusal_id=_TEXT, reference=_MAYBE, refused_at=_WHEN, problems=PROBLEMS),
)
CORRECTIONS: Final = _object(
    corrections={
        "type": "array",
        "items": _object(
            {
                "number": 7,
                "record_id": "69229f20a1b2c3d4e5f6",
                "version": 1,
                "asked_by": "seafarer",
                "asked": "I signed off on 2 June",
                "asked_at": "2026-11-22T12:00:00Z",
            },
            number={"type": "integer"},
            record_id=_TEXT,
            version={"type": "integer"},
            asked_by={"type": "string", "enum": ["seafarer", "authority"]},
            asked=_MAYBE,
            asked_at=_WHEN,
        ),
    }
)
DECLINED: Final = _object({"number": 7, "state": "declined"}, number={"type": "integer"}, state=_TEXT)


def entry_shown(entry: Entry) -> Schema:
    """A record as it says now."""
    newest = entry.versions[-1]
    return {
        "record_id": entry.record_id,
        "version": newest.version,
        "act": newest.act.value,
        "seafarer_id": entry.seafarer_id,
        "reference": entry.reference,
        "is_standing": entry.is_standing,
        "is_contradicted": entry.is_contradicted,
        "reported_at": _when(entry.reported_at),
        "contents": newest.contents,
    }


def kept_shown(kept: KeptRefusal) -> Schema:
    """A report that was refused."""
    return {
        "refusal_id": kept.refusal_id,
        "reference": kept.reference,
        "refused_at": _when(kept.at),
        "problems": problems_shown(kept.problems),
    }


def asked_shown(request: CorrectionRequest) -> Schema:
    """What somebody finds wrong in a record."""
    return {
        "number": request.id,
        "record_id": request.record_id,
        "version": request.version,
        "asked_by": request.asked_by.value,
        "asked": request.asked,
        "asked_at": _when(request.asked_at),
    }


def _when(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
