"""Personal numbers: one form, one person, sealed at rest, and nowhere else to be found."""

import logging
from base64 import b64encode
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from support.issuer_app import issuer_settings
from support.records import TEST_NUMBERS, RecordsOffice, company, service

from issuer.adapters.tables_qualifications import person, personal_number, refused_report
from issuer.domain.errors import Conflict, InvalidInput, NotFound, SettingsInvalid
from issuer.domain.personal_numbers import NoSuchNumber, looks_like_one, normalised, shown
from issuer.domain.qualifications import Code, IdentityKind, PersonalNumber, Problem, Unreadable, applicant
from issuer.rules.facts import Channel, Kind
from issuer.services.qualifications.persons import Persons
from issuer.services.qualifications.safe import PersonKey, Place, Safe, SealBroken
from keys.encoding import json_dumps

TODAY = date(2026, 11, 22)
INGRID = "7K3M9QXA"
PDF = b"%PDF-1.7\n%%EOF\n"


def number(kind: str, text: str) -> PersonalNumber:
    return PersonalNumber(kind=IdentityKind(kind), number=text)


@pytest.mark.parametrize(
    ("kind", "typed", "one_form"),
    [
        ("no-fodselsnummer", "014190 10029", "01419010029"),
        ("dk-cpr", "310130-1234", "3101301234"),
        ("se-personnummer", "900118-9811", "199001189811"),
        ("se-personnummer", "9001189811", "199001189811"),
        ("se-personnummer", "19900118-9811", "199001189811"),
        ("se-personnummer", "880320+0016", "188803200016"),
        ("se-personnummer", "900178-9800", "199001789800"),  # samordningsnummer: the day and sixty
        ("passport", "no t1234567", "NO-T1234567"),
    ],
)
def test_number_has_one_form_however_it_is_typed(kind: str, typed: str, one_form: str) -> None:
    assert normalised(number(kind, typed), TODAY).number == one_form


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("no-fodselsnummer", "01419010028"), ("no-fodselsnummer", "0141901002"), ("no-fodselsnummer", "x"),
        ("dk-cpr", "310230-1234"), ("dk-cpr", "310130-123"), ("se-personnummer", "900118-9812"),
        ("se-personnummer", "901318-9815"), ("se-personnummer", "20300118-9819"),
        ("se-personnummer", "٩٠٠١١٨-٩٨١١"),
        ("passport", "T1234567"), ("passport", "NO-" + "1" * 50), ("passport", ""),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_repeating_it(kind: str, typed: str) -> None:
    with pytest.raises(NoSuchNumber) as refused:
        normalised(number(kind, typed), TODAY)
    assert kind in str(refused.value)
    assert typed not in str(refused.value).removeprefix(kind) or typed in ("", "x")


@given(st.text(max_size=50), st.sampled_from(IdentityKind))
def test_whatever_is_typed_is_a_number_or_refused(text: str, kind: IdentityKind) -> None:
    try:
        found = normalised(PersonalNumber(kind=kind, number=text), TODAY)
    except NoSuchNumber:
        return
    assert normalised(found, TODAY) == found


@pytest.mark.parametrize("one", TEST_NUMBERS)
def test_number_shows_in_no_representation(one: PersonalNumber) -> None:
    assert one.number not in repr(one)
    assert one.number not in repr(replace(service("2024-01-01", "2024-01-02"), personal_number=one))


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("contract 01419010029", True), ("310130-1234", True), ("x19900118-9811", True),
        ("A-2026-000123", False), ("PO 1234567890", False), ("202611210008", False), ("", False),
    ],
)  # fmt: skip
def test_text_that_holds_somebodys_number_is_known(text: str, looks: bool) -> None:
    assert looks_like_one(text, TODAY) is looks
    assert not looks or shown(text) == "…"


def test_number_is_entered_found_and_shown_and_each_is_noted(office: RecordsOffice) -> None:
    for one in TEST_NUMBERS:
        assert office.persons.add(INGRID, one, actor="anna")
        assert not office.persons.add(INGRID, one, actor="anna")
        assert office.persons.find(one, actor="anna") == INGRID
    kinds = [one.kind for one in TEST_NUMBERS]
    found = office.persons.numbers(INGRID, actor="anna")
    assert sorted(one.kind for one in found) == sorted(kinds)
    assert {one.number for one in found} == {normalised(one, TODAY).number for one in TEST_NUMBERS}
    events = office.desk.events(INGRID)
    assert events == ["person-number-added", "person-found"] * len(kinds) + ["person-numbers-shown"]


def test_number_of_nobody_and_somebody_elses_number(office: RecordsOffice) -> None:
    one = TEST_NUMBERS[0]
    with pytest.raises(NotFound):
        office.persons.find(one, actor="anna")
    assert office.desk.events("register") == ["person-not-found"]
    with pytest.raises(NotFound):
        office.persons.add("NOBODY", one, actor="anna")
    office.persons.add(INGRID, one, actor="anna")
    with office.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO seafarer (seafarer_id, claims, source_digest) VALUES ('OTHER1', '{}', 'x')"
        )
    with pytest.raises(Conflict, match="another seafarer's"):
        office.persons.add("OTHER1", one, actor="anna")
    with pytest.raises(InvalidInput):
        office.persons.add(INGRID, replace(one, number="900118-9812"), actor="anna")


def test_no_number_is_in_anything_that_is_written(
    office: RecordsOffice, caplog: pytest.LogCaptureFixture
) -> None:
    """Tables, the audit trail, refusals, results and logs: searched for each number in every form."""
    caplog.set_level(logging.DEBUG)
    told: list[object] = []
    plain = service("2024-01-01", "2024-06-30")
    for one in TEST_NUMBERS:
        by_number = replace(plain, seafarer_id=None, personal_number=one)
        told += office.report(by_number)  # unknown: refused and kept
        told += office.report(replace(by_number, personal_number=replace(one, number=one.number + "9")))
        told += office.report(replace(plain, reference=one.number[-20:]))
        office.persons.add(INGRID, one, actor="anna")
        told += office.report(by_number)
        told.append(office.persons.find(one, actor="anna"))
    told += office.history.about(INGRID, actor="anna")
    told += office.reporting.refusals(applicant(INGRID))
    written = office.everything_stored() + repr(told) + caplog.text
    for one in TEST_NUMBERS[:-1]:
        found = normalised(one, TODAY).number
        for form in {one.number, found, found[2:], found[-10:], f"{found[:6]}-{found[6:]}"}:
            assert form not in written, one.kind
            assert form.encode().hex() not in written, one.kind


def test_erased_person_is_found_no_more_and_what_was_sealed_stays_shut(office: RecordsOffice) -> None:
    by = applicant(INGRID, Channel.UPLOAD)
    report = service("2024-01-01", "2024-01-31", document=PDF)
    record = office.accept(report, by=by)[0]
    office.persons.add(INGRID, TEST_NUMBERS[0], actor="anna")
    with pytest.raises(InvalidInput):
        office.persons.erase(INGRID, reason="", actor="anna")
    office.persons.erase(INGRID, reason="asked for", actor="anna")
    assert office.desk.events(INGRID)[-1] == "person-erased"
    with pytest.raises(NotFound):
        office.persons.find(TEST_NUMBERS[0], actor="anna")
    with pytest.raises(NotFound, match="document"):
        office.history.document(record, 1, actor="anna")
    with office.database.read() as connection:
        assert connection.execute(select(person.c.wrapped_key)).scalar_one() is None
        assert connection.execute(select(personal_number)).all() == []
    assert office.persons.numbers(INGRID, actor="anna") == []
    assert "person-erased" in repr(office.report(replace(report, reference="A-2"), by=by))
    for again in (
        lambda: office.persons.erase(INGRID, reason="asked for", actor="anna"),
        lambda: office.persons.add(INGRID, TEST_NUMBERS[0], actor="anna"),
    ):
        with pytest.raises(Conflict, match="was erased"):
            again()
    assert len(office.history.about(INGRID, actor="anna")) == 1  # that a record was there is kept


def test_erasing_reaches_what_was_refused(office: RecordsOffice) -> None:
    """By id, by number, what was no report at all, and what came before the person was entered."""
    reversed_ = service("2024-07-01", "2024-06-30", reference="A-1")
    by_number = replace(reversed_, seafarer_id=None, personal_number=TEST_NUMBERS[0])
    number = {"kind": "se-personnummer", "number": "900118-9811", "note": 1}
    flaw = Problem(pointer="/personal_number", code=Code.MALFORMED, message="no", hint="mend it")
    raw = json_dumps({"personal_number": number, "contents": {"ship": {"gt": 10**30}}})
    others = replace(reversed_, seafarer_id="00000000", reference="B-1")
    office.report(by_number)
    office.persons.add(INGRID, TEST_NUMBERS[0], actor="anna")
    unreadable = Unreadable(problems=(flaw,), raw=raw, kind=Kind.SERVICE)
    office.reporting.report([reversed_, by_number, unreadable, others], by=company())
    office.persons.erase(INGRID, reason="asked for", actor="anna")
    office.report(service("2024-01-01", "2024-01-31", document=PDF), by=applicant(INGRID, Channel.UPLOAD))
    with office.database.read() as connection:
        rows = connection.execute(select(refused_report).order_by(refused_report.c.refusal_id)).all()
    assert [row.reference for row in rows if row.sealed is not None] == ["B-1"]
    assert len(rows) == 6  # that something was refused, and why, is still told to its reporter


def test_another_service_key_finds_nobody_and_says_so(small_office: RecordsOffice) -> None:
    small_office.persons.add(INGRID, TEST_NUMBERS[0], actor="anna")
    another = issuer_settings("sqlite://", personal_data_key=b64encode(bytes(32)).decode())
    other = Persons(small_office.database, small_office.desk.clock, another)
    for look in (
        lambda: other.find(TEST_NUMBERS[0], actor="anna"),
        lambda: other.numbers(INGRID, actor="anna"),
        lambda: other.add(INGRID, TEST_NUMBERS[1], actor="anna"),
    ):
        with pytest.raises(SealBroken, match="was sealed under key"):
            look()


def test_without_a_service_key_what_needs_none_goes_on(small_office: RecordsOffice) -> None:
    office = RecordsOffice.open(small_office.database, personal_data_key=None)
    office.accept(service("2024-01-01", "2024-06-30"))
    office.report(service("2024-07-01", "2024-06-30"))
    with pytest.raises(SettingsInvalid, match="personal_data_key is not set"):
        office.persons.find(TEST_NUMBERS[0], actor="anna")
    with pytest.raises(SettingsInvalid):
        office.report(service("2024-01-01", "2024-06-30", document=PDF))


PLACE = Place(table="personal_number", column="sealed", row="1")


def test_sealed_value_opens_in_its_place_alone() -> None:
    key = PersonKey(bytes(32))
    sealed = key.seal(b"secret", PLACE)
    assert key.open(sealed, PLACE) == b"secret"
    assert sealed != key.seal(b"secret", PLACE)
    elsewhere = [replace(PLACE, table="person"), replace(PLACE, column="x"), replace(PLACE, row="2")]
    for place in elsewhere:
        with pytest.raises(SealBroken):
            key.open(sealed, place)
    for broken in (sealed[:-1], b"", sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(SealBroken):
            key.open(broken, PLACE)
    with pytest.raises(SealBroken):
        PersonKey(bytes([1]) * 32).open(sealed, PLACE)


def test_persons_keys_are_wrapped_each_for_its_person() -> None:
    safe = Safe(bytes(32))
    key, wrapped = safe.new_key("A")
    assert safe.unwrap(wrapped, "A").open(key.seal(b"x", PLACE), PLACE) == b"x"
    with pytest.raises(SealBroken):
        safe.unwrap(wrapped, "B")
    assert safe.blind_index("dk-cpr", "1") != safe.blind_index("se-personnummer", "1")
    assert safe.blind_index("dk-cpr", "1") != Safe(bytes([1]) * 32).blind_index("dk-cpr", "1")
    with pytest.raises(ValueError, match="32 bytes"):
        Safe(bytes(31))


def test_row_that_was_moved_opens_for_nobody(small_office: RecordsOffice) -> None:
    small_office.persons.add(INGRID, TEST_NUMBERS[0], actor="anna")
    with small_office.database.write() as connection:
        connection.execute(update(personal_number).values(blind_index="0" * 64))
    with pytest.raises(SealBroken):
        small_office.persons.numbers(INGRID, actor="anna")
