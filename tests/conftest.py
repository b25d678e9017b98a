"""What every test gets: blocked sockets, repeatable examples, Kivy off screen, a closing word on skips."""

import atexit
import gc
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

WITHIN = 1_000_000  # new objects in one test after which they are looked through; Python's own is 700
BETWEEN = 50_000  # new objects, at the end of a test, that are worth looking through; an app has as many
ROUNDS = 100  # of that, after which all are looked through
LOOPBACK = ["127.0.0.1", "::1"]
CHECKOUT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("OMBORD_HYPOTHESIS_PROFILE", "repeatable"))


def _keep_kivy_off_the_screen() -> None:
    """Settle Kivy's surroundings before anything imports it: it reads them, and `sys.argv`, at import."""
    home = tempfile.mkdtemp(prefix="ombord-kivy-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ.pop("DISPLAY", None)
    os.environ.update(
        KIVY_HOME=home,
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_CLIPBOARD="dummy",
        SDL_VIDEODRIVER="offscreen",
    )


_keep_kivy_off_the_screen()


def pytest_collection_finish() -> None:
    """What was imported stays for good: it is not looked through again and again for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(WITHIN, ROUNDS, ROUNDS)


def pytest_runtest_logfinish() -> None:
    """Look for garbage between tests, when nearly all is: within one little is, and it took a third of it."""
    if gc.get_count()[0] > BETWEEN:
        gc.collect(0)
        gc.collect(1 if gc.get_count()[2] < ROUNDS else 2)  # what only the first round shows to be garbage


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Open the loopback range, and only that, to tests that are marked `loopback`."""
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.fixture(scope="session")
def shared_vectors() -> Path:
    """Third-party test vectors beside the checkout; tests that need them skip where they are absent."""
    folder = CHECKOUT.parent / "shared" / "vectors"
    if not folder.is_dir():
        pytest.skip("third-party vectors are not here: no ../shared/vectors beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shared_sources() -> Path:
    """The texts of law beside the checkout; tests that read them skip where they are absent."""
    folder = CHECKOUT.parent / "shared" / "sources"
    if not folder.is_dir():
        pytest.skip("the texts of law are not here: no ../shared/sources beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shared_requirements() -> Path:
    """The list of demands beside the checkout; tests that read it skip where it is absent."""
    file = CHECKOUT.parent / "shared" / "requirements.tsv"
    if not file.is_file():
        pytest.skip("the list of demands is not here: no ../shared/requirements.tsv beside the checkout")
    return file


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped and why, counted by reason, also when workers ran the tests."""
    reasons = Counter(_skip_reason(report) for report in terminalreporter.stats.get("skipped", []))
    terminalreporter.section("not run")
    if not reasons:
        terminalreporter.write_line("Nothing was skipped.")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count:4} skipped: {reason}")


def _skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Pull the reason out of a report, whose long form is (path, line, "Skipped: reason") for a skip."""
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")
