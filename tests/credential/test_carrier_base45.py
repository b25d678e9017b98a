"""Base45 as RFC 9285 has it, and nothing looser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.credential import base45
from verifier.credential.base45 import Base45Error


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_the_examples_of_rfc_9285(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=300))
def test_any_bytes_come_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A", id="one character"),
        pytest.param("BB8B", id="one character over"),
        pytest.param("GGW", id="65536"),
        pytest.param(":::", id="the largest triplet"),
        pytest.param("V5", id="256"),
        pytest.param("BB8::", id="the largest pair"),
        pytest.param("bb8", id="small letters"),
        pytest.param("BB8\n", id="a line feed"),
        pytest.param("BB,", id="a comma"),
        pytest.param("BBÅ", id="not ASCII"),
        pytest.param("BB\x00", id="NUL"),
    ],
)
def test_text_that_encodes_nothing_is_refused(text: str) -> None:
    with pytest.raises(Base45Error):
        base45.decode(text)


@given(st.text(st.sampled_from(base45.ALPHABET), max_size=60))
def test_any_text_of_the_alphabet_is_canonical_or_refused(text: str) -> None:
    try:
        data = base45.decode(text)
    except Base45Error:
        return
    assert base45.encode(data) == text
