"""Reports of one resource: send one, or 10,000 at once; each is taken or refused by itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.idempotency import IdempotencyKey, once_each
from issuer.api.machine import schemas
from issuer.api.machine.bodies import MAX_BATCH, raw_json
from issuer.api.machine.desk import Desk, Party, described, parsed, takes
from issuer.api.machine.showing import ACCEPTED, RESULTS, all_shown, problems_shown, shown
from issuer.api.problems import Problem
from issuer.api.routing import new_router
from issuer.domain.organisations import Resource
from issuer.domain.qualifications import (
    LONGEST_REFERENCE,
    Accepted,
    Code,
    Refused,
    Report,
    ReportingParty,
    Unreadable,
)
from issuer.domain.qualifications import Problem as Flaw
from issuer.services.operating.repeating import Answer
from issuer.services.qualifications.reading import read_report
from keys.encoding import Json, json_dumps


def reports_router(desk: Desk, resource: Resource, path: str) -> APIRouter:
    """`POST {path}` and `POST {path}/batch`."""
    router = new_router(tags=[f"machines: {resource.value}"])
    may_write = desk.machines.may(resource, resource.write)
    _add_single(router, desk, resource, path, may_write)
    _add_batch(router, desk, resource, f"{path}/batch", may_write)
    return router


def _add_single(router: APIRouter, desk: Desk, resource: Resource, path: str, may_write: Party) -> None:
    @router.post(
        path,
        status_code=201,
        summary="Report one record",
        name=f"report {resource.value}",
        response_class=Response,
        responses={
            201: described("accepted as a record", ACCEPTED),
            200: described("it was there already, with the same contents", ACCEPTED),
        },
        openapi_extra=takes(resource.write, schemas.record(resource)),
    )
    def report(
        request: Request,
        who: Annotated[ReportingParty, Depends(may_write)],
        body: Annotated[bytes, Depends(raw_json)],
        key: IdempotencyKey,
    ) -> Response:
        one = read_one(parsed(body), resource, takes_numbers=desk.takes_numbers)

        def act() -> Answer:
            return answered(request, desk.reporting.report([one], by=who)[0])

        return once_each(desk.repeating, request, key, body, act)


def _add_batch(router: APIRouter, desk: Desk, resource: Resource, path: str, may_write: Party) -> None:
    place: Callable[[Request], Iterator[ReportingParty]] = desk.places.of(may_write)

    @router.post(
        path,
        summary=f"Report 1 to {schemas.MAX_RECORDS:,} records: each is taken or refused by itself",
        name=f"report {resource.value} in a batch",
        response_class=Response,
        responses={200: described("what became of each, in the order of the request", RESULTS)},
        openapi_extra=takes(resource.write, schemas.batch(resource)),
    )
    def report_batch(
        request: Request,
        who: Annotated[ReportingParty, Depends(place)],
        body: Annotated[bytes, Depends(raw_json)],
        key: IdempotencyKey,
    ) -> Response:
        sent = _records(parsed(body, MAX_BATCH))
        reports = [read_one(one, resource, takes_numbers=desk.takes_numbers) for one in sent]

        def act() -> Answer:
            return Answer(200, orjson.dumps(all_shown(desk.reporting.report(reports, by=who))))

        return once_each(desk.repeating, request, key, body, act)


def read_one(members: Json, resource: Resource, *, takes_numbers: bool = True) -> Report | Unreadable:
    """The report that was sent to the resource's address, or what keeps it from being one."""
    if not isinstance(members, dict):
        return _unreadable(
            (_flaw("", "this is no object", "send each record as an object"),), members, resource
        )
    kind = resource.kind.value
    if members.get("kind", kind) != kind:
        flaw = _flaw(
            "/kind", f"records of the kind {kind} are sent here", "leave kind out: the address says it"
        )
        return _unreadable((flaw,), members, resource)
    for name in ("document", "statement"):  # a seafarer's, who uploads one
        if name in members:
            message, hint = f"no {name} is taken from machines", "leave it out: keep it for who may ask"
            return _unreadable((_flaw(f"/{name}", message, hint),), members, resource)
    if "personal_number" in members and not takes_numbers:
        flaw = _flaw("/personal_number", "this authority takes no personal numbers yet", "give seafarer_id")
        return _unreadable((flaw,), members, resource)
    found = read_report({**members, "kind": kind})
    return found if isinstance(found, Report) else _unreadable(found, members, resource)


def answered(request: Request, outcome: Accepted | Refused) -> Answer:
    """The answer to one report: 201 a new record, 200 one that was there, 409 or 422 none."""
    if isinstance(outcome, Accepted):
        return Answer(201 if outcome.is_new else 200, orjson.dumps(shown(outcome)))
    problem = refused(outcome.problems, refusal_id=outcome.refusal_id)
    return Answer(problem.status, bytes(problem.response(request).body))


def refused(problems: Sequence[Flaw], *, refusal_id: str | None = None) -> Problem:
    """All that is wrong with one report; what was refused as a record of its own is kept under an id."""
    first = problems[0]
    detail = f"{first.pointer or 'the record'}: {first.message}; {first.hint}."
    more: dict[str, Json] = {"problems": problems_shown(problems)}
    if refusal_id is not None:
        more["refusal_id"] = refusal_id
    if first.code is Code.REFERENCE_TAKEN:
        return Problem("reference-taken", detail, more=more)
    return Problem("record-refused", detail, more=more)


def _records(body: Mapping[str, Json]) -> Sequence[Json]:
    records = body.get("records")
    if body.keys() != {"records"} or not isinstance(records, list):
        raise Problem("request-does-not-fit", 'Send an object with the one member "records", a list.')
    if not 1 <= len(records) <= schemas.MAX_RECORDS:
        detail = f"records: {len(records):,} are sent; 1 to {schemas.MAX_RECORDS:,} are taken at once."
        raise Problem("request-does-not-fit", detail)
    return records


def _unreadable(problems: tuple[Flaw, ...], members: Json, resource: Resource) -> Unreadable:
    """What came, as it came, under its reference where it has one: also a number that 64 bits do not hold."""
    reference = members.get("reference") if isinstance(members, dict) else None
    named = reference if isinstance(reference, str) and len(reference) <= LONGEST_REFERENCE else None
    return Unreadable(problems=problems, raw=json_dumps(members), kind=resource.kind, reference=named)


def _flaw(pointer: str, message: str, hint: str) -> Flaw:
    return Flaw(pointer=pointer, code=Code.MALFORMED, message=message, hint=hint)
