"""A thief with one flag's status key: what they can do to a device, and when it ends."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.sea import DAY, HOUR, Sea
from support.simulator import seeded_signer

from benchmarks.fleet import registered
from keys.algorithms import Algorithm
from keys.trust.directory import KeyState
from verifier import checks, ship_status_writing, statement, status, store
from verifier.intake import RefusedPack
from verifier.state import State
from verifier.verdict import Check, Outcome

HIGHEST = 2**31 - 1


@pytest.fixture
def sea() -> Sea:
    sea = Sea(3)
    sea.take_in(sea.pack())
    return sea


def forged(sea: Sea, iat: datetime) -> bytes:
    """A list of the highest number there is, by the first flag's own key."""
    flag = sea.flag
    signed = statement.sign(
        flag.states, uri=sea.uri, number=HIGHEST, iat=iat, exp=None, before=flag.states,
        signer=flag.signers[flag.status_kid],
    )  # fmt: skip
    return ship_status_writing.to_snapshot(signed, flag.states, flag=flag.flag, name="1")


def token(sea: Sea, iat: datetime) -> bytes:
    flag = sea.flag
    kid = flag.status_kid
    return status.encode(
        flag.states, uri=sea.uri, iat=iat, exp=None, ttl=None, signer=flag.signers[kid], kid=kid
    ).encode()


def revoke(sea: Sea) -> None:
    """The first flag finds out, and signs its lists with another key from now on."""
    flag, signer = sea.flag, seeded_signer("the flag's next status key", Algorithm.ES256)
    (stolen,) = (one for one in flag.keys if one.kid == flag.status_kid)
    after = replace(stolen, kid="NO-2026z", key=signer.public_key)
    revoked = replace(stolen, state=KeyState.REVOKED, reason="stolen")
    flag.keys = (*(revoked if one is stolen else one for one in flag.keys), after)
    flag.signers, flag.status_kid = {**flag.signers, after.kid: signer}, after.kid
    sea.fleet.plan = replace(sea.fleet.plan, flags=registered(sea.fleet.flags))


@pytest.mark.parametrize("kind", [forged, token])
@pytest.mark.parametrize("ahead", [402, 650])
def test_a_clock_years_ahead_lets_no_list_of_that_time_in(sea: Sea, kind: type, ahead: int) -> None:
    iat = sea.fleet.at + ahead * DAY
    with pytest.raises(RefusedPack, match="which is still to come"):
        sea.take_in(sea.addition(kind(sea, iat)), iat)
    sea.fleet.next_day(2)
    sea.take_in(sea.pack(), iat)
    assert sea.held.lists[sea.uri].number == 2, "what is of today comes in whatever the clock says"


@pytest.mark.parametrize("kind", [forged, token])
@pytest.mark.parametrize("ahead", [timedelta(minutes=50), 20 * HOUR, 300 * DAY])
def test_what_a_thief_dated_ahead_silences_a_flag_until_the_key_is_revoked_and_no_longer(
    sea: Sea, kind: type, ahead: timedelta
) -> None:
    iat = sea.fleet.at + ahead
    sea.take_in(sea.addition(kind(sea, iat)), max(iat, sea.at))
    assert sea.held.seen[sea.uri] == iat
    sea.fleet.next_day(2)
    revoke(sea)
    sea.fleet.next_day(2)
    sea.take_in(sea.pack())
    assert (sea.held.lists[sea.uri].number, sea.held.lists[sea.uri].states) == (3, sea.flag.states)


def test_what_a_dropped_list_had_told_before_the_directory_stays_told(sea: Sea) -> None:
    old = [one.snapshot() for one in sea.fleet.flags]
    seen = sea.held.seen[sea.uri]
    revoke(sea)
    sea.fleet.next_day(2)
    sea.take_in(sea.pack([]))
    assert sea.uri not in sea.held.lists
    assert sea.held.seen[sea.uri] == seen
    with pytest.raises(RefusedPack, match="revoked"):
        sea.take_in(sea.pack(old))


def test_a_thief_of_one_flags_key_keeps_no_other_flags_news_from_a_device(sea: Sea) -> None:
    sea.take_in(sea.addition(forged(sea, sea.fleet.at + timedelta(minutes=50))))
    sea.fleet.next_day(2)
    taken = sea.take_in(sea.pack())
    numbers = {uri: one.number for uri, one in sea.held.lists.items()}
    assert numbers.pop(sea.uri) == HIGHEST, "what is held may have been acted upon"
    assert set(numbers.values()) == {2}
    (said,) = (one for one in taken.changes if "report this to the authority" in one)
    assert said.startswith(f"{sea.uri}: ")
    assert said.endswith("; kept what is held")


def test_a_disputed_list_loses_no_revocation_that_is_held(sea: Sea) -> None:
    """The thief comes second: the same number again, with nothing revoked."""
    sea.fleet.next_day(3)
    sea.take_in(sea.pack())
    flag, true = sea.flag, sea.held.lists[sea.uri]
    blank = bytes(len(flag.states))
    signed = statement.sign(
        blank, uri=sea.uri, number=2, iat=true.iat, exp=None, before=blank,
        signer=flag.signers[flag.status_kid],
    )  # fmt: skip
    taken = sea.take_in(
        sea.addition(ship_status_writing.to_snapshot(signed, blank, flag=flag.flag, name="1"))
    )
    assert sea.held.lists[sea.uri] == replace(true, disputed=True)
    assert any("two different lists were signed as number 2" in one for one in taken.changes)


def test_a_disputed_list_is_marked_until_a_newer_one_fits_also_on_disk(sea: Sea, tmp_path: Path) -> None:
    sea.take_in(sea.addition(forged(sea, sea.fleet.at + timedelta(minutes=50))))
    sea.fleet.next_day(2)
    taken = sea.take_in(sea.pack())
    with store.locked(str(tmp_path)):
        store.write(str(tmp_path), taken)
    marked = {uri: one.disputed for uri, one in State(str(tmp_path)).status.items()}
    assert marked.pop(sea.uri)
    assert set(marked.values()) == {False}
    assert sea.take_in(sea.pack([])).lists[sea.uri].disputed, "nothing has settled it"
    revoke(sea)
    sea.fleet.next_day(2)
    assert not sea.take_in(sea.pack()).lists[sea.uri].disputed


@pytest.mark.parametrize("old", [None, Check("C14", Outcome.REMARK, "status of 9 days ago")])
def test_a_certificate_on_a_disputed_list_gets_a_remark(sea: Sea, old: Check | None) -> None:
    remark = checks.behind(replace(sea.held.lists[sea.uri], disputed=True), old)
    assert remark.outcome is Outcome.REMARK
    assert "cannot both be true" in remark.reason
    assert old is None or old.reason in remark.reason
