"""Reports from JSON: everything that is wrong is named, whatever is sent; what was stored reads back."""

from datetime import date
from fractions import Fraction
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.domain.qualifications import (
    REPORTED,
    Code,
    Completed,
    Picture,
    RecordContents,
    Report,
    SeaService,
    Ship,
)
from issuer.rules.facts import ATTACHMENTS, Kind
from issuer.services.qualifications.reading import read_report, stored_contents
from issuer.services.qualifications.writing import report_json, text_of

SERVICE: dict[str, Any] = {
    "kind": "service",
    "seafarer_id": "7K3M9QXA",
    "contents": {
        "first": "2024-01-01",
        "last": "2024-06-30",
        "department": "deck",
        "ship": {"imo": "9319466"},
    },
}


def wrong(members: Any) -> list[tuple[str, Code]]:
    found = read_report(members)
    assert not isinstance(found, Report), found
    assert all(one.message and one.hint for one in found)
    return [(one.pointer, one.code) for one in found]


def changed(path: str, value: Any) -> dict[str, Any]:
    members = orjson.loads(orjson.dumps(SERVICE))
    *folders, name = path.strip("/").split("/")
    place = members
    for folder in folders:
        place = place[folder]
    place[name] = value
    return dict(members)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/kind", "holding"), ("/kind", None), ("/kind", 7), ("/seafarer_id", "7K3-M"),
        ("/seafarer_id", "x" * 9), ("/contents", None), ("/contents", []),
        ("/contents/first", "2023-02-29"), ("/contents/first", 20240101),
        ("/contents/first", "20240101"), ("/contents/last", None), ("/contents/department", ""),
        ("/contents/department", "x" * 61), ("/contents/department", "a\u0000b"), ("/contents/hours", -1),
        ("/contents/hours", "1.234"), ("/contents/hours", True), ("/contents/marks", "brovakt"),
        ("/contents/marks", ["x"] * 21), ("/contents/marks", [1]), ("/contents/ship", "Havsbris"),
        ("/contents/ship/gt", "4000"), ("/contents/ship/gt", -1), ("/contents/ship/gt", 10_000_001),
        ("/contents/ship/gt", True), ("/reference", "x" * 101), ("/reference", "\u202e"), ("/document", "=="),
        ("/document", 7), ("/personal_number", "19900118-9811"),
    ],
)  # fmt: skip
def test_member_that_is_wrong_is_named(path: str, value: Any) -> None:
    assert wrong(changed(path, value)) == [(path, Code.MALFORMED)]


@pytest.mark.parametrize("path", ["/rank", "/contents/rang", "/contents/ship/colour"])
def test_member_that_nobody_reads_is_named_rather_than_passed_over(path: str) -> None:
    assert wrong(changed(path, "x")) == [(path.rpartition("/")[0], Code.MALFORMED)]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    members = changed("/contents/first", "soon")
    members["contents"]["last"] = "later"
    members["kind"] = "adventure"
    assert [pointer for pointer, _ in wrong(members)] == ["/kind", "/contents/first", "/contents/last"]


def test_personal_number_that_is_misspelt_is_not_told_back() -> None:
    members = {**SERVICE, "personal_number": {"kind": "19900118-9811", "number": "x" * 41}}
    assert "9811" not in repr(read_report(members))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(st.sampled_from([*SERVICE, "document", "reference", "personal_number", "x"]), ANY_JSON)
)
def test_whatever_is_sent_is_read_or_refused(members: dict[str, Any]) -> None:
    found = read_report(members)
    assert isinstance(found, Report) or found


def words(longest: int = 60) -> st.SearchStrategy[str | None]:
    letters = st.text("abcåäöÆØ- 019", min_size=1, max_size=longest).filter(lambda text: bool(text.strip()))
    return st.none() | letters


WHOLE = st.none() | st.integers(0, 10_000_000)
MARKS = st.frozensets(st.sampled_from(["brovakt", "handledd", "syn"]))
HOURS = st.none() | st.integers(0, 99_999_999).map(lambda n: Fraction(n, 100))
SHIPS = st.builds(
    Ship, imo=words(), name=words(), call_sign=words(), home_port=words(), flag=words(), gt=WHOLE, kw=WHOLE,
    use=words(), type=words(), propulsion=words(),
)  # fmt: skip
CODE = words().map(lambda text: text or "x")
SERVICES = st.builds(
    SeaService, first=st.dates(), last=st.dates(), department=CODE, rank=words(), ship=st.none() | SHIPS,
    area=words(), hours=HOURS, marks=MARKS,
)  # fmt: skip
COMPLETED = st.builds(
    Completed, code=CODE, day=st.dates(), until=st.none() | st.dates(), marks=MARKS, number=words()
)
CONTENTS: st.SearchStrategy[tuple[Kind, RecordContents]] = (
    st.tuples(st.just(Kind.SERVICE), SERVICES)
    | st.tuples(st.sampled_from(sorted(REPORTED - ATTACHMENTS - {Kind.SERVICE})), COMPLETED)
    | st.tuples(st.sampled_from(sorted(ATTACHMENTS)), st.builds(Picture, day=st.dates()))
)


@given(CONTENTS)
def test_what_is_stored_reads_back_as_it_was(of: tuple[Kind, RecordContents]) -> None:
    kind, contents = of
    text = text_of(contents)
    read = stored_contents(kind, orjson.loads(text))
    assert read == contents
    assert text_of(read) == text


@given(CONTENTS, st.none() | st.binary(max_size=20), words())
def test_refused_report_could_be_sent_again_as_it_was_kept(
    of: tuple[Kind, RecordContents], document: bytes | None, reference: str | None
) -> None:
    report = Report(
        kind=of[0], contents=of[1], seafarer_id="7K3M9QXA", reference=reference, document=document
    )
    assert read_report(orjson.loads(report_json(report))) == report


def test_day_beyond_the_calendar_is_none() -> None:
    with pytest.raises(ValueError, match="stored contents: /day"):
        stored_contents(Kind.PHOTO, {"day": "2024-02-30"})
    assert stored_contents(Kind.PHOTO, {"day": "2024-02-29"}) == Picture(day=date(2024, 2, 29))
