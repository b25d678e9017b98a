"""The forms of ship and paper: what was typed becomes a ship or an entry, or each mistake has its field."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.credential.model import CertificateType, Limitations
from verifier.inspection.ship import Ship
from verifier.inspector.core import hand_form, ship_form
from verifier.inspector.core.hand_form import PaperTyped
from verifier.inspector.core.ship_form import ShipTyped
from verifier.ui.words import Words

TODAY = date(2026, 11, 21)
SHIP = ShipTyped(
    name="Nordlys",
    imo="9074729",
    flag="no",
    gt="12 400",
    kw="8400",
    type="general-cargo",
    area="oceanfart",
    propulsion="motor",
    ums="yes",
    fitted="ecdis gmdss",
    voyage_start="1.11.2026",
    last_port_with_practitioner="2026-11-05",
)
PAPER = PaperTyped(
    name="Ada Ek",
    birth_date="1988-04-12",
    type="competency",
    document_number="SE-1",
    issuing_country="se",
    capacity="master",
    regulations="II/2, VI/1",
    issue_date="1.2.2024",
    expiry_date="1.2.2029",
    max_gt="3 000",
)


def test_a_ship_that_was_typed_is_read_whole() -> None:
    found = ship_form.read(SHIP, today=TODAY)
    assert found.ship == Ship(
        name="Nordlys",
        imo="9074729",
        flag="NO",
        gt=12_400,
        kw=8_400,
        type="general-cargo",
        area="oceanfart",
        propulsion="motor",
        fitted=("ecdis", "gmdss"),
        ums=True,
        voyage_start=date(2026, 11, 1),
        last_port_with_practitioner=date(2026, 11, 5),
    )


def test_an_empty_form_is_a_ship_of_which_nothing_is_known() -> None:
    assert ship_form.read(ShipTyped(), today=TODAY).ship == Ship()


def test_a_ship_comes_back_from_the_form_that_it_fills() -> None:
    ship = ship_form.read(SHIP, today=TODAY).ship
    assert ship is not None
    assert ship_form.read(ship_form.typed_of(ship), today=TODAY).ship == ship


def test_fitted_with_none_of_these_is_said_and_is_not_unsaid() -> None:
    bare = ship_form.read(ShipTyped(fitted="none"), today=TODAY).ship
    assert bare is not None
    assert bare.fitted == ()
    assert ship_form.typed_of(bare).fitted == "none"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("imo", "9074728"),
        ("flag", "Norway"),
        ("gt", "-1"),
        ("kw", "99999999999"),
        ("name", "x" * 81),
        ("voyage_start", "2027-01-01"),
        ("last_port_with_practitioner", "31.2.2026"),
    ],
)
def test_nonsense_in_a_field_of_the_ship_is_named_there_and_makes_no_ship(field: str, text: str) -> None:
    found = ship_form.read(SHIP.with_field(field, text), today=TODAY)
    assert found.ship is None
    assert set(found.mistakes) == {field}


def test_a_complaint_waits_until_its_field_was_left() -> None:
    form = SHIP.with_field("gt", "x")
    assert not ship_form.state(form, today=TODAY, say=Words(), shown=frozenset()).complaints
    assert ship_form.state(form, today=TODAY, say=Words(), shown=frozenset({"gt"})).complaints["gt"]


def test_days_and_flag_are_read_back_so_that_nobody_takes_them_the_wrong_way_round() -> None:
    readings = ship_form.state(SHIP, today=TODAY, say=Words()).readings
    assert readings["voyage_start"] == "1 Nov 2026"
    assert readings["flag"] == "Norway"


def test_what_is_left_empty_is_said_with_what_it_costs() -> None:
    missing = ship_form.missing(Ship(), Words())
    assert "recognition" in missing
    assert "limits" in missing
    assert "grace" in missing
    whole = ship_form.read(SHIP, today=TODAY).ship
    assert whole is not None
    assert ship_form.missing(whole, Words()) == ""


def test_a_paper_that_was_typed_is_an_entry() -> None:
    entry = hand_form.read(PAPER, today=TODAY).entry
    assert entry is not None
    assert entry.type is CertificateType.COMPETENCY
    assert (entry.name, entry.birth_date) == ("Ada Ek", date(1988, 4, 12))
    assert [one.code for one in entry.capacities] == ["master"]
    assert entry.stcw_code == ("II/2", "VI/1")
    assert entry.limitations == Limitations(max_gt=3_000)
    assert entry.in_date(TODAY)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "Ada\u200bEk"),
        ("birth_date", ""),
        ("birth_date", "2020-01-01"),
        ("type", ""),
        ("document_number", " "),
        ("issuing_country", "Sweden"),
        ("regulations", "II/2 and more"),
        ("issue_date", "2026-11-22"),
        ("expiry_date", "2023-01-01"),
        ("expiry_date", "soon"),
        ("max_gt", "many"),
        ("max_kw", "-3"),
    ],
)
def test_nonsense_on_a_paper_is_named_in_its_field_and_makes_no_entry(field: str, text: str) -> None:
    found = hand_form.read(PAPER.with_field(field, text), today=TODAY)
    assert found.entry is None
    assert set(found.mistakes) == {field}


def test_a_medical_certificate_on_paper_has_a_last_day() -> None:
    form = PAPER.with_field("type", "medical").with_field("expiry_date", "")
    assert "last day" in hand_form.read(form, today=TODAY).mistakes["expiry_date"].message


_TEXTS = st.text(max_size=60)


@given(st.builds(ShipTyped, name=_TEXTS, imo=_TEXTS, flag=_TEXTS, gt=_TEXTS, kw=_TEXTS, voyage_start=_TEXTS))
def test_any_ship_form_ends_in_a_ship_or_in_mistakes(form: ShipTyped) -> None:
    found = ship_form.read(form, today=TODAY)
    assert (found.ship is None) == bool(found.mistakes)


@given(
    st.builds(
        PaperTyped, **dict.fromkeys(("name", "birth_date", "type", "document_number", "expiry_date"), _TEXTS)
    )
)
def test_any_paper_form_ends_in_an_entry_or_in_mistakes(form: PaperTyped) -> None:
    found = hand_form.read(form, today=TODAY)
    assert (found.entry is None) == bool(found.mistakes)
