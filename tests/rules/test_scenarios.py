"""Every scenario that an official wrote (tests/rules/scenarios) comes out as the law has it."""

from collections import Counter, defaultdict

import pytest
from support.scenarios import Scenario, differs, scenarios

FILES: dict[str, list[Scenario]] = defaultdict(list)
for _one in scenarios():
    FILES[_one.file].append(_one)


@pytest.mark.parametrize("file", FILES)
def test_scenarios_come_out_as_the_law_has_it(file: str) -> None:
    wrong = {one.title: found for one in FILES[file] if (found := differs(one))}
    assert not wrong, "\n".join(f"{title}: {found}" for title, found in wrong.items())


def test_each_scenario_is_called_something_of_its_own() -> None:
    assert not [name for name, times in Counter(map(str, scenarios())).items() if times > 1]
