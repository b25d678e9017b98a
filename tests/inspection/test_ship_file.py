"""The inspector's ship file: codes that a list has, and no others."""

import pytest

from verifier.credential import codelists
from verifier.inspection.ship import InvalidShip, from_yaml, listed
from verifier.settings_file import SettingsError

MISSPELT = {
    "type": (b"type: oil-tankr", "oil-tanker"),
    "area": (b"area: near-costal", "near-coastal"),
    "propulsion": (b"propulsion: moter", "motor, steam, gas-turbine"),
    "fitted": (b"fitted: [ecdis, high-voltge]", "ecdis, arpa, high-voltage, gmdss"),
}


@pytest.mark.parametrize(("data", "known"), MISSPELT.values(), ids=MISSPELT.keys())
def test_a_code_of_no_list_is_refused_and_the_known_ones_are_named(data: bytes, known: str) -> None:
    with pytest.raises(SettingsError, match=f"is not known; known are .*{known}"):
        from_yaml(data)


def test_every_code_of_the_lists_is_taken() -> None:
    for code in codelists.ship_types():
        assert from_yaml(f"type: {code}".encode()).type == code
    for code in codelists.trade_areas():
        assert from_yaml(f"area: {code}".encode()).area == code
    assert from_yaml(b"fitted: [ecdis, arpa, high-voltage, gmdss]").fitted is not None
    assert listed("propulsion", None) is None


def test_a_long_code_is_not_repeated_whole() -> None:
    with pytest.raises(InvalidShip) as raised:
        listed("type", "x" * 200)
    assert "x" * 61 not in str(raised.value)
