"""Publishing into stores: a change costs the changed list, nothing regresses, publishers share the work."""

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.desk import Desk
from support.issuer_app import KEYS
from support.issuer_directory import issuer_directory
from support.object_stores import S3Server
from support.simulator import seeded_signer

from issuer.adapters import publications
from issuer.adapters.database import Database
from issuer.adapters.object_store import Held, ObjectStore, StoreUnusable, Upload
from issuer.adapters.object_store_folder import FolderStore
from issuer.domain.errors import Conflict, IllegalTransition
from issuer.services.publishing.bringing import Report
from issuer.services.publishing.publication import AGGREGATION, Look, Publication, _forms
from keys.algorithms import Algorithm
from verifier import ship_status
from verifier.status import Status, StatusList

DIRECTORY = issuer_directory()
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # folders of our own in it


class Watched:
    """A store that notes what is asked of it."""

    def __init__(self, store: ObjectStore) -> None:
        self.store, self.asked = store, []  # type: ignore[var-annotated] # a list of words
        self.address, self.label, self.alone = store.address, store.label, store.alone
        self.fails_at: str | None = None

    def names(self, prefix: str) -> dict[str, str]:
        self.asked.append(f"names {prefix}")
        return self.store.names(prefix)

    def get(self, name: str) -> Held | None:
        self.asked.append(f"get {name}")
        return self.store.get(name)

    def put(self, upload: Upload, *, over: str | None) -> str:
        if upload.name == self.fails_at:
            raise StoreUnusable("the network is gone")
        self.asked.append(f"put {upload.name}")
        return self.store.put(upload, over=over)

    def delete(self, name: str) -> None:
        self.store.delete(name)

    def since(self) -> list[str]:
        """What was asked since the last time."""
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.loopback)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Watched:
    """An empty store, of each kind."""
    if request.param == "folder":
        return Watched(FolderStore(tmp_path / "public"))
    server: S3Server = request.getfixturevalue("s3")
    return Watched(server.store())


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory, where there is one: no claim here is about a disk, and all write much."""
    with tempfile.TemporaryDirectory(prefix="ombord-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def issued(sqlite_template: Path) -> Iterator[Path]:
    """A register to copy, with three lists of eight credentials each."""
    with tempfile.TemporaryDirectory(prefix="ombord-", dir=MEMORY) as folder:
        path = Path(folder) / "register.db"
        database = Database.open(f"sqlite:///{shutil.copy(sqlite_template, path)}")
        three_lists(database)
        database.close()
        yield path


@pytest.fixture
def desk(tmp_path: Path, issued: Path) -> Iterator[Desk]:
    """An office with three lists, on SQLite: what is asked of a store is the same on both."""
    database = Database.open(f"sqlite:///{shutil.copy(issued, tmp_path / 'register.db')}")
    yield Desk.open(database, list_size=16)
    database.close()


def three_lists(database: Database) -> Desk:
    desk = Desk.open(database, list_size=16)
    for number in desk.enter_many(24):
        desk.issue(number, holder=None, key=number)
    return desk


def revoke(desk: Desk, place: int) -> None:
    desk.clock.forward(seconds=5)
    desk.lifecycle.revoke(f"NO-COC-{place:04}", reason="", actor="clerk")


def aboard(store: ObjectStore, number: int) -> StatusList:
    held = store.get(f"status/{number}.snapshot")
    assert held is not None
    return ship_status.verify_snapshot(held.data, directory=DIRECTORY)


def test_a_change_costs_the_changed_list_alone(desk: Desk, store: Watched) -> None:
    publication = desk.publication(store)
    report = publication.publish()
    assert (len(report.written), report.unchanged) == (9, 0)
    assert store.since()[-1] == f"put {AGGREGATION}"
    report = publication.publish()
    assert (report.written, report.unchanged) == ([], 9)
    assert not [one for one in store.since() if one.startswith(("get", "put"))]
    revoke(desk, 9)
    publication.publish()
    assert [one for one in store.since() if not one.startswith("names")] == [
        "put status/2.snapshot",
        "put status/2.jwt",
    ]
    assert list(aboard(store, 2).states) != list(aboard(store, 1).states)


def test_who_follows_asks_the_store_nothing_while_nothing_changes(desk: Desk, store: Watched) -> None:
    publication = desk.publication(store)
    publication.publish(look=Look.MEMORY)  # the first time everything is looked at
    assert "names status/" in store.since()
    publication.publish(look=Look.MEMORY)
    assert store.since() == []
    revoke(desk, 1)
    assert len(publication.publish(look=Look.MEMORY).written) == 2
    assert store.since() == ["put status/1.snapshot", "put status/1.jwt"]


def test_full_reads_every_list(desk: Desk, store: Watched) -> None:
    desk.publication(store).publish()
    store.since()
    assert desk.publication(store).publish(look=Look.EVERYTHING).written == []
    assert len([one for one in store.since() if one.startswith("get status/")]) == 7


def test_what_somebody_took_away_is_put_back(desk: Desk, store: Watched) -> None:
    desk.publication(store).publish()
    for name in ("jwks.json", "status/3.jwt", AGGREGATION):
        store.delete(name)
    written = desk.publication(store).publish().written
    assert [one.rpartition("/")[2] for one in written] == ["jwks.json", "3.jwt", "aggregation.json"]


@pytest.mark.parametrize("fails_at", ["jwt-vc-issuer.json", "status/2.snapshot", "status/2.jwt", AGGREGATION])
def test_after_a_network_that_went_away_nothing_is_half_published(
    desk: Desk, store: Watched, fails_at: str
) -> None:
    store.fails_at = fails_at
    with pytest.raises(StoreUnusable):
        desk.publication(store).publish()
    assert store.get(AGGREGATION) is None  # nobody is told of lists that may not be there
    store.fails_at = None
    for look in (Look.MEMORY, Look.VERSIONS):
        desk.publication(store).publish(look=look)
    there = store.get(AGGREGATION)
    assert there is not None
    assert len(json.loads(there.data)["status_lists"]) == 3
    assert [aboard(store, number).number for number in (1, 2, 3)] == [1, 1, 1]


def test_of_two_publishers_the_older_never_overwrites_the_newer(desk: Desk, store: Watched) -> None:
    desk.publication(store).publish()
    revoke(desk, 1)
    old, memory = desk.publisher.current(1), remembered(desk, store)
    revoke(desk, 2)
    desk.publication(store).publish()
    report = Report()  # of one that signed number 2, and stood still while another published number 3
    slow = desk.publication(store)._bringing
    slow.bring(_forms(old), old.statement_number, report, memory)
    assert (report.written, report.unchanged) == ([], 2)
    assert aboard(store, 1).number == 3


def remembered(desk: Desk, store: ObjectStore) -> dict[str, publications.Remembered]:
    with desk.database.read() as connection:
        return publications.remembered(connection, store.address)


def test_register_that_forgot_what_it_published_compares_and_writes_nothing_again(
    desk: Desk, store: Watched
) -> None:
    desk.publication(store).publish()
    with desk.database.write() as connection:
        for name in remembered(desk, store):
            publications.forget(connection, store.address, name)
    store.since()
    assert desk.publication(store).publish(look=Look.MEMORY).written == []
    assert not [one for one in store.since() if one.startswith("put")]


def test_each_store_has_a_memory_of_its_own(desk: Desk, tmp_path: Path) -> None:
    assert len(desk.publish(tmp_path / "one")) == len(desk.publish(tmp_path / "two")) == 9
    revoke(desk, 1)
    assert desk.publish(tmp_path / "one") == ["status/1.snapshot", "status/1.jwt"]
    assert desk.publish(tmp_path / "two") == ["status/1.snapshot", "status/1.jwt"]


@pytest.mark.loopback
def test_bucket_that_knows_more_than_a_restored_register_is_left_as_it_is(
    desk: Desk, s3: S3Server, tmp_path: Path
) -> None:
    store = s3.store()
    desk.publication(store).publish()
    desk.database.close()
    backup = shutil.copy(tmp_path / "register.db", tmp_path / "backup.db")
    revoke(desk, 1)
    desk.publication(store).publish()
    restored = Database.open(f"sqlite:///{backup}")
    old = Desk(restored, desk.settings, desk.clock)
    for look in (Look.VERSIONS, Look.EVERYTHING):
        with pytest.raises(Conflict, match=r"older than what was published: s3://bucket-\d+/no/status/1"):
            old.publication(store).publish(look=look)
    revoke(old, 2)
    with pytest.raises(Conflict, match="older than what was published"):  # also where nothing is looked at
        old.publication(store).publish(look=Look.MEMORY)
    assert aboard(store, 1).number == 2
    restored.close()


# The transparency log


def test_checkpoint_is_published_with_the_proof_that_leads_to_it(desk: Desk, store: Watched) -> None:
    keys = replace(
        KEYS,
        signers={**KEYS.signers, "NO-log-2026a": seeded_signer("log", Algorithm.ED25519)},
        log_kid="NO-log-2026a",
    )
    publication = Publication(desk.database, desk.clock, keys, desk.settings, store)
    publication.publish()
    assert [one for one in store.since() if "put log" in one] == [
        "put log/24.checkpoint",
        "put log/checkpoint",
    ]
    number = desk.enter_many(25)[-1]
    desk.issue(number, holder=None, key="25")
    publication.publish()
    assert [one for one in store.since() if "put log" in one] == [
        "put log/25.checkpoint",
        "put log/25.proof",
        "put log/checkpoint",
    ]
    publication.publish()
    assert not [one for one in store.since() if "log/" in one and not one.startswith("names")]


# Several publishers (PostgreSQL)


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_publishers_share_the_lists_out_and_do_nothing_twice(database: Database, tmp_path: Path) -> None:
    desk = three_lists(database)
    shared = Shared(tmp_path / "public", workers=3)
    with ThreadPoolExecutor(3) as pool:
        for turn in range(4):
            for place in (turn, 8 + turn, 16 + turn):
                revoke(desk, place)
            list(pool.map(lambda _: desk.publication(shared).publish(), range(3)))
            for number in (1, 2, 3):
                held, signed = aboard(shared, number), desk.publisher.current(number)
                assert (held.number, held.iat) == (signed.statement_number, signed.iat)
    puts = [name for name in shared.puts if name.startswith("status/") and name != AGGREGATION]
    assert len(puts) == len(set(puts)) + 6 * 3 == 24  # each list in both forms, once a turn


class Shared(FolderStore):
    """A folder as a bucket is: without a lock, each put conditional; the first ones wait for each other."""

    def __init__(self, folder: Path, workers: int) -> None:
        super().__init__(folder)
        self.puts: list[str] = []
        self._one = threading.Lock()
        folder.mkdir()

    def alone(self) -> AbstractContextManager[bool]:
        return nullcontext(enter_result=False)

    def put(self, upload: Upload, *, over: str | None) -> str:
        with self._one:
            version = super().put(upload, over=over)
            self.puts.append(upload.name)
            return version


# Whatever happens in which order


class AnyOrder(RuleBasedStateMachine):
    """Decisions, publications, backups and restores; a ship that refuses what cannot be true."""

    folder: Path
    template: Path

    @initialize()
    def open(self) -> None:
        AnyOrder.count = getattr(AnyOrder, "count", 0) + 1
        self.home = self.folder / str(AnyOrder.count)
        self.home.mkdir()
        self.database = Database.open(f"sqlite:///{shutil.copy(self.template, self.home / 'register.db')}")
        self.desk = Desk.open(self.database, list_size=16)
        self.decided: dict[int, str] = {}
        self.backup: tuple[Path, dict[int, str]] | None = None
        self.held: dict[int, StatusList] = {}
        self.said: dict[tuple[int, int], bytes] = {}

    @rule(place=st.integers(0, 15), act=st.sampled_from(["revoke", "suspend", "reinstate"]))
    def decide(self, place: int, act: str) -> None:
        self.desk.clock.forward(minutes=3)
        try:
            getattr(self.desk.lifecycle, act)(f"NO-COC-{place:04}", reason="", actor="clerk")
        except IllegalTransition:
            return
        self.decided[place] = act

    @rule(look=st.sampled_from(list(Look)), hours=st.sampled_from([0, 0, 0, 7]))
    def publish(self, look: Look, hours: int) -> None:
        self.desk.clock.forward(hours=hours)
        publication = self.desk.publication(FolderStore(self.home / "public"))
        try:
            publication.publish(look=look)
        except Conflict:  # an older register: the store keeps what it has
            return
        for number in (1, 2):
            assert aboard(FolderStore(self.home / "public"), number).states == self.states(number)

    @rule()
    def back_up(self) -> None:
        self.database.close()
        self.backup = (
            Path(shutil.copy(self.home / "register.db", self.home / "backup.db")),
            dict(self.decided),
        )

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        assert self.backup is not None
        self.database.close()
        for left in self.home.glob("register.db-*"):
            left.unlink()
        shutil.copy(self.backup[0], self.home / "register.db")
        self.decided = dict(self.backup[1])
        self.database = Database.open(f"sqlite:///{self.home / 'register.db'}")
        self.desk = Desk(self.database, self.desk.settings, self.desk.clock)

    @invariant()
    def nothing_regresses(self) -> None:
        for number in (1, 2):
            lying = FolderStore(self.home / "public").get(f"status/{number}.snapshot")
            if lying is None:
                continue
            there = ship_status.verify_snapshot(lying.data, directory=DIRECTORY)
            before = self.held.get(number)
            ship_status.refuse_fork(before, there)
            assert self.said.setdefault((number, there.number or 0), lying.data) == lying.data
            if before is not None:
                assert there.iat >= before.iat
                for idx in range(len(there)):
                    assert before.get(idx) is not Status.REVOKED or there.get(idx) is Status.REVOKED
            self.held[number] = there

    def states(self, number: int) -> bytes:
        return aboard_of(self.desk.publisher.current(number).snapshot).states

    def teardown(self) -> None:
        self.database.close()


def aboard_of(snapshot: bytes) -> StatusList:
    return ship_status.verify_snapshot(snapshot, directory=DIRECTORY)


def test_published_list_never_regresses_whatever_happens(tmp_path: Path, issued: Path) -> None:
    AnyOrder.folder, AnyOrder.template = tmp_path, issued
    machine = AnyOrder.TestCase()
    machine.settings = settings(
        max_examples=10, stateful_step_count=16, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    machine.runTest()
