"""Sea packs into a store: the static files that `ombord-verify pack build --site` wrote.

A pack's id names what it says, so a pack that is there stays as it is. `latest` is written last, and never
over one that the folder does not know: of two places that build packs, the older would undo the newer.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from issuer.adapters.database import Database
from issuer.adapters.object_store import FOR_EVER, ObjectStore, Upload
from issuer.adapters.object_store_folder import FolderStore
from issuer.adapters.publications import digest_of
from issuer.domain.errors import Conflict, InvalidInput
from issuer.services.clock import Clock
from issuer.services.publishing.bringing import NOTHING, Bringing, Report

MEDIA_TYPE: Final = "application/vnd.ombord.pack"
LATEST_SECONDS: Final = 300  # what ships ask for daily; asking again costs a 304
LATEST: Final = "packs/latest"

_PACK: Final = re.compile(r"packs/([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{12})\.pack", re.ASCII)
_UPDATE: Final = re.compile(r"packs/since/[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{12}", re.ASCII)


class PackPublication:
    """A site's packs in one store."""

    def __init__(self, database: Database, clock: Clock, store: ObjectStore) -> None:
        self._store = store
        self._bringing = Bringing(database, clock, store, self._judge)
        self._ids: dict[str, str] = {}  # by the digest of what they name, of the folder's packs

    def publish(self, folder: Path) -> Report:
        """Bring the store up to date with the folder. Raises Conflict where the store is ahead of it."""
        site = FolderStore(folder)
        names = list(site.names("packs/"))
        if LATEST not in names:
            raise InvalidInput(
                f"{folder} holds no packs/latest", hint="give what `ombord-verify pack build --site` wrote"
            )
        report = Report()
        with self._store.alone():
            there = self._store.names("packs/")
            self._ids = {digest_of(_read(site, name)): name for name in names if _PACK.fullmatch(name)}
            self._compare(there, _read(site, LATEST))
            for name in names:
                if _PACK.fullmatch(name):
                    self._bring_pack(site, name, name in there, report)
            for name in (*filter(_UPDATE.fullmatch, names), LATEST):
                self._bringing.bring([_upload(site, name, LATEST_SECONDS)], None, report)
            for name in _stale(there, names):
                self._bringing.remove(name)
        return report

    def _bring_pack(self, site: FolderStore, name: str, is_there: bool, report: Report) -> None:
        if is_there:
            report.unchanged += 1
            return
        self._bringing.bring([_upload(site, name, FOR_EVER)], 0, report)

    def _compare(self, there: dict[str, str], newest: bytes) -> None:
        """Read what changes and is not as it was left; refuse to go behind the store's newest pack."""
        memory = self._bringing.remembered()
        unknown = [
            name
            for name, version in there.items()
            if not _PACK.fullmatch(name) and memory.get(name, NOTHING).version != version
        ]
        held = {name: found for name in unknown if (found := self._store.get(name)) is not None}
        gone = {name for name in memory if name.startswith("packs/") and name not in there}
        self._bringing.adopt(held, gone)
        latest = self._bringing.remembered([LATEST]).get(LATEST, NOTHING)
        if latest.digest is not None:
            self._refuse_ahead(latest.digest, newest)

    def _judge(self, _connection: Connection, name: str, data: bytes) -> int | None:
        """A pack that another has brought meanwhile is as good as ours; `latest` only where we know it."""
        if name == LATEST:
            self._refuse_unknown(digest_of(data))
        return 1 if _PACK.fullmatch(name) else None

    def _refuse_ahead(self, digest: str, newest: bytes) -> None:
        held, ours = self._refuse_unknown(digest), self._refuse_unknown(digest_of(newest))
        if held[: len("packs/YYYY-MM-DD")] > ours[: len("packs/YYYY-MM-DD")]:
            self._refuse(f"{held} is the latest there, and {ours} here")

    def _refuse_unknown(self, digest: str) -> str:
        name = self._ids.get(digest)
        if name is None:
            self._refuse("the latest there is a pack that the folder does not hold")
        return str(name)

    def _refuse(self, reason: str) -> None:
        raise Conflict(
            f"{self._store.label(LATEST)} is ahead: {reason}",
            hint="publish where all packs are built; to give that up, remove `packs/latest` there",
        )


def _stale(there: dict[str, str], names: list[str]) -> Iterator[str]:
    """Updates that lead to what is the newest no more."""
    return (name for name in there if _UPDATE.fullmatch(name) and name not in names)


def _read(site: FolderStore, name: str) -> bytes:
    held = site.get(name)
    if held is None:
        raise InvalidInput(f"{site.label(name)} is gone", hint="publish when nobody builds packs there")
    return held.data


def _upload(site: FolderStore, name: str, seconds: int) -> Upload:
    return Upload(name, _read(site, name), MEDIA_TYPE, seconds)
