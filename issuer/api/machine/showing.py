"""How machines are told what became of a report: accepted as a record, or refused and why; its schemas."""

from collections.abc import Mapping, Sequence
from typing import Final

from issuer.domain.qualifications import Accepted, Code, Problem, Refused, Remark
from keys.encoding import Json

PROBLEM: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["pointer", "code", "message", "hint"],
    "properties": {
        "pointer": {"type": "string", "description": "where in the body, as RFC 6901 has it"},
        "code": {"type": "string", "enum": [one.value for one in Code]},
        "message": {"type": "string"},
        "hint": {"type": "string", "description": "what to do"},
    },
    "additionalProperties": False,
}
PROBLEMS: Final[dict[str, Json]] = {"type": "array", "items": PROBLEM}
ACCEPTED: Final[dict[str, Json]] = {
    "title": "Accepted",
    "type": "object",
    "required": ["record_id", "version", "is_new", "remarks"],
    "properties": {
        "record_id": {"type": "string"},
        "version": {"type": "integer", "minimum": 1},
        "is_new": {"type": "boolean", "description": "false: it was there already, with the same contents"},
        "remarks": {"type": "array", "items": {"type": "string", "enum": [one.value for one in Remark]}},
    },
    "additionalProperties": False,
    "example": {"record_id": "R4T7Q2ZK9M3VXA5C", "version": 1, "is_new": True, "remarks": []},
}
_REFUSED: Final[dict[str, Json]] = {
    "title": "Refused",
    "type": "object",
    "required": ["refusal_id", "problems"],
    "properties": {"refusal_id": {"type": "string"}, "problems": PROBLEMS},
    "additionalProperties": False,
}
RESULTS: Final[dict[str, Json]] = {
    "title": "Results",
    "type": "object",
    "required": ["accepted", "refused", "results"],
    "properties": {
        "accepted": {"type": "integer"},
        "refused": {"type": "integer"},
        "results": {
            "type": "array",
            "description": "one for each record, in the order of the request",
            "items": {"oneOf": [ACCEPTED, _REFUSED]},
        },
    },
    "additionalProperties": False,
    "example": {
        "accepted": 1,
        "refused": 1,
        "results": [
            {"record_id": "R4T7Q2ZK9M3VXA5C", "version": 1, "is_new": True, "remarks": []},
            {
                "refusal_id": "F8K2M4QX7T9ZVA3C",
                "problems": [
                    {
                        "pointer": "/records/1/contents/last",
                        "code": "period-reversed",
                        "message": "the last day is before the first",
                        "hint": "check both days; a service of one day has the same day twice",
                    }
                ],
            },
        ],
    },
}


def shown(outcome: Accepted | Refused, base: str = "") -> dict[str, Json]:
    """One outcome; `base` leads from the body to the report, for the pointers."""
    if isinstance(outcome, Accepted):
        return {
            "record_id": outcome.record_id,
            "version": outcome.version,
            "is_new": outcome.is_new,
            "remarks": list(outcome.remarks),
        }
    return {"refusal_id": outcome.refusal_id, "problems": problems_shown(outcome.problems, base)}


def all_shown(outcomes: Sequence[Accepted | Refused]) -> Mapping[str, Json]:
    """The answer to a batch."""
    accepted = sum(isinstance(one, Accepted) for one in outcomes)
    results: list[Json] = [shown(one, f"/records/{index}") for index, one in enumerate(outcomes)]
    return {"accepted": accepted, "refused": len(outcomes) - accepted, "results": results}


def problems_shown(problems: Sequence[Problem], base: str = "") -> list[Json]:
    """What is wrong, and where in the body that was sent."""
    return [
        {"pointer": base + one.pointer, "code": one.code.value, "message": one.message, "hint": one.hint}
        for one in problems
    ]
