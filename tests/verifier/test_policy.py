"""Policies as data: what comes along, what a file may say, and what a verdict makes of it."""

import sys
from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import passes
from support.scenario import PHONE, Inspection, competency, show, tampered
from support.ship_store import Run, Shore, ombord_verify
from support.simulator import DAY, NOW, Authority

from keys.trust.directory import Environment
from verifier import policy, report
from verifier.policy import DEFAULT, SHIPPED, AgeClass, Policy, from_yaml
from verifier.settings_file import SettingsError
from verifier.verdict import Headline, Outcome, Undetermined

FOLDER = Path(policy.__file__).parent / "policies"
MINUTE = timedelta(minutes=1)


def named(name: str) -> Policy:
    found = policy.shipped(name)
    assert found is not None
    return found


# What comes along


def test_every_policy_file_can_be_named_and_bears_its_name() -> None:
    assert {path.stem for path in FOLDER.glob("*")} == set(SHIPPED)
    assert all(named(name).name == name for name in SHIPPED)


def test_port_state_control_is_the_default_by_another_name() -> None:
    assert replace(named("psc"), name=DEFAULT.name) == DEFAULT
    assert named("default") is DEFAULT


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_policy_says_why_next_to_each_number(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="ascii")
    assert all(part.startswith("# ") for part in text.split("\n\n"))
    assert set(yaml.safe_load(text)) >= {"name", "age_green_days", "age_limit_days", "require_holder_proof"}


def test_a_ship_two_months_out_is_old_to_the_company_and_unknown_to_everybody_else() -> None:
    ages = {name: named(name).age_class(60 * DAY) for name in ("default", *SHIPPED)}
    assert ages == {
        "default": AgeClass.UNKNOWN,
        "psc": AgeClass.UNKNOWN,
        "port-agent": AgeClass.UNKNOWN,
        "company": AgeClass.OLD,
    }


def test_the_default_opens_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.open", lambda *_, **__: pytest.fail("a file was opened"))
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert named("default") is DEFAULT


@pytest.mark.parametrize("name", ["PSC", "../policies/psc", "psc.yaml", "", "pcs"])
def test_a_name_that_is_none_finds_nothing(name: str) -> None:
    assert policy.shipped(name) is None


# Ages

AGES = {
    "of this minute": (timedelta(0), AgeClass.GREEN),
    "of a clock that is a day slow": (-DAY, AgeClass.GREEN),
    "dated ahead of the clock": (-DAY - MINUTE, AgeClass.UNKNOWN),
    "seven days": (7 * DAY, AgeClass.GREEN),
    "seven days and a minute": (7 * DAY + MINUTE, AgeClass.OLD),
    "45 days": (45 * DAY, AgeClass.OLD),
    "45 days and a minute": (45 * DAY + MINUTE, AgeClass.UNKNOWN),
}


@pytest.mark.parametrize(("age", "expected"), AGES.values(), ids=AGES.keys())
def test_ages_are_exact(age: timedelta, expected: AgeClass) -> None:
    assert DEFAULT.age_class(age) is expected


@given(st.integers(0, 400), st.integers(0, 3650), st.integers(0, 3650))
def test_status_never_gets_better_with_age(days: int, green: int, more: int) -> None:
    one = Policy(age_green=green * DAY, age_limit=(green + more) * DAY)
    order = [AgeClass.GREEN, AgeClass.OLD, AgeClass.UNKNOWN]
    younger, older = one.age_class(days * DAY), one.age_class(days * DAY + MINUTE)
    assert order.index(younger) <= order.index(older)


# Files


def test_what_a_file_leaves_out_is_as_in_the_default() -> None:
    assert from_yaml(b"name: ours\n") == replace(DEFAULT, name="ours")


def test_a_file_can_set_everything_that_a_policy_has() -> None:
    ours = from_yaml(
        b"name: ours\nage_green_days: 1\nage_limit_days: 2\nrequire_holder_proof: false\nflags: [NO, DK]\n"
        b"expires_soon_days: 3\nproof_window_minutes: 4\nenvironment: production\n"
        b"clock_ahead_days: 5\nclock_jump_days: 6\npaper_originals: [PA medical]\n"
    )
    same = [
        field.name for field in fields(Policy) if getattr(ours, field.name) == getattr(DEFAULT, field.name)
    ]
    assert same == []
    assert ours.flags == {"NO", "DK"}  # in YAML 1.1 NO would be false


REFUSED = {
    "a misspelt key": (
        b"age_limt_days: 3\n",
        "'age_limt_days' is no key of this file; known are .*age_limit",
    ),
    "ages that cross": (
        b"age_green_days: 9\nage_limit_days: 8\n",
        r"age_green_days \(9\) is more than .* \(8\)",
    ),
    "green beyond the default's limit": (b"age_green_days: 60\n", r"age_green_days \(60\) is more than"),
    "half a day": (b"age_limit_days: 0.5\n", "age_limit_days: a whole number from 0 to 3650"),
    "eleven years": (b"age_limit_days: 4000\n", "age_limit_days: a whole number from 0 to 3650"),
    "a proof of two days": (b"proof_window_minutes: 2880\n", "proof_window_minutes: .* 0 to 1440"),
    "yes": (b"require_holder_proof: yes\n", "require_holder_proof: true or false"),
    "one flag without brackets": (b"flags: NO\n", r"flags: a list of 1 to 300 .* \[NO, DK\]"),
    "no flag": (b"flags: []\n", "flags: a list of 1 to 300"),
    "a flag twice": (b"flags: [NO, NO]\n", "flags: different short texts"),
    "a flag in small letters": (b"flags: ['no']\n", "flags: two capital letters"),
    "a flag of three letters": (b"flags: [NOR]\n", "flags: two capital letters"),
    "a flag that is a number": (b"flags: [47]\n", "flags: different short texts"),
    "a flag that is none": (b"flags: [NO, null]\n", "flags: different short texts"),
    "another world": (b"environment: staging\n", "environment: production or test"),
    "another default": (b"name: default\nage_limit_days: 90\n", "name: default is a built-in policy"),
    "another of port state control": (b"name: psc\nage_limit_days: 90\n", "name: psc is a built-in policy"),
    "another company's": (b"name: company\n", "name: company is a built-in policy"),
    "the same in other letters": (b"name: ' PSC'\nage_limit_days: 90\n", "name: psc is a built-in policy"),
    "a letter beyond Unicode": (b'a: "\\UD8000000"\n', "not YAML that can be read"),
    "a list": (b"- name\n", "lines of `key: value`"),
    "nothing": (b"", "lines of `key: value`"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_policy_that_cannot_be_meant_is_refused_by_the_key(data: bytes, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        from_yaml(data)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_copy_of_a_shipped_policy_may_keep_its_name(name: str) -> None:
    assert from_yaml((FOLDER / f"{name}.yaml").read_bytes()) == named(name)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_a_settings_error(data: bytes) -> None:
    with suppress(SettingsError):
        from_yaml(data)


# What a verdict makes of it


@pytest.fixture
def inspection() -> Inspection:
    return Inspection()


def test_a_flag_outside_the_policy_is_unknown_and_never_untrusted(inspection: Inspection) -> None:
    inspection.policy = Policy(name="danish port", flags=frozenset({"DK"}))
    verdict = inspection.verdict(show(inspection.issue()))
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.UNKNOWN_ISSUER
    assert verdict.reason == "the policy danish port does not cover flag NO"
    assert verdict.outcome("C3") is Outcome.PASS
    assert verdict.relied_on.policy == "danish port"


def test_what_else_is_known_of_an_uncovered_flag_is_still_shown(inspection: Inspection) -> None:
    inspection.policy = Policy(flags=frozenset({"DK"}))
    text = inspection.issue()
    inspection.norway.revoke(text)
    verdict = inspection.verdict(show(text))
    assert verdict.credential is not None
    assert (verdict.outcome("C2"), verdict.outcome("C6")) == (Outcome.UNKNOWN, Outcome.FAIL)


def test_a_forgery_in_the_name_of_an_uncovered_flag_is_tampered_all_the_same(inspection: Inspection) -> None:
    inspection.policy = Policy(flags=frozenset({"DK"}))
    verdict = inspection.verdict(tampered(inspection.issue()))
    assert verdict.headline is Headline.TAMPERED


def test_a_covered_flag_is_judged_as_ever(inspection: Inspection) -> None:
    inspection.policy = Policy(flags=frozenset({"NO"}))
    assert inspection.verdict(show(inspection.issue())).headline is Headline.VALID


@pytest.mark.parametrize("name", ["default", *SHIPPED])
def test_a_revocation_counts_under_every_policy_however_old(inspection: Inspection, name: str) -> None:
    inspection.policy, inspection.listed_at = named(name), NOW - 300 * DAY
    text = inspection.issue()
    inspection.norway.revoke(text)
    assert inspection.verdict(show(text)).headline is Headline.REVOKED


SIXTY_DAYS_OUT = {
    "default": "STATUS UNKNOWN",
    "psc": "STATUS UNKNOWN",
    "port-agent": "STATUS UNKNOWN",
    "company": "VALID WITH REMARK",
}


@pytest.mark.parametrize(("name", "headline"), SIXTY_DAYS_OUT.items())
def test_two_months_at_sea_by_each_policy(inspection: Inspection, name: str, headline: str) -> None:
    inspection.policy, inspection.listed_at = named(name), NOW - 60 * DAY
    inspection.list_expires = NOW + 30 * DAY  # an issuer's lists run for 90 days
    verdict = inspection.verdict(show(inspection.issue()))
    assert verdict.headline == headline
    assert verdict.relied_on.policy == name


# On the command line


@pytest.fixture
def norway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    norway = Authority("NO")
    shore = Shore(tmp_path / "shore", norway)
    assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
    return norway


def check(*arguments: object) -> Run:
    return ombord_verify("check", *arguments, "--at", NOW.isoformat())


@pytest.mark.parametrize("name", ["default", *SHIPPED])
def test_a_policy_is_named_on_the_command_line_and_in_the_verdict(norway: Authority, name: str) -> None:
    run = check(show(norway.issue(competency(), PHONE)), "--policy", name)
    assert run.code == 0
    assert f"policy {name}" in run.out


def test_a_copy_by_mail_is_enough_for_the_agent_and_not_for_the_officer(norway: Authority) -> None:
    copy = norway.issue(competency(), PHONE)
    assert check(copy, "--policy", "psc").code == 2
    run = check(copy, "--policy", "port-agent")
    assert run.code == 0
    assert "holder unconfirmed" in run.out


def test_a_policy_name_that_is_none_says_which_there_are(norway: Authority) -> None:
    run = check("eyJ", "--policy", "pcs")
    assert run.code == 3
    assert run.err.startswith(
        "error: --policy pcs: no policy of this name\nhint: known are default, company,"
    )


def test_a_flag_that_is_not_covered_gets_advice_that_fits(norway: Authority, tmp_path: Path) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text("name: danish port\nflags: [DK]\n", encoding="utf-8")
    run = check(show(norway.issue(competency(), PHONE)), "--policy", ours)
    assert run.code == 2
    assert "the policy danish port does not cover flag NO" in run.out
    assert "choose a policy that covers this flag" in run.out


def test_a_pass_of_a_flag_that_is_not_covered_is_unknown_with_all_that_is_in_it(
    inspection: Inspection,
) -> None:
    inspection.policy, text = Policy(flags=frozenset({"DK"})), passes.issue(inspection.norway)
    verdict = inspection.verdict(show(text))
    assert isinstance(verdict, Undetermined)
    assert verdict.headline is Headline.UNKNOWN_ISSUER
    assert {one.headline for one in verdict.members} == {Headline.UNKNOWN_ISSUER}
    said = report.as_text([verdict], None, environment=Environment.TEST, colour=False)
    assert "import a newer sea pack" not in said
    assert said.count("choose a policy that covers this flag") == 1
