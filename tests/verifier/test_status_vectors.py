"""The published vectors of status for ships: each directory's name says what must come of its blob."""

import json
import sys
from datetime import UTC, datetime
from importlib import util
from pathlib import Path
from typing import Any

import pytest
from support.simulator import Authority, directory, seeded_signer

from keys.algorithms import Algorithm
from keys.trust.directory import STATUS
from verifier.ship_status import Kind, apply_delta, peek, verify_snapshot
from verifier.status import StatusList, StatusListError

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "status"
NORWAY, DENMARK = Authority("NO"), Authority("DK")
for one in (NORWAY, DENMARK):
    one.add_key(STATUS, signer=seeded_signer(f"vectors {one.flag}", Algorithm.ED25519))
TRUSTED = directory(NORWAY, DENMARK)


def blob(name: str) -> bytes:
    return bytes.fromhex((FOLDER / name / "blob.hex").read_text(encoding="ascii"))


def base(name: str) -> StatusList | None:
    path = FOLDER / name / "base.json"
    if not path.exists():
        return None
    said = json.loads(path.read_text(encoding="ascii"))
    return StatusList(
        uri=said["uri"],
        issuer=NORWAY.iss,
        iat=datetime.fromtimestamp(said["iat"], UTC),
        exp=None,
        bits=2,
        states=bytes.fromhex(said["states"]),
        number=said["number"],
    )


def names(expectation: str) -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.name.endswith(expectation))


def read(name: str) -> dict[str, Any]:
    held = base(name)
    if held is not None:
        found = apply_delta(held, blob(name), directory=TRUSTED)
    else:
        found = verify_snapshot(blob(name), directory=TRUSTED)
    return {
        "uri": found.uri,
        "number": found.number,
        "iat": int(found.iat.timestamp()),
        "exp": None if found.exp is None else int(found.exp.timestamp()),
        "states": found.states.hex(),
    }


def test_there_are_vectors_of_both_expectations_and_kinds() -> None:
    good, bad = names("_reads"), names("_refused")
    assert len(good) >= 12
    assert len(bad) >= 24
    assert {peek(blob(name)).kind for name in good} == set(Kind)
    assert len(good) + len(bad) + 1 == sum(1 for _ in FOLDER.iterdir())  # trusted.json


@pytest.mark.parametrize("name", names("_reads"))
def test_a_vector_reads_as_its_list(name: str) -> None:
    assert read(name) == json.loads((FOLDER / name / "list.json").read_text(encoding="ascii"))


@pytest.mark.parametrize("name", names("_refused"))
def test_a_vector_is_refused(name: str) -> None:
    with pytest.raises(StatusListError):
        read(name)


def test_the_vectors_are_those_of_their_script() -> None:
    path = FOLDER.with_name("make_status.py")
    spec = util.spec_from_file_location("make_status", path)
    assert spec is not None
    assert spec.loader is not None
    script = util.module_from_spec(spec)
    sys.modules["make_status"] = script
    try:
        spec.loader.exec_module(script)
        for name, vector in script.vectors().items():
            assert vector.blob == blob(name) or "ES256" in name or "certificate-key" in name, name
    finally:
        del sys.modules["make_status"]
