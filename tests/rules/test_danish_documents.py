"""What a Danish sea-service statement and a diver's certificate must contain, and what they lack."""

from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.adapters.law_files import contents
from issuer.rules.content import RequiredContent, Slip
from issuer.rules.reading.content_file import contents_of, given_in
from issuer.rules.reading.entry import LawError
from issuer.rules.statement import Total, check, totals

STATEMENT: dict[str, Any] = {
    "seafarer": {"name": "Signe Ægidius Åkær"},
    "signed_on": {"place": "Esbjerg", "day": "2025-01-15"},
    "ship": {
        "type": "ro-ro", "name": "Sønderho", "home_port": "Fanø", "call_sign": "OXAB2",
        "gt": 4_500, "kw": 3_100,
    },
    "position": {"name": "styrmand"},
    "signed_off": {"place": "Esbjerg", "day": "2025-04-14"},
    "total": {"months": 3, "days": 0},
    "area": {"name": "Nordsøen"},
    "signatures": {"master": "J. Holm", "seafarer": "S. Åkær"},
}  # fmt: skip
DIVER: dict[str, Any] = {
    "holder": {"name": "Anker Bro", "birth_date": "1999-02-28"},
    "provider": {"name": "Dykkerskolen"},
    "training": {"name": "Erhvervsdykkeruddannelse", "legal_basis": "bekendtgørelse om dykkeruddannelser"},
    "examined": [{"part": "dykkerteori", "result": "10"}],
    "documented": [],
    "credited": [{"exam": "førstehjælp", "result": "Bestået"}],
}
MINIMUM_FIELDS, DIVER_FIELDS = 8, 6


@pytest.fixture(scope="module")
def statement() -> RequiredContent:
    return contents()["DK.fartstidserklaering"]


@pytest.fixture(scope="module")
def diver() -> RequiredContent:
    return contents()["DK.erhvervsdykkerbevis"]


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The document with another value there; None takes it away."""
    found = deepcopy(document)
    *way, last = path.split("/")
    place: Any = found
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return found


def slips(content: RequiredContent, document: dict[str, Any]) -> list[tuple[int, str, Slip]]:
    return [(one.number, one.pointer, one.slip) for one in check(content, document)]


def test_a_statement_with_its_eight_fields_will_do(statement: RequiredContent) -> None:
    assert len(statement.fields) == MINIMUM_FIELDS
    assert check(statement, STATEMENT) == ()
    assert check(statement, {**STATEMENT, "remarks": "more than the least"}) == ()


def test_of_an_empty_statement_every_field_is_missing_and_named(statement: RequiredContent) -> None:
    found = check(statement, {})
    assert [(one.number, one.slip) for one in found] == [
        (number, Slip.MISSING) for number in range(1, MINIMUM_FIELDS + 1)
    ]
    assert found[0].message == "The seafarer's full name is missing"
    assert found[5].names["da"] == "Fartstid i alt (måneder og dage)"


@pytest.mark.parametrize(
    ("path", "value", "number", "pointer", "slip"),
    [
        ("seafarer/name", None, 1, "/seafarer/name", Slip.MISSING),
        ("seafarer/name", "   ", 1, "/seafarer/name", Slip.NOT_TEXT),
        ("seafarer", "Signe", 1, "/seafarer", Slip.NOT_NAMES_AND_VALUES),
        ("signed_on/place", None, 2, "/signed_on/place", Slip.MISSING),
        ("signed_on/day", "2025-02-29", 2, "/signed_on/day", Slip.NOT_A_DAY),
        ("signed_on/day", "20250115", 2, "/signed_on/day", Slip.NOT_A_DAY),
        ("ship/gt", None, 3, "/ship/gt", Slip.MISSING),
        ("ship/gt", "4500", 3, "/ship/gt", Slip.NOT_A_NUMBER),
        ("ship/kw", -1, 3, "/ship/kw", Slip.NOT_A_NUMBER),
        ("ship/kw", True, 3, "/ship/kw", Slip.NOT_A_NUMBER),
        ("ship/call_sign", None, 3, "/ship", Slip.MISSING),
        ("position/name", "x" * 501, 4, "/position/name", Slip.NOT_TEXT),
        ("signed_off/day", "2025-01-14", 5, "/signed_off/day", Slip.ENDS_BEFORE_IT_BEGINS),
        ("total/days", None, 6, "/total/days", Slip.MISSING),
        ("total/days", 2, 6, "/total", Slip.TOTAL_DIFFERS),
        ("total/months", 10**9, 6, "/total/months", Slip.NOT_A_NUMBER),
        ("area/name", 7, 7, "/area/name", Slip.NOT_TEXT),
        ("signatures/master", None, 8, "/signatures", Slip.MISSING),
        ("signatures/seafarer", None, 8, "/signatures/seafarer", Slip.MISSING),
    ],
)
def test_what_a_statement_lacks_is_said_by_field_and_place(
    statement: RequiredContent, path: str, value: object, number: int, pointer: str, slip: Slip
) -> None:
    assert (number, pointer, slip) in slips(statement, changed(STATEMENT, path, value))


@pytest.mark.parametrize("instead", ["port_number", "other_mark"])
def test_a_fishing_number_or_the_like_will_do_instead_of_a_call_sign(
    statement: RequiredContent, instead: str
) -> None:
    without = changed(STATEMENT, "ship/call_sign", None)
    assert check(statement, changed(without, f"ship/{instead}", "E 42")) == ()


@pytest.mark.parametrize(
    ("first", "last", "calendar", "thirties"),
    [
        ("2025-01-15", "2025-04-14", (3, 0), (3, 0)),  # 90 days
        ("2025-01-15", "2025-04-15", (3, 1), (3, 1)),
        ("2025-01-01", "2025-12-31", (12, 0), (12, 5)),
        ("2024-02-29", "2025-02-27", (12, 0), (12, 5)),  # of 29 February the anniversary is 28 February
        ("2024-02-01", "2024-02-29", (1, 0), (0, 29)),
        ("2025-02-01", "2025-02-28", (1, 0), (0, 28)),
        ("2025-01-31", "2025-02-27", (1, 0), (0, 28)),
        ("2025-06-10", "2025-06-10", (0, 1), (0, 1)),
    ],
)
def test_the_sum_is_taken_by_the_calendar_or_by_thirty_days(
    statement: RequiredContent, first: str, last: str, calendar: tuple[int, int], thirties: tuple[int, int]
) -> None:
    known = totals(date.fromisoformat(first), date.fromisoformat(last))
    assert known == tuple(dict.fromkeys((Total(*calendar), Total(*thirties))))
    for months, days in (calendar, thirties, (thirties[0], thirties[1] + 1)):
        document = changed(changed(STATEMENT, "signed_on/day", first), "signed_off/day", last)
        found = check(statement, {**document, "total": {"months": months, "days": days}})
        assert bool(found) is ((months, days) not in known)


def test_a_sum_that_differs_says_what_the_dates_make(statement: RequiredContent) -> None:
    document = changed(changed(STATEMENT, "signed_off/day", "2025-12-31"), "total/months", 12)
    (flaw,) = check(statement, document)
    assert flaw.message == (
        "12 months 0 days are stated; from 2025-01-15 to 2025-12-31 there are "
        "11 months 17 days or 11 months 21 days"
    )


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 2_000))
def test_both_ways_to_count_have_as_many_days_as_the_calendar(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    calendar, *_ = totals(first, last)
    *_, thirties = totals(first, last)
    assert thirties.months * 30 + thirties.days == more + 1
    assert calendar.days <= 30
    assert calendar.months * 28 + calendar.days <= more + 1


def test_a_divers_certificate_has_six_fields_and_may_say_that_there_is_nothing_in_the_last_two(
    diver: RequiredContent,
) -> None:
    assert len(diver.fields) == DIVER_FIELDS
    assert diver.flaws(DIVER) == ()
    assert diver.flaws({**DIVER, "credited": []}) == ()
    (silent,) = diver.flaws(changed(DIVER, "credited", None))
    assert (silent.number, silent.slip) == (6, Slip.MISSING)


@pytest.mark.parametrize(
    ("path", "value", "number", "pointer"),
    [
        ("holder/birth_date", None, 1, "/holder"),
        ("provider/name", None, 2, "/provider/name"),
        ("training/legal_basis", None, 3, "/training/legal_basis"),
        ("examined", [], 4, "/examined"),
        ("examined", {"part": "x", "result": "7"}, 4, "/examined"),
        ("examined", [{"part": "x", "result": "7"}] * 1_001, 4, "/examined"),
        ("examined/0/result", None, 4, "/examined/0/result"),
        ("documented", [{}], 5, "/documented/0/part"),
        ("credited", ["førstehjælp"], 6, "/credited/0"),
    ],
)
def test_what_a_divers_certificate_lacks_is_said_by_number_of_paragraph_40(
    diver: RequiredContent, path: str, value: object, number: int, pointer: str
) -> None:
    assert [(one.number, one.pointer) for one in diver.flaws(changed(DIVER, path, value))] == [
        (number, pointer)
    ]


def test_another_identification_than_a_birthday_will_do(diver: RequiredContent) -> None:
    holder = {"name": "Anker Bro", "identification": "elev 4711"}
    assert diver.flaws({**DIVER, "holder": holder}) == ()


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("name: text", "name: words", "name: words is not known here; known: text, day, number"),
        ("id: b", "id: a", "two fields have the same id"),
        ("parts: {place", "may_be_empty: true, parts: {place", "only a list may be empty"),
    ],
)
def test_a_slip_in_the_file_is_named(was: str, now: str, said: str) -> None:
    text = (
        "contents:\n- {id: X, act: A, ref: 1, names: {en: X}, fields: "
        "[{id: a, names: {en: a}, parts: {name: text}}, {id: b, names: {en: b}, parts: {place: text}}]}\n"
    )
    assert list(contents_of(text.encode(), "x.yaml")) == ["X"]
    with pytest.raises(LawError, match=said):
        contents_of(text.replace(was, now).encode(), "x.yaml")


def test_what_is_named_twice_is_refused(tmp_path: Path) -> None:
    one = (
        "- {id: X, act: A, ref: 1, names: {en: X}, fields: [{id: a, names: {en: a}, parts: {name: text}}]}\n"
    )
    (tmp_path / "x.yaml").write_text(f"contents:\n{one}{one}")
    with pytest.raises(LawError, match="stands here twice"):
        contents(tmp_path)


def test_a_document_in_a_file_is_taken_as_it_was_written() -> None:
    text = b'{a: 4500, b: "4500", c: NO, d: 2025-01-15, e: [x, 1], f: [], g: {h: null}, i: 1.5, j: 0042}'
    assert given_in(text, "s.yaml") == {
        "a": 4_500,
        "b": "4500",
        "c": "NO",
        "d": "2025-01-15",
        "e": ["x", 1],
        "f": [],
        "g": {"h": None},
        "i": "1.5",
        "j": "0042",
    }
    with pytest.raises(LawError, match="stands here twice"):
        given_in(b"{a: 1, a: 2}", "s.yaml")
