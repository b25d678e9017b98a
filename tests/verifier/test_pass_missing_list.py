"""A pass and a status list that is not held: what the list had revoked is not forgotten with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.passes import SIGNED, issue, sea_pass
from support.scenario import PHONE, Inspection, competency, show
from support.sea import Sea
from support.ship_store import Run, Shore, ombord_verify
from support.simulator import DAY, NOW, Authority, directory

from keys.trust.directory import STATUS, KeyState
from keys.trust.state import TrustState
from verifier import store
from verifier.decision import verify
from verifier.intake import Held, Intake
from verifier.merging import merge
from verifier.state import State
from verifier.status import Missing, StatusBook
from verifier.verdict import Headline, Valid, Verdict

GMDSS = 1  # a place among the twelve, and in the status list
LATER = (NOW + timedelta(minutes=2)).isoformat()
VALID, REVOKED, SUSPENDED, REPLACED = range(4)


def judged(inspection: Inspection, why: Missing | None, *, at: datetime = SIGNED) -> Verdict:
    """The verdict on a pass signed at a time, by no list at all."""
    missing = {} if why is None else {inspection.norway.status_uri: why}
    text = issue(inspection.norway, sea_pass(inspection.norway, at=at))
    return inspection.verdict(show(text), status=StatusBook(missing=missing))


def c14(verdict: Verdict) -> list[str]:
    return [check.reason for check in verdict.checks if check.row == "C14"]


# What is known of the list


@pytest.mark.parametrize("at", [SIGNED, NOW - 20 * DAY], ids=["fresh", "old"])
def test_a_pass_does_not_speak_for_itself_where_a_list_was_dropped(
    inspection: Inspection, at: datetime
) -> None:
    verdict = judged(inspection, Missing.DROPPED, at=at)
    assert verdict.headline is Headline.STATUS_UNKNOWN
    assert {member.headline for member in verdict.members} == {Headline.STATUS_UNKNOWN}
    assert "its status list was held once and is held no more" in verdict.reason


def test_a_list_that_exists_and_is_not_held_is_a_remark_on_the_pass(inspection: Inspection) -> None:
    verdict = judged(inspection, Missing.WITHHELD)
    assert verdict.headline is Headline.VALID_WITH_REMARK
    remarks = {remark for member in verdict.members for remark in c14(member)}
    assert remarks == {"a status list exists that is not held here: import a newer sea pack"}


def test_on_an_old_pass_it_is_one_remark_with_its_age(inspection: Inspection) -> None:
    verdict = judged(inspection, Missing.WITHHELD, at=NOW - 10 * DAY)
    said = "its status is 10 days old, as of 2026-11-11, and a status list exists that is not held here: "
    assert c14(verdict.members[0]) == [said + "import a newer sea pack"]


def test_where_no_list_is_known_to_exist_the_pass_counts(inspection: Inspection) -> None:
    assert judged(inspection, None).headline is Headline.VALID


def test_a_list_that_is_held_counts_whatever_is_said_to_be_missing(inspection: Inspection) -> None:
    one = inspection.status_list()
    held = StatusBook([one], missing=dict.fromkeys([one.uri], Missing.DROPPED))
    assert inspection.verdict(show(issue(inspection.norway)), status=held).headline is Headline.VALID


def test_a_certificate_alone_is_unknown_without_its_list_for_whatever_reason(inspection: Inspection) -> None:
    text = inspection.issue()
    for why in Missing:
        held = StatusBook(missing={inspection.norway.status_uri: why})
        assert inspection.verdict(show(text), status=held).headline is Headline.STATUS_UNKNOWN


def test_what_is_missing_is_read_from_the_state_as_it_was_written(tmp_path: Path) -> None:
    sea = Sea(2)
    sea.take_in(sea.pack())
    flag = sea.flag
    flag.keys = tuple(
        replace(key, state=KeyState.REVOKED, reason="stolen") if key.kid == flag.status_kid else key
        for key in flag.keys
    )
    sea.fleet.next_day(2)
    taken = sea.take_in(sea.pack(lists=[]))
    with store.locked(str(tmp_path)):
        store.write(str(tmp_path), taken)
    assert State(str(tmp_path)).status.missing == taken.missing
    assert taken.missing.keys() == taken.seen.keys() - taken.lists.keys()


def test_a_first_pack_without_lists_leaves_them_withheld(tmp_path: Path) -> None:
    sea = Sea(2)
    taken = sea.take_in(sea.pack(lists=[]))
    assert set(taken.missing.values()) == {Missing.WITHHELD}
    with store.locked(str(tmp_path)):
        store.write(str(tmp_path), taken)
    assert State(str(tmp_path)).status.missing == dict.fromkeys(taken.directory.list_numbers, "withheld")


# On a device


@dataclass
class Aboard:
    """A device that holds a list by which one of the twelve is revoked, and then a pack without that list."""

    norway: Authority
    shore: Shore
    newest: Path

    def check(self, text: str, *more: str | Path) -> Run:
        return ombord_verify("check", show(text), "--json", "--at", LATER, *more)


@pytest.fixture
def aboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aboard:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    norway = Authority("NO")
    shore = Shore(tmp_path / "shore", norway)
    norway.revoke(GMDSS)
    assert ombord_verify("pack", "import", shore.pack("first.pack"), "--root", shore.root).code == 0
    norway.retire_key(norway.status_kid, KeyState.REVOKED, "stolen")
    shore.published.publish(NOW + timedelta(minutes=1))
    return Aboard(norway, shore, shore.pack("second.pack", lists=[]))


def revoked_in_a_pass(aboard: Aboard) -> str:
    """A pass from before, whose second certificate the list has revoked."""
    norway = aboard.norway
    text = issue(norway, sea_pass(norway, at=NOW - 2 * DAY))
    norway.revoke(GMDSS)
    return text


def test_a_revocation_is_not_undone_by_the_revocation_of_the_key_that_signed_it(aboard: Aboard) -> None:
    text = revoked_in_a_pass(aboard)
    assert aboard.check(text).headline == "REVOKED"
    assert ombord_verify("pack", "import", aboard.newest).code == 0
    run = aboard.check(text)
    assert (run.code, run.headline) == (2, "STATUS UNKNOWN")


def test_nor_by_a_pack_for_one_check(aboard: Aboard) -> None:
    run = aboard.check(revoked_in_a_pass(aboard), "--pack", aboard.newest)
    assert (run.code, run.headline) == (2, "STATUS UNKNOWN")


def test_the_next_list_brings_it_back(aboard: Aboard) -> None:
    text, norway = revoked_in_a_pass(aboard), aboard.norway
    assert ombord_verify("pack", "import", aboard.newest).code == 0
    norway.status_kid = norway.add_key(STATUS)
    aboard.shore.published.publish(NOW + timedelta(minutes=2))
    fresh = norway.status_list(at=NOW + timedelta(minutes=1))
    assert ombord_verify("pack", "import", aboard.shore.pack("third.pack", lists=[fresh])).code == 0
    assert aboard.check(text).headline == "REVOKED"


# Whatever comes and goes


@dataclass
class Device:
    """An authority that keeps an honest register, and a device that takes in what reaches it."""

    norway: Authority = field(default_factory=lambda: Authority("NO"))
    denmark: Authority = field(default_factory=lambda: Authority("DK"))  # of which nothing changes
    at: datetime = NOW
    elder: list[str] = field(default_factory=list)
    held: Held = field(default_factory=lambda: Held(root=b""))
    numbers: Mapping[str, int] = field(default_factory=dict)

    def set(self, state: int) -> None:
        if self.norway.states.get(GMDSS, VALID) not in (REVOKED, REPLACED):  # which no register takes back
            self.norway.revoke(GMDSS, state)

    def list_arrives(self) -> None:
        self.elder.append(self.norway.status_list(at=self.at))
        self.pack(self.elder[-1])

    def old_list_arrives(self) -> None:
        for token in self.elder[:1]:
            if token.split(".")[0] == self.norway.status_list(at=self.at).split(".")[0]:  # its key counts
                self.pack(token)

    def key_is_revoked(self) -> None:
        if len(self.norway.keys) < 20:
            self.norway.retire_key(self.norway.status_kid, KeyState.REVOKED, "stolen")
            self.norway.status_kid = self.norway.add_key(STATUS)
        self.pack()

    def index_arrives(self) -> None:
        self.numbers = {self.norway.status_uri: len(self.elder)}
        self.pack()

    def pack(self, *lists: str) -> None:
        merged = merge(
            self.held, [one.encode() for one in lists], directory=self.norway.directory(self.at), at=self.at
        )
        self.held = Held(root=b"", lists=merged.lists, tokens=merged.tokens, seen=merged.seen)

    def verdict(self, signed_at: datetime) -> Verdict:
        """On the certificate in question, in a pass that was signed then."""
        state = self.norway.states.get(GMDSS, VALID)
        text = issue(self.norway, sea_pass(self.norway, at=signed_at))
        self.norway.revoke(GMDSS, state)
        known = replace(directory(self.norway, at=self.at), list_numbers=self.numbers)
        held = self.held
        taken = Intake(
            pack="a pack",
            root=b"",
            trust=TrustState(pin="", root=b"", time_floor=NOW),
            directory=known,
            lists=held.lists,
            seen=held.seen,
            changes=(),
        )
        book = StatusBook(taken.lists.values(), missing=taken.missing)
        now = self.at + timedelta(hours=2)
        return verify(show(text, at=now), directory=known, status=book, at=now).members[GMDSS]


ARRIVALS = ("list_arrives", "old_list_arrives", "key_is_revoked", "index_arrives")
EVENTS = st.sampled_from((*ARRIVALS, VALID, SUSPENDED, REVOKED, REPLACED))


@given(events=st.lists(EVENTS, min_size=2, max_size=8), signed=st.sets(st.integers(-30, 8), min_size=1))
@settings(max_examples=60, deadline=None)
def test_no_evidence_that_comes_or_goes_makes_a_revoked_certificate_valid_again(
    events: list[str | int], signed: set[int]
) -> None:
    device, condemned = Device(), False
    for event in ["list_arrives", *events]:
        device.at += DAY / 2
        if isinstance(event, int):
            device.set(event)
        else:
            getattr(device, event)()
        for days in signed:
            verdict = device.verdict(NOW + days * DAY)
            assert not (condemned and isinstance(verdict, Valid)), (event, days, verdict.headline)
            condemned |= verdict.headline in (Headline.REVOKED, Headline.REPLACED)


@given(days=st.integers(-20, 0), why=st.sampled_from([None, *Missing]), state=st.sampled_from(range(4)))
@settings(max_examples=40, deadline=None)
def test_a_pass_is_never_better_than_the_certificate_alone_once_a_list_was_held(
    days: int, why: Missing | None, state: int
) -> None:
    inspection = Inspection(listed_at=NOW + days * DAY, list_expires=NOW + DAY)
    text = issue(inspection.norway)
    alone = inspection.norway.issue(competency(), PHONE, idx=GMDSS)
    inspection.norway.revoke(GMDSS, state)
    one = inspection.status_list()
    lists = [] if why is Missing.DROPPED else [one]
    book = StatusBook(lists, missing={} if why is None else {one.uri: why})
    member = inspection.verdict(show(text), status=book).members[GMDSS]
    single = inspection.verdict(show(alone), status=book)
    if not isinstance(single, Valid) and state != SUSPENDED:  # which a newer pass lifts, with a remark
        assert not isinstance(member, Valid)
