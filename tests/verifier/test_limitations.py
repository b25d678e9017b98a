"""Limits are said in one order by whoever says them, and none is left out."""

from dataclasses import replace

import pytest
from support.scenario import competency

from issuer.services.paper.document_form import limits_of
from verifier import entitlement
from verifier.credential.codelists import limitations
from verifier.credential.model import CapacityGrant, Limitations
from verifier.limitations import each
from verifier.ui.words import Words
from wallet_app.core import names

ONE_OF_EACH = Limitations(
    max_gt=3_000,
    max_kw=750,
    areas=("near-coastal", "the-moon"),
    ship_types=("passenger",),
    propulsion=("motor", "oars"),
    without=("ecdis",),
    text="By day alone",
)
MEMBERS = Limitations._fields


def alone(member: str) -> Limitations:
    return Limitations(**{member: getattr(ONE_OF_EACH, member)})


@pytest.mark.parametrize("member", MEMBERS)
def test_each_limit_is_said_on_every_form_and_in_every_line(member: str) -> None:
    limits = alone(member)
    assert [one.member for one in each(limits)] == [member]
    [line] = [
        str(text)
        for label, text in entitlement.lines(
            replace(competency(), capacities=(CapacityGrant("master", limits),))
        )
        if label == "capacity"
    ]
    assert line.startswith("master, limited: ")
    phrases = names.limitations(limits, Words())
    assert phrases
    assert limits_of(limits) == "\n".join(phrases), "the wallet's form and the printed one say the same"


def test_all_are_in_one_order_with_what_no_list_has_as_it_is() -> None:
    assert names.limitations(ONE_OF_EACH, Words()) == (
        "Gross tonnage less than or equal to 3,000",
        "Propulsion power in kW up to 750",
        "Only in these trade areas: Near-coastal voyages, the-moon",
        "Only on these types of ship: Passenger ship",
        "Motor ships only",
        "oars",
        "Not on ships fitted with ECDIS",
        "By day alone",
    )
    assert [one.member for one in each(ONE_OF_EACH)] == list(MEMBERS)


@pytest.mark.parametrize("limits", [None, Limitations(), Limitations(text="")])
def test_no_limit_is_none(limits: Limitations | None) -> None:
    assert list(each(limits)) == []
    assert names.limitations(limits, Words()) == ()
    assert limits_of(limits) == "None"


def test_the_code_list_knows_no_member_that_the_model_lacks() -> None:
    assert {entry.facts["member"] for entry in limitations().values()} == {*MEMBERS} - {"text"}
