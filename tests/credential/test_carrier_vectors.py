"""The published vectors: each directory's name says what must come of its wire."""

from pathlib import Path

import pytest

from verifier.credential import carrier, muster
from verifier.credential.carrier import MalformedCarrier

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "carrier"


def wire(name: str) -> bytes:
    return bytes.fromhex((FOLDER / name / "wire.hex").read_text(encoding="ascii"))


def qr_text(name: str) -> str:
    return (FOLDER / name / "qr.txt").read_text(encoding="ascii")


def names(expectation: str) -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.name.endswith(expectation))


def test_there_are_vectors_of_both_expectations() -> None:
    assert len(names("_unpacks")) >= 8
    assert len(names("_refused")) >= 12
    assert len(names("_unpacks")) + len(names("_refused")) == sum(1 for _ in FOLDER.iterdir())


@pytest.mark.parametrize("name", names("_unpacks"))
def test_a_vector_unpacks_to_its_token_and_packs_to_its_wire(name: str) -> None:
    token = (FOLDER / name / "token.txt").read_text(encoding="ascii")
    first, *others = token.split("\n")
    assert muster.unpack(wire(name)) == [first, *others]
    assert carrier.from_qr_text(qr_text(name)) == wire(name)
    packed = muster.pack(first, others) if name.startswith("muster") else carrier.pack(first)
    assert muster.unpack(packed) == [first, *others]


@pytest.mark.parametrize("name", names("_refused"))
def test_a_vector_is_refused(name: str) -> None:
    with pytest.raises(MalformedCarrier):
        muster.unpack(carrier.from_qr_text(qr_text(name)))
    with pytest.raises(MalformedCarrier):
        muster.unpack(wire(name))


def test_the_worked_example_of_the_formats_page_is_a_vector() -> None:
    page = (FOLDER.parent.parent.parent / "docs" / "credential-format.md").read_text(encoding="utf-8")
    example = page.partition("Whole wire:")[2].partition("##")[0]
    assert bytes.fromhex(example) == wire("competency_unpacks")
    assert f"{len(wire('competency_unpacks'))} bytes as wire" in page
