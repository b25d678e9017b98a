"""The published vectors of moving frames: each directory's name says what its last frame does."""

from pathlib import Path

import pytest

from verifier.credential.carrier import MalformedCarrier
from verifier.credential.frames import Collector

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "frames"


def texts(name: str) -> list[str]:
    return (FOLDER / name / "frames.txt").read_text(encoding="ascii").splitlines()


def names(expectation: str) -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.name.endswith(expectation))


def test_there_are_vectors_of_both_expectations() -> None:
    assert len(names("_restore")) >= 7
    assert len(names("_refused")) >= 12
    assert len(names("_restore")) + len(names("_refused")) == sum(1 for _ in FOLDER.iterdir())


@pytest.mark.parametrize("name", names("_restore"))
def test_the_last_frame_makes_the_wire_whole(name: str) -> None:
    wire = bytes.fromhex((FOLDER / name / "wire.hex").read_text(encoding="ascii"))
    *earlier, last = texts(name)
    collector = Collector()
    assert [collector.add(text).wire for text in earlier] == [None] * len(earlier)
    assert collector.add(last).wire == wire


@pytest.mark.parametrize("name", names("_refused"))
def test_the_last_frame_is_refused(name: str) -> None:
    *earlier, last = texts(name)
    collector = Collector()
    for text in earlier:
        assert collector.add(text).wire is None
    with pytest.raises(MalformedCarrier):
        collector.add(last)
