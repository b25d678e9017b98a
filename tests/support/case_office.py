"""A Swedish authority over HTTP, composed as it is served: reports in, applications, certificates."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from support.in_process import client_of
from support.issuer_app import KEYS, OPERATOR_TOKEN, HandClock, issuer_settings
from support.issuer_directory import on_board

from issuer.adapters.law_book import LawBook, law_book
from issuer.app import build
from issuer.composition import Services, compose
from issuer.domain.qualifications import (
    Accepted,
    Completed,
    RecordContents,
    Report,
    ReportingParty,
    SeaService,
    Ship,
)
from issuer.rules.facts import Channel, Kind, Reporter
from keys.encoding import json_dumps
from verifier.decision import verify
from verifier.status import StatusBook, verify_list
from verifier.verdict import Verdict

ASTRID = "7K3M9QXA"
SHIP = Ship(imo="9319466", name="Havsbris", flag="SE", gt=8_500, kw=6_000, use="handelsfartyg")


def book_with(share: float) -> LawBook:
    """The law, with this share of spot checks."""
    book = law_book()
    return replace(
        book, policies={name: replace(one, spot_check=share) for name, one in book.policies.items()}
    )


def party(name: str, role: Reporter, channel: Channel, kind: Kind) -> ReportingParty:
    """Whoever may report one kind of record."""
    return ReportingParty(organisation_id=name, role=role, channel=channel, may_report={kind: None})


@dataclass
class CaseOffice:
    """The service, and a client with the operator's token."""

    services: Services
    client: httpx.Client
    asked: int = 0

    @property
    def today(self) -> date:
        return self.services.settings.today(self.services.clock())

    def report_medical(self) -> str:
        contents = Completed(
            code="lakarintyg", day=self.today - timedelta(days=30), marks=frozenset(("syn", "horsel"))
        )
        return self.report(Kind.DOCUMENT, contents, (Reporter.DOCTOR, Channel.WEB))

    def report_service(self, days: int = 180) -> str:
        last = self.today - timedelta(days=1)
        contents = SeaService(
            first=last - timedelta(days=days - 1),
            last=last,
            ship=SHIP,
            department="deck",
            rank="dackspersonal",
            area="narfart",
            marks=frozenset(("brovakt", "handledd")),
        )
        return self.report(Kind.SERVICE, contents, (Reporter.COMPANY, Channel.API))

    def report(
        self,
        kind: Kind,
        contents: RecordContents,
        by: tuple[Reporter, Channel],
        document: bytes | None = None,
    ) -> str:
        """A record about the seafarer, taken from a reporter of that role by that channel."""
        role, channel = by
        report = Report(kind=kind, contents=contents, seafarer_id=ASTRID, document=document)
        [result] = self.services.reporting.report([report], by=party(f"{role}-1", role, channel, kind))
        assert isinstance(result, Accepted), result
        return result.record_id

    def post(self, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        self.asked += 1
        headers = self._headers | {"Idempotency-Key": key or f"request number {self.asked}".replace(" ", "-")}
        return self.client.post(f"/api/v1/{path}", json=body, headers=headers)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/{path}", params=query, headers=self._headers)
        answer.raise_for_status()
        return dict(answer.json())

    def apply(self, rule: str = "SE.Lmt", **more: Any) -> dict[str, Any]:
        answer = self.post("applications", {"seafarer_id": ASTRID, "rule": rule, **more})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def verdict(self, token: str) -> Verdict:
        """What a ship's inspector sees offline, with this authority's directory and status list."""
        now = self.services.clock()
        known = on_board(self.services.settings, now)
        served = self.client.get(f"{self.services.settings.base_url}/status/1").text
        lists = [verify_list(served, directory=known)]
        return verify(token, directory=known, status=StatusBook(lists), at=now)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


@contextmanager
def case_office(
    url: str, patch: pytest.MonkeyPatch, *, share: float = 0.0, **changes: Any
) -> Iterator[CaseOffice]:
    """The authority, with one seafarer in its register who holds nothing."""
    book = book_with(share)
    patch.setattr("issuer.adapters.law_book.law_book", lambda: book)
    clock = HandClock()
    given = {"flag": "SE", "time_zone": "Europe/Stockholm", "authority_name": "Transportstyrelsen", **changes}
    services = compose(issuer_settings(url, **given), keys=KEYS, clock=clock)
    rows: list[dict[str, Any]] = [
        {"format": "ombord-register", "version": 1, "authority": services.settings.flag},
        {"kind": "seafarer", "seafarer_id": ASTRID, "family_name": "Åkerlind", "birth_date": "1995-05-01"},
    ]
    extract = io.BytesIO(b"".join(json_dumps(row) + b"\n" for row in rows))
    assert not services.importing.load(extract, actor="test").rejected
    with client_of(build(services), services.settings.base_url) as client:
        yield CaseOffice(services, client)
