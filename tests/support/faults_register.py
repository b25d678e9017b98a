"""What a register holds, read with plain SQL past all of the issuer's own code, and what is published."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row
from support.faults_authority import NORWAY

from verifier.ship_status import verify_snapshot
from verifier.status import StatusList, verify_list

_FRESH_NUMBER = re.compile(r"-R[0-9A-F]{6}$")  # random, and so another one in each run


class Rows:
    """All rows of the tables that a check asks about."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, query: str) -> list[dict[str, Any]]:
        if self._url.startswith("sqlite:///"):
            connection = sqlite3.connect(f"file:{self._url.removeprefix('sqlite:///')}", uri=True)
            connection.row_factory = sqlite3.Row
            try:
                return [dict(row) for row in connection.execute(query)]
            finally:
                connection.close()
        with psycopg.connect(self._url, row_factory=dict_row) as server:
            return server.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]


class Published(NamedTuple):
    """One list as a folder shows it: to those who ask a server, and to ships."""

    token: StatusList | None
    snapshot: StatusList | None


def published(folder: Path) -> dict[str, Published]:
    """The lists of a folder, each verified with the authority's directory, by number."""
    directory = NORWAY.directory()
    found: dict[str, Published] = {}
    for stem in {path.stem for path in (folder / "status").glob("[0-9]*.*")}:
        token, snapshot = folder / "status" / f"{stem}.jwt", folder / "status" / f"{stem}.snapshot"
        found[stem] = Published(
            verify_list(token.read_text(), directory=directory) if token.exists() else None,
            verify_snapshot(snapshot.read_bytes(), directory=directory) if snapshot.exists() else None,
        )
    return found


@dataclass(frozen=True)
class Outline:
    """What a register says, less everything that is drawn at random or taken from the clock."""

    certificates: dict[str, tuple[str, str | None]]
    credentials: dict[Any, Any]  # by idempotency key, certificate and phone
    events: Counter[tuple[str, str, str]]  # event, subject, actor


def outline(rows: Rows) -> Outline:
    """For comparing a run that was killed with one that was not."""
    certificates = {
        _plain(row["document_number"]): (row["state"], _plain(row["replaced_by"]))
        for row in rows("SELECT document_number, state, replaced_by FROM certificate")
    }
    found = rows(
        "SELECT c.serial, c.idempotency_key, x.document_number, c.state, c.status, c.superseded_at, "
        "c.holder_thumbprint, c.kid FROM credential c JOIN certificate x ON x.id = c.certificate_id"
    )
    credentials = {
        # What a mass operation made has one name for all: each is told apart by what it is.
        (_request(row["idempotency_key"]), _plain(row["document_number"]), row["holder_thumbprint"]): (
            row["state"],
            row["status"],
            row["superseded_at"] is not None,
            row["kid"],
        )
        for row in found
        if row["state"] != "void"  # who asks twice for what nobody approved is refused twice
    }
    keys = {row["serial"]: _request(row["idempotency_key"]) for row in found}
    events = Counter(
        (row["event"], keys.get(row["subject"]) or str(_plain(row["subject"])), row["actor"])
        for row in rows("SELECT event, subject, actor FROM audit_event")
        if not row["event"].endswith(("-refused", "-void"))
    )
    return Outline(certificates, credentials, events)


def _request(key: str) -> str:
    """An idempotency key; one that a mass operation has made, by its first word."""
    return key if key.startswith("request-") else key.partition(":")[0]


def _plain(number: str | None) -> str | None:
    return number and _FRESH_NUMBER.sub("-R*", number)
