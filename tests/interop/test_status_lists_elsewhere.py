"""Our status lists decode under @sd-jwt/jwt-status-list and polaris-oid4vp, in the right bit order."""

from typing import Any

import pytest
from polaris_oid4vp import status as polaris
from support.node import ask
from support.simulator import NOW, Authority

AT = int(NOW.timestamp())
STATES = {0: 3, 1: 1, 4: 2, 500: 1, 1_021: 3, 1_023: 2}


@pytest.fixture
def authority() -> Authority:
    """An authority with one entry of every status, at both ends of the list and within a byte."""
    authority = Authority("DK")
    authority.states = dict(STATES)
    return authority


@pytest.mark.node
def test_jwt_status_list_reads_every_entry_of_our_list(authority: Authority) -> None:
    every = list(range(authority.list_size))
    answer = ask("decode_status_list.mjs", token=authority.status_list(), indices=every)
    assert (answer["bits"], answer["entries"]) == (2, authority.list_size)
    assert answer["statuses"] == [STATES.get(index, 0) for index in every]


@pytest.mark.parametrize("index", [*STATES, 2, 3, 5, 1_022])
def test_polaris_reads_the_same_status_that_we_wrote(authority: Authority, index: int) -> None:
    verdict = polaris_status(authority, index)
    assert verdict["checked"], verdict
    assert verdict["status"] == STATES.get(index, 0)


def test_polaris_refuses_our_list_under_another_address_and_beyond_its_end(authority: Authority) -> None:
    assert not polaris_status(authority, 0, expected_uri="https://dk.example/status/2")["checked"]
    assert not polaris_status(authority, authority.list_size)["checked"]


def polaris_status(authority: Authority, index: int, **changed: Any) -> polaris.Verdict:
    key = authority.signers[authority.status_kid].public_key

    def verified(message: bytes, signature: bytes, _header: object) -> bool:
        try:
            key.verify(message, signature)
        except ValueError:
            return False
        return True

    trusted = polaris.StatedAuthority()
    for uri in {authority.status_uri, changed.get("expected_uri", authority.status_uri)}:
        trusted.state(
            credential_issuer=authority.iss, status_uri=uri, verify=verified, why="the test says so"
        )
    question = {"index": index, "expected_uri": authority.status_uri, "now": AT} | changed
    return polaris.decide(
        authority.status_list(), authority=trusted, credential_issuer=authority.iss, **question
    )
