"""Who is affected, over HTTP: certificates that share a key, a rule, a reporter, a provider or days."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from issuer.api.certificates import MAX_PAGE, NUMBER, Actor
from issuer.api.requests import RequestBody
from issuer.api.routing import new_router
from issuer.domain.register import CertificateState
from issuer.services.clock import start_of
from issuer.services.mass.affected import PAGE, Affecting, Selection
from verifier.credential.model import CertificateType

_LAST_ID = 2**63 - 1
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Select(RequestBody):
    """What certificates share; all that is given holds together. Days are the authority's, both included."""

    key: Name | None = None
    rule: Name | None = None
    reporter: Name | None = None
    provider: Name | None = None
    configuration: Name | None = None
    first_day: date | None = Field(None, alias="from", strict=False)
    last_day: date | None = Field(None, alias="to", strict=False)
    type: CertificateType | None = Field(None, strict=False)
    state: CertificateState | None = Field(None, strict=False)
    numbers: Annotated[
        tuple[Annotated[str, Field(pattern=NUMBER)], ...], Field(max_length=1_000, strict=False)
    ] = ()

    def selection(self, zone: ZoneInfo) -> Selection:
        """As the register is asked."""
        same = ("key", "rule", "reporter", "provider", "configuration", "numbers")
        return Selection(
            **{name: getattr(self, name) for name in same},
            issued_from=start_of(self.first_day, zone),
            issued_until=start_of(self.last_day, zone, days=1),
            type=None if self.type is None else self.type.value,
            state=None if self.state is None else self.state.value,
        )


class AffectedPage(BaseModel):
    """How many there are in all, and some; ask again with `after` set to `next` until that is null."""

    certificates: int
    credentials: int
    affected: list[dict[str, Any]]
    next: int | None


def affected_router(affecting: Affecting, actor: Actor, zone: ZoneInfo, path: str) -> APIRouter:
    """`GET {path}`."""
    router = new_router(tags=["mass operations"])

    @router.get(path, summary="Certificates that share something", dependencies=[Depends(actor)])
    def affected(
        key: Annotated[Name | None, Query()] = None,
        rule: Annotated[Name | None, Query()] = None,
        reporter: Annotated[Name | None, Query()] = None,
        provider: Annotated[Name | None, Query()] = None,
        configuration: Annotated[Name | None, Query()] = None,
        first_day: Annotated[date | None, Query(alias="from")] = None,
        last_day: Annotated[date | None, Query(alias="to")] = None,
        kind: Annotated[CertificateType | None, Query(alias="type")] = None,
        state: CertificateState | None = None,
        after: Annotated[int, Query(ge=0, le=_LAST_ID)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = PAGE,
    ) -> AffectedPage:
        chosen = Select.model_validate({
            "key": key, "rule": rule, "reporter": reporter, "provider": provider,
            "configuration": configuration, "from": first_day, "to": last_day, "type": kind, "state": state,
        })  # fmt: skip
        selection = chosen.selection(zone)
        counted = affecting.count(selection)
        page = affecting.page(selection, after=after, limit=limit)
        shown = [asdict(one) for one in page.affected]
        return AffectedPage(**counted._asdict(), affected=shown, next=page.after)

    return router
