"""Names in kv rules are the process's, not the app's: what both apps call the same, the last one read wins.

Kivy's `#:import` names and class rules are global, and a rule styles every class of its name.
"""

import ast
import re
from itertools import chain, combinations
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final = {
    "shared": ROOT / "verifier" / "ui",
    "wallet": ROOT / "wallet_app" / "ui",
    "inspector": ROOT / "verifier" / "inspector" / "ui",
}
IMPORT: Final = re.compile(r"^#:import\s+(\w+)\s+(\S+)", re.MULTILINE)
RULE: Final = re.compile(r"^<([^>]+)>", re.MULTILINE)


class Names(NamedTuple):
    """What the kv files of one folder bring into the process."""

    imports: dict[str, set[str]]  # name -> what it stands for
    rules: set[str]
    classes: set[str]  # of Python, which a rule of that name would style


def names_of(folder: Path) -> Names:
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.kv"))]
    imports: dict[str, set[str]] = {}
    for name, target in chain.from_iterable(IMPORT.findall(text) for text in texts):
        imports.setdefault(name, set()).add(target)
    heads = chain.from_iterable(RULE.findall(text) for text in texts)
    rules = {name.strip("-+ ") for head in heads for name in head.partition("@")[0].split(",")}
    return Names(imports, rules, _widgets(folder))


def _widgets(folder: Path) -> set[str]:
    """Classes that inherit something of Kivy's or of this project's: a rule finds them by name."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py")))
    found = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {node.name for node in found if node.bases and ast.unparse(node.bases[0]) not in PLAIN}


PLAIN: Final = {"NamedTuple", "Protocol", "Exception", "Enum", "StrEnum"}
NAMES: Final = {where: names_of(folder) for where, folder in FOLDERS.items()}


@pytest.mark.parametrize(("one", "other"), list(combinations(FOLDERS, 2)))
def test_a_rule_styles_the_widgets_of_its_own_app_alone(one: str, other: str) -> None:
    assert NAMES[one].rules, one
    assert not NAMES[one].rules & (NAMES[other].rules | NAMES[other].classes)
    assert not NAMES[other].rules & NAMES[one].classes


def test_a_name_that_kv_imports_stands_for_one_thing_in_the_whole_process() -> None:
    stands_for: dict[str, set[str]] = {}
    for names in NAMES.values():
        for name, targets in names.imports.items():
            stands_for.setdefault(name, set()).update(targets)
    assert {name: targets for name, targets in stands_for.items() if len(targets) > 1} == {}
    assert stands_for


def test_no_rule_reaches_through_ids_of_a_widget() -> None:
    """Kivy would keep that widget for ever, and with it all of its app: `Builder` binds `ids` by itself."""
    reach = re.compile(r"\w\.ids\.\w+")
    rules = {
        path: path.read_text(encoding="utf-8") for folder in FOLDERS.values() for path in folder.rglob("*.kv")
    }
    assert rules
    assert {path.name: reach.findall(text) for path, text in rules.items() if reach.search(text)} == {}
