"""`publish --follow`: what was decided is in the store soon, whatever passes by itself passes."""

import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support.desk import NUMBER, Desk
from support.issuer_cli import Run

from issuer.adapters.object_store import StoreBusy, StoreUnusable
from issuer.adapters.object_store_folder import FolderStore
from issuer.domain.errors import Conflict, DatabaseUnusable, IssuerError
from issuer.services.publishing.bringing import Report
from issuer.services.publishing.following import COMPARE_SECONDS, LONGEST_PAUSE, Following
from issuer.services.publishing.publication import Look
from issuer.services.publishing.publisher import PLAIN, Orders


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """SQLite: what is asked of a store is the same on both."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'register.db')}"


class Scripted:
    """A publication that ends each time as a test says, on a clock that the pauses move."""

    def __init__(self, *ends: IssuerError | None) -> None:
        self._ends = iter(ends)
        self.looks: list[Look] = []
        self.orders: list[Orders] = []
        self.pauses: list[float] = []
        self.failed: list[str] = []
        self._left = len(ends)

    def publish(self, orders: Orders, *, look: Look) -> Report:
        self.looks.append(look)
        self.orders.append(orders)
        end = next(self._ends)
        if end is not None:
            raise end
        return Report()

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) > self._left

    def run(self, orders: Orders = PLAIN, every: float = 2) -> None:
        following = Following(self, pause=self.pause, seconds=lambda: sum(self.pauses))  # type: ignore[arg-type]
        following.run(
            orders,
            every=every,
            told=lambda _report: None,
            failed=lambda error: self.failed.append(error.message),
        )


def test_looks_at_the_store_first_and_then_seldom() -> None:
    script = Scripted(*[None] * (COMPARE_SECONDS // 100 + 2))
    script.run(every=100)
    assert [place for place, look in enumerate(script.looks) if look is Look.VERSIONS] == [0, 9]
    assert script.pauses == [0, *[100] * (len(script.looks))]


@pytest.mark.parametrize(
    "error",
    [
        StoreUnusable("the network is gone"),
        StoreBusy("another is at it"),
        DatabaseUnusable("it is restarting"),
    ],
)
def test_what_passes_is_told_and_tried_again_ever_more_seldom(error: IssuerError) -> None:
    script = Scripted(None, *[error] * 7, None, None)
    script.run()
    assert script.failed == [error.message] * 7
    assert script.pauses == [0, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE, 2, 2]
    assert script.looks[8] is Look.VERSIONS  # who knows what happened meanwhile


def test_what_does_not_pass_ends_it() -> None:
    script = Scripted(None, Conflict("this database is older"))
    with pytest.raises(Conflict, match="older"):
        script.run()


def test_what_an_operator_insists_on_counts_once() -> None:
    script = Scripted(None, None)
    script.run(Orders(clock_is_right=True))
    assert script.orders == [Orders(clock_is_right=True), PLAIN]


def test_a_revocation_is_published_by_the_next_look(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    acts: list[Callable[[], None]] = [
        lambda: None,
        lambda: desk.lifecycle.revoke(NUMBER, reason="", actor="clerk"),
    ]
    told: list[list[str]] = []

    def pause(_seconds: float) -> bool:
        desk.clock.forward(seconds=2)
        if not acts:
            return True
        acts.pop(0)()
        return False

    following = Following(desk.publication(FolderStore(tmp_path)), pause=pause, seconds=lambda: 0.0)
    following.run(PLAIN, every=2, told=lambda report: told.append(report.written), failed=pytest.fail)
    assert [len(one) for one in told] == [5, 2]


def test_command_follows_until_it_is_told_to_stop(
    run: Run, extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", str(extract))
    monkeypatch.setattr(signal, "signal", lambda _number, _handler: None)
    monkeypatch.setattr(threading.Event, "wait", ends_at_the_second())
    code, output, complaints = run("publish", "--follow", "--to", str(tmp_path / "public"))
    assert (code, "aggregation.json" in output) == (0, True)
    assert complaints.endswith("stopped\n")
    assert f"publishing to {tmp_path}/public whatever changes" in complaints


def ends_at_the_second() -> Callable[..., bool]:
    waits: list[object] = []

    def wait(*_given: object) -> bool:
        waits.append(None)
        return len(waits) > 1

    return wait


def test_following_and_what_is_done_once_do_not_mix(run: Run) -> None:
    for once in ("--full", "--leap-ahead"):
        code, _, complaints = run("publish", "--follow", once)
        assert (code, "run `publish` with that once, first" in complaints) == (2, True)


@pytest.mark.parametrize("store", ["", "a\nb", "s3://B", "ftp://somewhere/x"])
def test_store_that_is_none_is_refused(run: Run, extract: Path, store: str) -> None:
    run("import", str(extract))
    code, output, complaints = run("publish", "--to", store)
    assert (code, output) == (2, "")
    assert "s3://BUCKET" in complaints
