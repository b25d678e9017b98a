"""The application of an authority whose policy is set, and the people who approve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from support.approvers import Bureau, members, policy_at
from support.desk import Desk
from support.in_process import client_of
from support.issuer_app import KEYS, OPERATOR_TOKEN, HandClock, issuer_settings

from issuer.app import build
from issuer.composition import Services, compose
from issuer.services.custody.signing_port import GuardedSigner
from keys.custody import policy_file
from keys.encoding import json_dumps

BASE = "/api/v1"
AUTHORIZED = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


@dataclass
class WebBureau:
    """What people do there, in one line each."""

    client: httpx.Client
    bureau: Bureau
    services: Services
    asked: int = 0

    def post(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        self.asked += 1
        headers = {**AUTHORIZED, "Idempotency-Key": key or f"asked-{self.asked:04}"}
        return self.client.post(f"{BASE}/{path}", json=body, headers=headers)

    def pending(self, query: str = "") -> Any:
        return self.client.get(f"{BASE}/approvals/pending{query}", headers=AUTHORIZED).json()

    def draft(self, row: dict[str, Any]) -> httpx.Response:
        """`row` as `row_of` makes it."""
        members = dict(row)
        seafarer = members.pop("seafarer")
        return self.post("certificates", {"certificate": members, "seafarer": seafarer})


@contextmanager
def web_bureau(database_url: str, folder: Path, *, courses_per_hour: int = 4_000) -> Iterator[WebBureau]:
    """The application over an empty register."""
    policy = members()
    policy["types"]["course"]["per_hour"] = courses_per_hour
    settings = issuer_settings(database_url, signing_policy=policy_at(folder / "policy.json", policy))
    clock, found = HandClock(), policy_file.parse(json_dumps(policy))
    guarded = GuardedSigner(KEYS.signers, found, lambda: int(clock().timestamp()))
    services = compose(settings, keys=replace(KEYS, guarded=guarded, policy=found), clock=clock)
    desk = Desk(services.database, settings, clock)
    with client_of(build(services), settings.base_url) as client:
        yield WebBureau(client, Bureau(desk, found), services)
