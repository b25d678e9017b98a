"""Root and directory with holders apart: each signs on a machine of their own, and nothing else counts."""

import json
from pathlib import Path

import pytest
from support.ceremony import DIRECTORY, ROOT, Ceremony, cheap_passphrases

from keys.trust.folder import read_folder


@pytest.fixture
def ceremony(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    cheap_passphrases(monkeypatch)
    return Ceremony(tmp_path, capsys)


@pytest.fixture
def established(ceremony: Ceremony) -> Ceremony:
    ceremony.establish()
    return ceremony


def test_three_of_five_holders_on_their_own_machines_make_a_root(established: Ceremony) -> None:
    directory, state = established.read()
    assert directory.environment == "test"
    assert state.versions == {"timestamp": 1, "snapshot": 1, "targets": 1}
    files = read_folder(established.machine("operator") / "out")
    assert len(json.loads(files["1.root.json"])["signatures"]) == 3
    assert len(json.loads(files["1.targets.json"])["signatures"]) == 2


def test_one_holder_who_refuses_stops_nothing(established: Ceremony) -> None:
    assert not list(established.machine("Eva").glob("*.draft.json"))
    assert established.read()[0].published_at
