"""No number of the law can move, and no demand fall away, that a scenario does not notice."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.mutants import SHARED, ActText, is_law
from support.scenarios import LAW, Scenario, scenarios

from issuer.adapters.law_files import ACTS
from issuer.rules.outcome import Way

FILES = sorted(ACTS.rglob("*.yaml"))
OF: dict[tuple[str, str], list[Scenario]] = defaultdict(list)
for _one in scenarios():
    OF[_one.rule, str(_one.law().first)].append(_one)


def _rule_id(rule: object) -> tuple[str, str]:
    found = {key.value: value for key, value in rule.value}  # type: ignore[attr-defined]
    times = {key.value: value.value for key, value in found["in_force"].value}
    return found["id"].value, times["from"]


def _result(one: Scenario, rule: object) -> tuple[object, ...]:
    found = one.outcome(rule)  # type: ignore[arg-type]
    return found.way, frozenset(found.why), found.limitation, found.decide_by, found.valid_until


def _unnoticed(text: ActText, node: object, path: str, rules: list[object]) -> Iterator[str]:
    """What can be changed below a node without that any scenario of these rules comes out otherwise."""
    text.first = min(date.fromisoformat(_rule_id(rule)[1]) for rule in rules)
    cases = [(rule, [(one, _result(one, None)) for one in OF[_rule_id(rule)]]) for rule in rules]
    for place in text.mutants_of(node, path):
        if not any(
            _notices(text, rule, found) and _first(cases, at) for at, (rule, found) in enumerate(cases)
        ):
            yield str(place)


def _notices(text: ActText, rule: object, found: list[tuple[Scenario, tuple[object, ...]]]) -> bool:
    changed = is_law(text, rule)
    return changed is None or any(
        _result(one, changed) != before and _first(found, at) for at, (one, before) in enumerate(found)
    )


def _first(things: list[Any], at: int) -> bool:
    """Who noticed this change will likely notice the next: asked first from now on."""
    things.insert(0, things.pop(at))
    return True


def test_each_version_of_each_rule_has_scenarios_that_meet_it_and_that_do_not() -> None:
    for rule in (version for versions in LAW.rules.values() for version in versions):
        met = {one.outcome().way is not Way.INCOMPLETE for one in OF[rule.id, str(rule.first)]}
        assert met == {True, False}, f"{rule.id} of {rule.first}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ACTS).as_posix())
def test_each_number_and_demand_of_a_rule_is_noticed_by_a_scenario(path: Path) -> None:
    text = ActText(path)
    if not any(OF[_rule_id(rule)] for rule in text.rules):
        pytest.skip(f"no scenarios yet for {path.name}")
    missed = {
        " ".join(_rule_id(rule)): found
        for rule in text.rules
        if (found := list(_unnoticed(text, rule, "", [rule])))
    }
    assert not missed, "\n".join(f"{rule}: {one}" for rule, found in missed.items() for one in found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ACTS).as_posix())
def test_what_an_act_says_for_all_of_its_rules_is_noticed_too(path: Path) -> None:
    text = ActText(path)
    rules = [rule for rule in text.rules if OF[_rule_id(rule)]]
    if not rules:
        pytest.skip(f"no scenarios yet for {path.name}")
    missed = [
        one
        for section in SHARED
        if section in text.root
        for one in _unnoticed(text, text.root[section].node, section, rules)
    ]
    assert not missed, "\n".join(missed)
