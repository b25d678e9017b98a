"""Whom the verification page trusts: the signed directory where the server holds one, else its own keys."""

from datetime import timedelta
from pathlib import Path

import pytest
from support.issuer_app import BASE_URL, KEYS, issuer_settings
from support.sea import Sea
from support.simulator import NOW

from issuer.domain.errors import InvalidInput
from issuer.services.publishing.page_trust import page_trust
from keys.trust.directory import CERTIFICATES, PASS, STATUS, Environment, from_json
from verifier import store

SETTINGS = issuer_settings("sqlite://")


def test_without_a_directory_the_authority_speaks_for_its_own_keys() -> None:
    directory = from_json(page_trust(SETTINGS, KEYS, NOW))
    assert directory.environment is Environment.TEST
    authority = directory.authority(BASE_URL)
    assert authority is not None
    assert (authority.flag, authority.status_prefix) == ("NO", f"{BASE_URL}/status/")
    purposes = {kid: key.purposes for (_, kid), key in directory.keys.items()}
    assert purposes == {
        "NO-2026a": frozenset(CERTIFICATES),
        "NO-status-2026a": frozenset([STATUS]),
        "NO-2026p": frozenset([PASS]),
    }


def test_it_is_the_same_file_all_day_so_that_it_can_be_cached() -> None:
    assert page_trust(SETTINGS, KEYS, NOW) == page_trust(SETTINGS, KEYS, NOW + timedelta(hours=11))
    assert page_trust(SETTINGS, KEYS, NOW) != page_trust(SETTINGS, KEYS, NOW + timedelta(days=1))


def test_a_server_that_holds_no_directory_though_it_should_says_what_to_do(tmp_path: Path) -> None:
    settings = issuer_settings("sqlite://", verifier_home=tmp_path)
    with pytest.raises(InvalidInput) as refused:
        page_trust(settings, KEYS, NOW)
    assert "ombord-verify pack import" in refused.value.hint


def test_with_a_directory_keys_have_the_windows_and_states_that_were_signed(tmp_path: Path) -> None:
    sea = Sea()
    taken = sea.take_in(sea.pack())
    with store.locked(str(tmp_path)):
        store.write(str(tmp_path), taken)
    (issuer,) = sea.flag.authority.issuers
    settings = issuer_settings("sqlite://", base_url=issuer, verifier_home=tmp_path)
    directory = from_json(page_trust(settings, KEYS, NOW))
    assert set(directory.authorities) == {issuer}, "a page knows its own authority alone"
    assert directory.time_floor == taken.directory.time_floor
    assert directory.keys == {pair: key for pair, key in taken.directory.keys.items() if key.issuer == issuer}


def test_a_directory_that_does_not_know_this_authority_is_no_trust_at_all(tmp_path: Path) -> None:
    sea = Sea()
    with store.locked(str(tmp_path)):
        store.write(str(tmp_path), sea.take_in(sea.pack()))
    with pytest.raises(InvalidInput, match="does not know"):
        page_trust(issuer_settings("sqlite://", verifier_home=tmp_path), KEYS, NOW)
