"""`ombord-verify pack update`: fetch what is new from a site, a folder or a file, and import it.

A site has `packs/since/ID`, what is new for whoever holds pack ID, and `packs/latest`; the address is kept.
"""

import os
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

from keys.encoding import EncodingError, json_dumps, json_object
from keys.regular_file import opener
from verifier import download, pack, pack_commands, state, store
from verifier.download import NotThere
from verifier.intake import RefusedPack, WholePackNeeded
from verifier.pack import PackError
from verifier.unusable import Unusable, read_file

SOURCE: Final = "source.json"
LOCK: Final = "update.lock"
_GIVE: Final = "give the address of a site of packs, or a folder: ombord-verify pack update ADDRESS"
_NEWER: Final = "ask whoever keeps that site; what was imported before stays in force"


class Source(NamedTuple):
    """Where packs come from, and the tags of the files that were fetched whole."""

    address: str
    tags: dict[str, str]


def update(address: str | None, root_path: str | None, at: datetime, *, folder: str | None = None) -> str:
    """Import what is new at `address`, or where the last update came from. Raises Unusable."""
    folder = folder or state.home()
    try:
        with store.locked(folder, LOCK):
            return _update(folder, address, root_path, at)
    except state.StateError as error:
        raise Unusable(str(error), error.hint) from None


def remembered(folder: str) -> Source | None:
    """Where the last update came from, if any."""
    try:
        with open(os.path.join(folder, SOURCE), "rb", opener=opener) as file:
            record = json_object(file.read(65_536))
    except (OSError, EncodingError):
        return None
    address, tags = record.get("address"), record.get("tags")
    if not isinstance(address, str):
        return None
    found = tags.items() if isinstance(tags, dict) else ()
    return Source(address, {at: tag for at, tag in found if isinstance(tag, str)})


def _update(folder: str, address: str | None, root_path: str | None, at: datetime) -> str:
    known = remembered(folder)
    if address is None and known is None:
        raise Unusable("no address to fetch from is known", _GIVE)
    if address is None or (known is not None and known.address == address):
        source = known or Source("", {})
    else:
        source = Source(address if _is_web(address) else os.path.abspath(address), {})
    said, tags = _Run(folder, source, root_path, at).run()
    store.replace(folder, SOURCE, json_dumps({"address": source.address, "tags": tags}))
    return said


def _is_web(address: str) -> bool:
    return "://" in address


class _Run:
    """One update: what is new since the pack that is held, else the newest whole."""

    def __init__(self, folder: str, source: Source, root_path: str | None, at: datetime) -> None:
        self._folder, self._source, self._root_path, self._at = folder, source, root_path, at
        self._tags: dict[str, str] = {}
        self._held: str | None = None
        with suppress(state.StateError):  # a damaged one is mended by a whole pack, or refused with it
            self._held = state.State(folder).pack

    def run(self) -> tuple[str, dict[str, str]]:
        """What to say, and the tags to remember."""
        said = None if self._held is None else self._try(f"since/{self._held}", whole=False)
        if said is None:
            said = self._try("latest", whole=True)
        if said is None:
            raise Unusable(f"{self._source.address}: there are no sea packs", _GIVE)
        return said, self._tags

    def _try(self, name: str, *, whole: bool) -> str | None:
        """Import one of the site's files; None if it has none, or an update that leads nowhere from here."""
        try:
            fetched = self._fetch(name)
            if fetched is None:
                return f"nothing new at {self._source.address}: {self._held} is the newest sea pack"
            try:
                return self._take(fetched.data)
            except PackError:
                if not fetched.resumed:
                    raise
                again = self._fetch(name)  # parts of different files: once more, from the beginning
                return None if again is None else self._take(again.data)
        except NotThere:
            return None
        except WholePackNeeded as error:
            if whole:
                raise Unusable(f"{self._source.address}: {error}", _NEWER) from None
            return None
        except (PackError, RefusedPack) as error:
            self._tags.clear()
            if not whole:  # whatever is wrong with an update, the whole pack may be good
                return None
            raise Unusable(f"{self._source.address}: {error}", _NEWER) from None

    def _take(self, data: bytes) -> str:
        size = f"{len(data)} bytes from {self._source.address}"
        if self._held is not None and _leads_to(pack.read(data)) == self._held:
            return f"nothing new: {self._held} is the newest sea pack ({size})"
        return f"{pack_commands.keep(data, self._root_path, self._at, folder=self._folder)}\n  {size}"

    def _fetch(self, name: str) -> download.Fetched | None:
        address = self._source.address
        if not _is_web(address):
            return download.Fetched(_read(address, name), None, False)
        url = f"{address.rstrip('/')}/packs/{name}"
        tag = None if self._held is None else self._source.tags.get(url)
        fetched = download.fetch(url, self._folder, limit=pack.MAX_PACK, tag=tag)
        now = tag if fetched is None else fetched.tag
        if now is not None:
            self._tags[url] = now
        return fetched


def _leads_to(contents: pack.Pack) -> str | None:
    """What an update completes, if that is all that it says; a whole pack may mend what is held."""
    return contents.completes if not contents.files and not contents.lists else None


def _read(path: str, name: str) -> bytes:
    """A file of a site in a folder; a path to a file stands for the newest pack itself. Raises NotThere."""
    if not os.path.isdir(path):
        if name != "latest":
            raise NotThere
        return read_file(path, pack.MAX_PACK + 1)
    for place in (os.path.join(path, "packs", name), os.path.join(path, name)):
        if os.path.isfile(place):
            return read_file(place, pack.MAX_PACK + 1)
    raise NotThere
