"""Sea packs into stores: each for ever, the updates, and which is the latest at the very end."""

import shutil
from pathlib import Path

import pytest
from support.desk import Desk
from support.issuer_cli import Run
from support.object_stores import S3Server

from issuer.adapters.object_store import ObjectStore, StoreUnusable, Upload
from issuer.adapters.object_store_folder import FolderStore
from issuer.domain.errors import Conflict, InvalidInput
from issuer.services.publishing.bringing import Report
from issuer.services.publishing.packs import PackPublication

OLD, NEW, NEWER = "2026-11-01-0123456789ab", "2026-11-02-abcdef012345", "2026-11-03-99999999aaaa"


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """SQLite: what is asked of a store is the same on both."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'register.db')}"


def build(site: Path, pack: str) -> None:
    """What `ombord-verify pack build --site` leaves: bytes are bytes to who serves them."""
    since = site / "packs" / "since"
    since.mkdir(parents=True, exist_ok=True)
    for stale in since.iterdir():
        stale.unlink()
    (site / "packs" / f"{pack}.pack").write_bytes(pack.encode())
    for earlier in (site / "packs").glob("*.pack"):
        if earlier.stem != pack:
            (since / earlier.stem).write_bytes(f"{earlier.stem} to {pack}".encode())
    (site / "packs" / "latest").write_bytes(pack.encode())


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.loopback)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty store, of each kind."""
    if request.param == "folder":
        return FolderStore(tmp_path / "public")
    server: S3Server = request.getfixturevalue("s3")
    return server.store()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with one pack."""
    build(tmp_path / "site", OLD)
    return tmp_path / "site"


def publish(desk: Desk, store: ObjectStore, site: Path) -> Report:
    return PackPublication(desk.database, desk.clock, store).publish(site)


def ends(report: Report) -> list[str]:
    return [label.rpartition("packs/")[2] for label in report.written]


def test_packs_come_first_and_latest_last_and_nothing_twice(
    desk: Desk, store: ObjectStore, site: Path
) -> None:
    assert ends(publish(desk, store, site)) == [f"{OLD}.pack", "latest"]
    assert publish(desk, store, site) == Report([], 2)
    build(site, NEW)
    assert ends(publish(desk, store, site)) == [f"{NEW}.pack", f"since/{OLD}", "latest"]
    build(site, NEWER)
    assert ends(publish(desk, store, site)) == [f"{NEWER}.pack", f"since/{OLD}", f"since/{NEW}", "latest"]
    latest = store.get("packs/latest")
    assert latest is not None
    assert latest.data == NEWER.encode()


def test_updates_that_lead_nowhere_any_more_go(desk: Desk, store: ObjectStore, site: Path) -> None:
    build(site, NEW)
    publish(desk, store, site)
    (site / "packs" / f"since/{OLD}").unlink()
    publish(desk, store, site)
    assert list(store.names("packs/since/")) == []


@pytest.mark.parametrize("same_register", [True, False])
def test_folder_that_is_behind_the_store_publishes_nothing(
    desk: Desk, store: ObjectStore, site: Path, tmp_path: Path, same_register: bool
) -> None:
    build(tmp_path / "elsewhere", OLD)
    build(site, NEW)
    publish(desk, store, site)
    if not same_register:
        desk = Desk(desk.database, desk.settings, desk.clock)
    with pytest.raises(Conflict, match="is ahead: the latest there is a pack that the folder does not hold"):
        publish(desk, store, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "packs" / f"{NEW}.pack").write_bytes(NEW.encode())
    with pytest.raises(Conflict, match=rf"{NEW}\.pack is the latest there") as refused:
        publish(desk, store, tmp_path / "elsewhere")
    assert "where all packs are built" in refused.value.hint
    latest = store.get("packs/latest")
    assert latest is not None
    assert latest.data == NEW.encode()


class Broken(FolderStore):
    """Fails at updates."""

    def put(self, upload: Upload, *, over: str | None) -> str:
        if "since" in upload.name:
            raise StoreUnusable("the network is gone")
        return super().put(upload, over=over)


def test_latest_stays_while_what_leads_to_it_is_not_all_there(desk: Desk, site: Path, tmp_path: Path) -> None:
    publish(desk, FolderStore(tmp_path / "public"), site)
    build(site, NEW)
    with pytest.raises(StoreUnusable):
        publish(desk, Broken(tmp_path / "public"), site)
    assert (tmp_path / "public/packs/latest").read_bytes() == OLD.encode()


@pytest.mark.loopback
def test_packs_are_kept_for_ever_and_latest_for_minutes(desk: Desk, s3: S3Server, site: Path) -> None:
    store = s3.store()
    publish(desk, store, site)
    said = {
        name: store._client.head_object(Bucket=store._place.bucket, Key=f"no/packs/{name}")
        for name in (f"{OLD}.pack", "latest")
    }
    assert said["latest"]["CacheControl"] == "public, max-age=300, no-transform"
    assert said[f"{OLD}.pack"]["CacheControl"] == "public, max-age=31536000, immutable, no-transform"
    assert {one["ContentType"] for one in said.values()} == {"application/vnd.ombord.pack"}


def test_folder_that_is_no_site_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no packs/latest") as refused:
        publish(desk, FolderStore(tmp_path / "public"), tmp_path)
    assert "pack build --site" in refused.value.hint


def test_command_needs_no_key(run: Run, extract: Path, site: Path, tmp_path: Path) -> None:
    run("import", str(extract))
    words = ("publish-packs", str(site), "--to", str(tmp_path / "public"))
    code, output, _ = run(*words, sealed_keys="/nowhere", passphrase="")
    assert (code, output.splitlines()[-1]) == (0, f"{tmp_path}/public/packs/latest")
    assert run(*words)[2].endswith(f"2 unchanged in {tmp_path}/public\n")
