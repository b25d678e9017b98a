"""A register or a folder that this user may only read: a clear refusal, and nothing is changed."""

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.desk import Desk
from support.issuer_app import KEYS

from issuer.adapters.database import Database
from issuer.adapters.object_store import Upload
from issuer.adapters.object_store_folder import FolderStore
from issuer.domain.errors import IssuerError
from issuer.services.publishing.publication import Publication
from keys.custody import CustodyError
from keys.custody.journal import Journal

NOBODY = 65_534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may look into, all the way up from the root."""
    folder = Path(tempfile.mkdtemp(prefix="ombord-read-only-"))  # pytest's own folders are closed to others
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_reader(folder: Path, act: Callable[[], object]) -> dict[str, str]:
    """What `act` raises in a process of a user who may read all of `folder`, and write none of it."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            act()
            told = {"raised": ""}
        except (IssuerError, CustodyError) as error:
            told = {"raised": type(error).__name__, "said": str(error), "hint": error.hint}
        except BaseException as error:  # noqa: BLE001 - told to the test
            told = {"raised": type(error).__name__, "said": str(error), "hint": ""}
        os.write(theirs, json.dumps(told).encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as answer:
        data = answer.read()
    os.waitpid(child, 0)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    found: dict[str, str] = json.loads(data)
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_register_that_may_only_be_read_says_so_and_stays_as_it_is(
    open_folder: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, open_folder / "register.db")
    url = f"sqlite:///{open_folder}/register.db"
    before = contents(open_folder)

    def enter() -> None:
        desk = Desk.open(Database.open(url))
        desk.enter()

    told = as_reader(open_folder, enter)
    assert told["raised"] == "DatabaseUnusable", told
    assert told["hint"]
    assert contents(open_folder) == before
    database = Database.open(url)
    Desk.open(database).enter()
    database.close()


def test_folder_that_may_only_be_read_keeps_what_was_published(
    open_folder: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "register.db")
    desk = Desk.open(Database.open(f"sqlite:///{tmp_path}/register.db"))
    desk.enter()
    desk.issue()
    site = open_folder / "site"
    parts = (desk.database, desk.clock, KEYS, desk.settings)
    Publication(*parts, FolderStore(site)).publish()
    before = contents(open_folder)
    desk.database.close()

    def publish() -> None:
        store = FolderStore(site)
        held = store.get("status/1.jwt")
        assert held is not None
        store.put(Upload("status/1.jwt", b"another", "text/plain", 60), over=held.version)

    told = as_reader(open_folder, publish)
    assert told["raised"] == "StoreUnusable", told
    assert "cannot be written" in told["said"]
    assert contents(open_folder) == before


def test_journal_that_may_only_be_read_signs_nothing(open_folder: Path) -> None:
    path = open_folder / "signer.journal"
    Journal(path, new=True).close()
    before = contents(open_folder)
    told = as_reader(open_folder, lambda: Journal(path))
    assert told["raised"] in ("PermissionError", "JournalError"), told
    assert contents(open_folder) == before
