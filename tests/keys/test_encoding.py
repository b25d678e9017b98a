"""Strict base64url and JSON: docs/security.md's "Encoding" line, rule by rule."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import (
    EncodingError,
    Json,
    b64url_decode,
    b64url_encode,
    json_dumps,
    json_loads,
    json_object,
)


@given(st.binary(max_size=200))
def test_base64url_agrees_with_the_standard_library_and_comes_back(data: bytes) -> None:
    text = b64url_encode(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    assert b64url_decode(text) == data
    assert b64url_decode(text.encode()) == data


@given(st.text(alphabet="AQgwEZaz09-_+/= \n\tÅ", max_size=12))
def test_whatever_base64url_is_accepted_is_the_one_canonical_form(text: str) -> None:
    try:
        data = b64url_decode(text)
    except EncodingError:
        return
    assert b64url_encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "QQ==",
        "QQ=",
        "Q",
        "QR",
        "QQJ",
        "Q+Q_",
        "Q/Q_",
        "QQ QQ",
        "QQQQ\n",
        " QQQQ",
        "QQ\x00Q",
        "QQQÅ",
        "=",
        "QQ=Q",
    ],
)
def test_padding_other_alphabets_white_space_and_spare_bits_are_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        b64url_decode(text)


REFUSED_JSON = {
    "a name twice": b'{"a":1,"a":1}',
    "a name twice, deep inside": b'{"a":[{"b":1,"b":2}]}',
    "a name twice, once escaped": b'{"a":1,"\\u0061":2}',
    "NaN": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a float": b'{"exp":1.0}',
    "an exponent": b'{"exp":1e9}',
    "an integer of 5,000 digits": b'{"a":' + b"1" * 5000 + b"}",
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "UTF-16 without mark": '{"a":1}'.encode("utf-16-le"),
    "Latin-1": '{"a":"Ø"}'.encode("latin-1"),
    "overlong UTF-8": b'{"a":"\xc0\xaf"}',
    "raw surrogate": b'{"a":"\xed\xa0\x80"}',
    "lone surrogate escape": b'{"a":"\\ud800"}',
    "lone surrogate as a name": b'{"\\uDFFF":1}',
    "NUL escape": b'{"a":"\\u0000"}',
    "raw NUL": b'{"a":"\x00"}',
    "raw control character": b'{"a":"\n"}',
    "trailing text": b'{"a":1}x',
    "second value": b'{"a":1}{"b":2}',
    "trailing NUL": b'{"a":1}\x00',
    "nothing": b"",
    "single quotes": b"{'a':1}",
    "trailing comma": b'{"a":1,}',
    "comment": b'{"a":1/**/}',
    "nested 17 deep": b"[" * 17 + b"]" * 17,
    "nested 10,000 deep": b"[" * 10_000,
    "larger than the bound": b'"' + b"x" * 65_536 + b'"',
}


@pytest.mark.parametrize("data", REFUSED_JSON.values(), ids=REFUSED_JSON.keys())
def test_json_outside_the_strict_form_is_refused(data: bytes) -> None:
    with pytest.raises(EncodingError):
        json_loads(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 16 + b"]" * 16,
        b'{"a":"[[[[[[[[[[[[[[[[[[{{{{"}',
        b'{"a":"\\\\\\"[[[[[[[[[[[[[[[[["}',
        b'{"a":"\\ud83d\\ude00"}',
        ' {"navn": "Østergård 李"} '.encode(),
    ],
    ids=["16 deep", "brackets in a string", "escaped quote", "surrogate pair", "spaces and letters"],
)
def test_json_inside_the_strict_form_is_read_as_the_standard_library_reads_it(data: bytes) -> None:
    assert json_loads(data) == json.loads(data)


def test_an_object_is_demanded_where_one_belongs() -> None:
    with pytest.raises(EncodingError, match="not an object"):
        json_object(b"[1]")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values)
def test_what_is_written_is_read_again(value: object) -> None:
    assert json_loads(json_dumps(value)) == value


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_a_value_or_a_typed_refusal(data: bytes) -> None:
    with suppress(EncodingError):
        assert json_dumps(json_loads(data))


def test_nan_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_dumps({"a": float("nan")})


def _depth(value: object) -> int:
    """Nested arrays and objects."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max(map(_depth, inner), default=0) + isinstance(value, dict | list)


@given(
    st.recursive(
        st.text('"\\[]{},:a', max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('"\\]}', max_size=3), inner),
        max_leaves=12,
    )
)
def test_depth_is_that_of_the_value_whatever_its_strings_hold(value: Json) -> None:
    data, depth = json.dumps(value).encode(), _depth(value)
    assert json_loads(data, max_depth=depth) == value
    if depth:
        with pytest.raises(EncodingError, match="nested deeper"):
            json_loads(data, max_depth=depth - 1)
