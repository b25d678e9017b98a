"""A text that no screen shows is a promise that nobody keeps: each constant of the apps' texts is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = [
    path
    for pattern in ("wallet_app/texts*.py", "verifier/inspector/texts*.py", "verifier/ui/texts.py")
    for path in sorted(ROOT.glob(pattern))
]
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for folder in ("wallet_app", "verifier")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".kv"}
}


def constants(module: Path) -> Iterator[str]:
    for node in ast.parse(SOURCES[module]).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (one.id for one in targets if isinstance(one, ast.Name))


def names_of(module: str, source: str) -> set[str]:
    """What a file calls `module`, in Python and in Kivy's rules."""
    package, _, last = module.rpartition(".")
    found = re.findall(rf"^#:import (\w+) {re.escape(module)}$", source, re.MULTILINE)
    for line in re.findall(rf"^\s*from {re.escape(package)} import ([^()\n]+)$", source, re.MULTILINE):
        for part in line.split(","):
            name, _, alias = part.strip().partition(" as ")
            if name == last:
                found.append(alias or name)
    return set(found)


def used(module: Path) -> set[str]:
    """The constants of `module` that any file reads, itself included."""
    dotted = module.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    found = {
        node.id
        for node in ast.walk(ast.parse(SOURCES[module]))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for source in SOURCES.values():
        for alias in names_of(dotted, source):
            found.update(re.findall(rf"\b{alias}\.([A-Z]\w*)", source))
        for names in re.findall(rf"from {re.escape(dotted)} import (\([^)]*\)|[^\n]*)", source):
            found.update(re.findall(r"[A-Z]\w*", names))
    return found


@pytest.mark.parametrize("module", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_text_is_shown_somewhere(module: Path) -> None:
    assert set(constants(module)) - used(module) == set()
