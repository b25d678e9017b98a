"""Our TUF workflow under the third-party suite `tuf-conformance`, and against a folder of our own.

The suite is in no package index: clone it beside this checkout, or name its folder in OMBORD_TUF_CONFORMANCE.
It needs the program `faketime`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from support.simulator import Authority, Publication

from keys.trust.folder import write_folder

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
CLIENT = HERE / "strict_client.py"


@pytest.fixture(scope="module")
def suite() -> Path:
    folder = Path(os.environ.get("OMBORD_TUF_CONFORMANCE", CHECKOUT.parent / "tuf-conformance"))
    if not (folder / "tuf_conformance" / "conftest.py").is_file():
        pytest.skip("the suite tuf-conformance is not here: no ../tuf-conformance beside the checkout")
    if shutil.which("faketime") is None:
        pytest.skip("the suite tuf-conformance needs the program faketime")
    return folder


@pytest.mark.loopback
def test_every_test_of_tuf_conformance_passes_in_strict_mode(suite: Path) -> None:
    client = f"{sys.executable} {CLIENT}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tuf_conformance"]
    run = subprocess.run(
        [*command, "--entrypoint", client],
        cwd=suite,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=1_200,
    )
    assert run.returncode == 0, run.stdout[-4_000:]
    summary = run.stdout.strip().splitlines()[-1]
    assert " passed" in summary
    assert not {"failed", "skipped", "xfailed", "error"} & set(summary.replace(",", "").split())


# The strict client on what our own publisher writes


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def strict(address: str, home: Path, *words: str, at: str = "2026-11-22 12:00:00") -> int:
    """Run the client as the suite does, at a time of our own."""
    where = ["--metadata-dir", str(home), "--metadata-url", address]
    command = ["faketime", "-f", at, sys.executable, str(CLIENT), *where, *words]
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, env=env, capture_output=True, check=False, timeout=60).returncode


@pytest.mark.loopback
@pytest.mark.skipif(shutil.which("faketime") is None, reason="the program faketime is needed")
def test_any_tuf_client_can_follow_what_we_publish_until_it_expires(tmp_path: Path) -> None:
    published = Publication(Authority("NO"), Authority("DK"))
    home, targets = tmp_path / "home", tmp_path / "targets"
    home.mkdir()
    targets.mkdir()
    (tmp_path / "root.json").write_bytes(published.root)
    write_folder(tmp_path / "site", published.files)
    with served(tmp_path / "site") as address:
        assert strict(address, home, "init", str(tmp_path / "root.json")) == 0
        assert strict(address, home, "refresh") == 0
        wanted = ["--target-name", "NO/keys.json", "--target-base-url", f"{address}targets/"]
        into = ["--target-dir", str(targets)]
        assert strict(address, home, *wanted, *into, "download") == 0
        assert strict(address, home, *wanted, *into, "download") == 0
        (keys,) = targets.iterdir()
        assert keys.read_bytes() in published.files.values()
        assert strict(address, home, "refresh", at="2027-03-01 12:00:00") == 1
        wanted[1] = "SE/keys.json"
        assert strict(address, home, *wanted, *into, "download") == 1
