"""Records, requests and flags as JSON, for commands and interfaces alike. No personal number is among it."""

from datetime import UTC, datetime

from issuer.services.qualifications.correcting import CorrectionRequest
from issuer.services.qualifications.history import Entry, Version
from issuer.services.qualifications.reviewing import Flag
from keys.encoding import Json


def entry_members(entry: Entry) -> dict[str, Json]:
    """A record with the versions that were read."""
    return {
        "record_id": entry.record_id,
        "seafarer_id": entry.seafarer_id,
        "kind": entry.kind.value,
        "reporter": {
            "organisation": entry.organisation_id,
            "role": entry.source.reporter.value,
            "channel": entry.source.channel.value,
        },
        "reference": entry.reference,
        "standing": entry.is_standing,
        "contradicted": entry.is_contradicted,
        "reported_at": _instant(entry.reported_at),
        "versions": [_version(one) for one in entry.versions],
    }


def request_members(request: CorrectionRequest) -> dict[str, Json]:
    """A request for a correction, with its answer."""
    return {
        "request": request.id,
        "record_id": request.record_id,
        "version": request.version,
        "asked_by": request.asked_by.value,
        "asked": request.asked,
        "asked_at": _instant(request.asked_at),
        "state": request.state.value,
        "answer": request.answer,
        "answered_at": None if request.answered_at is None else _instant(request.answered_at),
    }


def flag_members(flag: Flag) -> dict[str, Json]:
    """A certificate to look at."""
    return {
        "document_number": flag.document_number,
        "record_id": flag.record_id,
        "cause": flag.cause.value,
        "at": _instant(flag.at),
        "settled_at": None if flag.settled_at is None else _instant(flag.settled_at),
        "settled_by": flag.settled_by,
        "note": flag.note,
    }


def _version(one: Version) -> dict[str, Json]:
    return {
        "version": one.version,
        "act": one.act.value,
        "contents": one.contents,
        "actor": one.actor,
        "reason": one.reason,
        "at": _instant(one.at),
    }


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
