"""`pack show`, `pack export` and `pack build`: what a device holds, said and passed on."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.sea import DAY, HOUR, Sea
from support.ship_store import ombord_verify

from keys.trust.directory import KeyState
from verifier import cli, pack, pack_commands, pack_show, pack_update, ship_status, state
from verifier.policy import DEFAULT, Policy
from verifier.state import State
from verifier.unusable import Unusable


class Aboard:
    """A device and what it has imported."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sea = folder, Sea()
        self.root = folder / "1.root.json"
        self.root.write_bytes(self.sea.fleet.root)

    def take_in(self, data: bytes | None = None) -> str:
        file = self.folder / "sea.pack"
        file.write_bytes(self.sea.pack() if data is None else data)
        return pack_commands.take_in(str(file), str(self.root), self.sea.at)

    def shown(self, policy: Policy = DEFAULT, after: timedelta = timedelta(0)) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(pack_show.show(policy, self.sea.at + after, as_json=True))
        return shown

    def text(self, policy: Policy = DEFAULT, after: timedelta = timedelta(0)) -> str:
        return pack_show.show(policy, self.sea.at + after, as_json=False)


@pytest.fixture
def aboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aboard:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    return Aboard(tmp_path)


def test_before_the_first_import_there_is_nothing_to_show(aboard: Aboard) -> None:
    with pytest.raises(Unusable) as refused:
        aboard.text()
    assert "pack import" in refused.value.hint


def test_show_names_flags_keys_lists_and_where_all_this_comes_from(aboard: Aboard) -> None:
    aboard.take_in()
    shown = aboard.shown()
    assert shown["pack"] == State(state.home()).pack
    assert shown["published_at"] == "2026-11-21T12:00:00Z"
    assert shown["imported_at"] == "2026-11-21T13:00:00Z"
    assert [one["flag"] for one in shown["authorities"]] == ["DK", "NO"]
    norway = shown["authorities"][1]
    assert {key["kid"]: key["state"] for key in norway["keys"]} == {
        "NO-2026a": "active", "NO-2026p": "active", "NO-2026s": "active", "NO-2027a": "active",
    }  # fmt: skip
    (one,) = norway["lists"]
    assert (one["name"], one["number"], one["newest_known"], one["behind"]) == ("1", 1, 1, False)
    assert (one["entries"], one["age_days"], one["age"]) == (800, 0, "green")
    assert shown["withheld"] == []
    assert len(shown["changes"]) == 2


@pytest.mark.parametrize(("days", "age"), [(6, "green"), (8, "old"), (44, "old"), (46, "unknown")])
def test_each_age_is_shown_as_the_policy_sees_it(aboard: Aboard, days: int, age: str) -> None:
    aboard.take_in()
    shown = aboard.shown(after=days * DAY)
    assert (shown["age"], shown["authorities"][0]["lists"][0]["age"]) == (age, age)
    assert shown["age_days"] == days
    strict = Policy(name="strict", age_green=timedelta(days=1), age_limit=timedelta(days=2))
    assert aboard.shown(strict, after=days * DAY)["age"] == "unknown"
    assert "strict: current up to 1 days, unknown after 2" in aboard.text(strict)


def test_a_flag_outside_the_policy_is_marked(aboard: Aboard) -> None:
    aboard.take_in()
    policy = Policy(name="ours", flags=frozenset(("NO",)))
    assert [one["covered"] for one in aboard.shown(policy)["authorities"]] == [False, True]
    assert "the policy ours leaves it out" in aboard.text(policy)


@pytest.mark.parametrize(
    ("after", "plausible", "said"),
    [
        (0 * DAY, True, "agrees"),
        (-2 * HOUR, False, "before the directory"),
        (401 * DAY, False, "401 days after"),
    ],
)
def test_the_clock_is_shown_against_the_time_floor(
    aboard: Aboard, after: timedelta, plausible: bool, said: str
) -> None:
    aboard.take_in()
    clock = aboard.shown(after=after)["clock"]
    assert clock["plausible"] is plausible
    assert said in clock["reason"]
    assert said in aboard.text(after=after)
    assert clock["time_floor"] == "2026-11-21T12:00:00Z"


def test_what_changed_since_the_last_import_is_said(aboard: Aboard) -> None:
    aboard.take_in()
    aboard.sea.fleet.next_day(3)
    aboard.take_in()
    changes = aboard.shown()["changes"]
    assert len(changes) == 2
    assert all("number 2" in change and "3 changed" in change for change in changes)
    assert changes[0] in aboard.text()
    aboard.take_in()
    assert aboard.shown()["changes"] == []
    assert aboard.text().endswith("  nothing")


def test_withheld_and_outdated_lists_are_shown(aboard: Aboard) -> None:
    aboard.take_in(aboard.sea.pack([aboard.sea.flag.snapshot()]))
    assert aboard.shown()["withheld"] == ["https://credentials.dk.example/status/1"]
    aboard.sea.fleet.next_day(1)
    aboard.take_in(aboard.sea.pack([]))
    norway = aboard.shown()["authorities"][1]["lists"][0]
    assert (norway["number"], norway["newest_known"], norway["behind"]) == (1, 2, True)
    assert "number 2 exists" in aboard.text()


def test_states_of_keys_and_expired_roles_are_shown(aboard: Aboard) -> None:
    sea = aboard.sea
    flag = sea.fleet.plan.flags[0]
    states = dict(zip(("NO-2026a", "NO-2027a"), (KeyState.REVOKED, KeyState.ALLOW_LIST_ONLY), strict=True))
    keys = tuple(
        replace(key, state=states[key.kid], reason="laptop lost") if key.kid in states else key
        for key in flag.keys
    )
    sea.fleet.plan = replace(sea.fleet.plan, flags=(replace(flag, keys=keys), *sea.fleet.plan.flags[1:]))
    sea.fleet.next_day(1)
    file = aboard.folder / "sea.pack"
    file.write_bytes(sea.pack())
    pack_commands.take_in(str(file), str(aboard.root), sea.at + 60 * DAY)
    shown, text = aboard.shown(), aboard.text()
    listed = {key["kid"]: key for key in shown["authorities"][1]["keys"]}
    assert (listed["NO-2026a"]["state"], listed["NO-2026a"]["reason"]) == ("revoked", "laptop lost")
    assert listed["NO-2027a"]["allow_list"] is None
    assert "revoked (laptop lost)" in text
    assert "no list is held" in text
    assert {"timestamp", "snapshot"} <= set(shown["expired"])
    assert "expired     the metadata of timestamp" in text


def test_the_address_of_updates_is_shown(aboard: Aboard) -> None:
    site = aboard.folder / "packs"
    site.mkdir()
    (site / "latest").write_bytes(aboard.sea.pack())
    pack_update.update(str(aboard.folder), str(aboard.root), aboard.sea.at)
    assert aboard.shown()["address"] == str(aboard.folder)
    assert str(aboard.folder) in aboard.text()


# Export


def test_what_is_exported_is_the_pack_that_came_in(aboard: Aboard, tmp_path: Path) -> None:
    aboard.take_in()
    out = tmp_path / "out.pack"
    assert State(state.home()).pack in pack_commands.export(str(out))
    assert pack.read(out.read_bytes()) == pack.read((tmp_path / "sea.pack").read_bytes())


def test_an_export_after_updates_serves_a_device_that_has_none(
    aboard: Aboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aboard.take_in()
    old = aboard.sea.built()
    aboard.sea.fleet.next_day(2)
    aboard.take_in(aboard.sea.update(old))
    out = tmp_path / "out.pack"
    pack_commands.export(str(out))
    lists = dict(State(state.home()).status)
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "other"))
    said = pack_commands.take_in(str(out), str(aboard.root), aboard.sea.at)
    assert said.startswith(f"imported sea pack {aboard.sea.built().taken.pack}")
    assert dict(State(state.home()).status) == lists


# The command line


@pytest.fixture
def clock(aboard: Aboard, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return aboard.sea.at

    monkeypatch.setattr(cli, "datetime", Clock)


@pytest.mark.usefixtures("clock")
def test_from_publication_to_another_device_by_command(aboard: Aboard, tmp_path: Path) -> None:
    published, site, out = tmp_path / "published", tmp_path / "site", tmp_path / "new.pack"
    aboard.sea.fleet.write(published)
    build = ("pack", "build", published / "directory", "--lists", published / "status")
    assert ombord_verify(*build, "--out", out, "--site", site).code == 0
    taken = ombord_verify("pack", "update", site, "--root", aboard.root)
    assert taken.code == 0, taken.err
    aboard.sea.fleet.next_day(2)
    aboard.sea.fleet.write(published)
    update = tmp_path / "day.update"
    made = ombord_verify(*build, "--out", update, "--since", out)
    assert "update to sea pack 2026-11-22-" in made.out
    assert update.stat().st_size < out.stat().st_size / 2
    assert ombord_verify("pack", "import", update).code == 0
    shown = ombord_verify("pack", "show", "--json", "--policy", "psc")
    assert shown.report["pack"].startswith("2026-11-22-")
    assert shown.report["policy"]["name"] == "psc"
    assert "NO  Maritime Authority of Norway" in ombord_verify("pack", "show").out
    assert ombord_verify("pack", "export", tmp_path / "out.pack").code == 0
    one = tmp_path / "NO.delta"
    aboard.sea.fleet.next_day(1)
    aboard.sea.fleet.write(published)
    one.write_bytes(aboard.sea.flag.delta())
    alone = tmp_path / "alone.pack"
    added = ombord_verify(
        "pack", "build", published / "directory", "--lists", one, "--addition", "--out", alone
    )
    assert added.code == 0, added.err
    assert "3 changed" not in ombord_verify("pack", "import", alone).out
    assert ombord_verify("pack", "show", "--json").report["authorities"][1]["lists"][0]["number"] == 3


def test_newest_evidence_is_packed_and_of_one_second_the_smaller(aboard: Aboard, tmp_path: Path) -> None:
    from verifier import pack_build, status

    sea, published = aboard.sea, tmp_path / "published"
    sea.fleet.write(published)
    flag = sea.flag
    token = status.encode(
        flag.states, uri=sea.uri, iat=sea.fleet.at, exp=None, ttl=None,
        signer=flag.signers[flag.status_kid], kid=flag.status_kid,
    )  # fmt: skip
    (published / "status" / "1").write_text(token + "\n", encoding="ascii")
    out = tmp_path / "out.pack"
    pack_build.build(
        str(published / "directory"), [str(published / "status")], sea.at, out=str(out), site=None, since=None
    )
    lists = pack.read(out.read_bytes()).lists
    assert [ship_status.peek(blob).flag for blob in lists] == ["DK", "NO"]


REFUSED = {
    "nowhere to write to": (("DIR",), "nowhere to write to"),
    "no directory": ((), "required"),
    "two directories": (("DIR", "--directory", "DIR", "--out", "x"), "not allowed"),
    "an addition for a site": (("DIR", "--addition", "--out", "x", "--site", "y"), "--site with --addition"),
    "an update for a site alone": (("DIR", "--since", "x", "--site", "y"), "nowhere to write to"),
    "an update since nothing": (("DIR", "--since", "gone.pack", "--out", "x"), "gone.pack"),
}


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_build_that_cannot_be_meant_is_refused(
    aboard: Aboard, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    aboard.sea.fleet.write(tmp_path / "published")
    directory = str(tmp_path / "published" / "directory")
    run = ombord_verify("pack", "build", *(directory if one == "DIR" else one for one in arguments))
    assert run.code == 3
    assert said in run.err
    assert "hint:" in run.err
    assert not Path("x").exists()
