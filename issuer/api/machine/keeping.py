"""What an organisation has reported of one resource: look, correct, withdraw, answer questions."""

from collections.abc import Callable
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.idempotency import IdempotencyKey, once_each
from issuer.api.machine import schemas
from issuer.api.machine.bearer import secured
from issuer.api.machine.bodies import raw_json
from issuer.api.machine.desk import Desk, Party, described, parsed, takes
from issuer.api.machine.listing import (
    CORRECTIONS,
    DECLINED,
    RECORDS,
    REFUSALS,
    asked_shown,
    entry_shown,
    kept_shown,
)
from issuer.api.machine.reports import answered, read_one
from issuer.api.machine.showing import ACCEPTED, shown
from issuer.api.problems import problem_of
from issuer.api.requests import Reason, RequestBody, documented, shaped
from issuer.api.routing import new_router
from issuer.domain.errors import Crowded, IssuerError
from issuer.domain.organisations import Resource
from issuer.domain.qualifications import Accepted, Refused, ReportingParty
from issuer.services.operating.repeating import Answer, is_final
from keys.encoding import Json

PAGE: Final = 100
MAX_PAGE: Final = 1_000
RecordId = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$", examples=["69229f20a1b2c3d4e5f6"])]
After = Annotated[str | None, Query(pattern=r"^[0-9a-f]{20}$", description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Reference = Annotated[str | None, Query(min_length=1, max_length=100, description="your own reference")]


class Withdrawal(RequestBody):
    """Why a record counts no more."""

    reason: Reason


class Declining(RequestBody):
    """Why a record is right as it is: the seafarer or the authority reads it."""

    answer: Annotated[str, Field(min_length=1, max_length=2_000)]


def keeping_router(desk: Desk, resource: Resource, path: str) -> APIRouter:
    """`GET {path}`, `{path}/refusals` and `{path}/corrections`; `POST {path}/{record_id}/…`."""
    router = new_router(tags=[f"machines: {resource.value}"])
    may_read = desk.machines.may(resource, resource.read)
    may_write = desk.machines.may(resource, resource.write)
    _add_lists(router, desk, resource, path, may_read)
    _add_correction(router, desk, resource, f"{path}/{{record_id}}/correct", may_write)
    _add_withdrawal(router, desk, resource, f"{path}/{{record_id}}/withdraw", may_write)
    _add_answer(router, desk, resource, f"{path}/corrections/{{number}}/decline", may_write)
    return router


def _add_lists(router: APIRouter, desk: Desk, resource: Resource, path: str, may_read: Party) -> None:
    @router.get(
        path,
        summary="What you have reported, oldest first",
        name=f"reported {resource.value}",
        response_class=Response,
        responses={200: described("a page", RECORDS)},
        openapi_extra=secured(resource.read),
    )
    def records(
        who: Annotated[ReportingParty, Depends(may_read)],
        reference: Reference = None,
        after: After = None,
        limit: Limit = PAGE,
    ) -> Response:
        found = desk.reporting.records(who, reference=reference, after=after, limit=limit)
        return _page("records", [entry_shown(one) for one in found], "record_id", limit)

    @router.get(
        f"{path}/refusals",
        summary="What was refused, oldest first, and why",
        name=f"refused {resource.value}",
        response_class=Response,
        responses={200: described("a page", REFUSALS)},
        openapi_extra=secured(resource.read),
    )
    def refusals(
        who: Annotated[ReportingParty, Depends(may_read)], after: After = None, limit: Limit = PAGE
    ) -> Response:
        found = desk.reporting.refusals(who, after=after, limit=limit)
        return _page("refusals", [kept_shown(one) for one in found], "refusal_id", limit)

    @router.get(
        f"{path}/corrections",
        summary="Corrections that you are asked for and have not answered",
        name=f"corrections of {resource.value}",
        response_class=Response,
        responses={200: described("all of them", CORRECTIONS)},
        openapi_extra=secured(resource.read),
    )
    def corrections(who: Annotated[ReportingParty, Depends(may_read)]) -> Response:
        found: list[Json] = [asked_shown(one) for one in desk.correcting.open_for(who)]
        return _json({"corrections": found})


def _add_correction(router: APIRouter, desk: Desk, resource: Resource, path: str, may_write: Party) -> None:
    @router.post(
        path,
        summary="Correct a record: a new version of it, the old one is kept",
        name=f"correct {resource.value}",
        response_class=Response,
        responses={200: described("its newest version", ACCEPTED)},
        openapi_extra=takes(resource.write, schemas.record(resource)),
    )
    def correct(
        record_id: RecordId,
        request: Request,
        who: Annotated[ReportingParty, Depends(may_write)],
        body: Annotated[bytes, Depends(raw_json)],
        key: IdempotencyKey,
        answers: Annotated[
            int | None, Query(ge=1, le=2**63 - 1, description="the correction that this answers")
        ] = None,
    ) -> Response:
        one = read_one(parsed(body), resource, takes_numbers=desk.takes_numbers)

        def act() -> Accepted | Refused:
            return desk.reporting.correct(record_id, one, by=who, answers=answers)

        return _once(desk, request, key, body, act)


def _add_withdrawal(router: APIRouter, desk: Desk, resource: Resource, path: str, may_write: Party) -> None:
    @router.post(
        path,
        summary="Withdraw a record: it counts no more",
        name=f"withdraw {resource.value}",
        response_class=Response,
        responses={200: described("its last version", ACCEPTED)},
        openapi_extra=documented(Withdrawal) | secured(resource.write),
    )
    def withdraw(
        record_id: RecordId,
        request: Request,
        who: Annotated[ReportingParty, Depends(may_write)],
        body: Annotated[Withdrawal, Depends(shaped(Withdrawal))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> Accepted | Refused:
            return desk.reporting.withdraw(record_id, reason=body.reason, by=who)

        return _once(desk, request, key, body.model_dump_json().encode(), act)


def _add_answer(router: APIRouter, desk: Desk, resource: Resource, path: str, may_write: Party) -> None:
    @router.post(
        path,
        summary="Say why a record is right; or correct it, and say which correction that answers",
        name=f"decline a correction of {resource.value}",
        response_class=Response,
        responses={200: described("declined", DECLINED)},
        openapi_extra=documented(Declining) | secured(resource.write),
    )
    def decline(
        number: Annotated[int, Path(ge=1, le=2**63 - 1)],
        request: Request,
        who: Annotated[ReportingParty, Depends(may_write)],
        body: Annotated[Declining, Depends(shaped(Declining))],
        key: IdempotencyKey,
    ) -> Response:
        def act() -> Answer:
            desk.correcting.decline(number, body.answer, by=who)
            return Answer(200, orjson.dumps({"number": number, "state": "declined"}))

        contents = body.model_dump_json().encode()
        return once_each(desk.repeating, request, key, contents, _or_refusal(request, act))


def _once(
    desk: Desk, request: Request, key: str, contents: bytes, act: Callable[[], Accepted | Refused]
) -> Response:
    """A change of a record that is there: its newest version, or why not."""

    def run() -> Answer:
        outcome = act()
        if isinstance(outcome, Refused):
            return answered(request, outcome)
        return Answer(200, orjson.dumps(shown(outcome)))

    return once_each(desk.repeating, request, key, contents, _or_refusal(request, run))


def _or_refusal(request: Request, act: Callable[[], Answer]) -> Callable[[], Answer]:
    """What is refused for good is an answer too, to be repeated under its key."""

    def run() -> Answer:
        try:
            return act()
        except IssuerError as error:
            if not is_final(error) or isinstance(error, Crowded):
                raise
            problem = problem_of(error)
            return Answer(problem.status, bytes(problem.response(request).body))

    return run


def _page(name: str, found: list[dict[str, Json]], identity: str, limit: int) -> Response:
    more = found[-1][identity] if len(found) == limit else None
    items: list[Json] = [*found]
    return _json({name: items, "next": more})


def _json(content: dict[str, Json]) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")
