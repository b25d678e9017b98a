"""Acts of law from files: those that come with Ombord, or a folder that somebody works on."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from issuer.rules.content import RequiredContent
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.law import Law, Rule
from issuer.rules.reading.act_file import act_of
from issuer.rules.reading.case_file import CaseFile, case_of
from issuer.rules.reading.code_lists import CodeLists, code_lists_of
from issuer.rules.reading.content_file import contents_of, given_in
from issuer.rules.reading.entry import MAX_FILE, LawError
from issuer.rules.reading.evidence_file import policy_of
from issuer.rules.words import Words, words_of

ACTS: Final = Path(__file__).parent.parent / "rules" / "data" / "acts"
POLICIES: Final = ACTS.with_name("policies")
CODES: Final = ACTS.with_name("codes")
WORDS: Final = ACTS.parent.with_name("words")
ENGLISH: Final = "en"  # what is said to whoever reads none of the languages
_STATEMENT: Final = "DK.fartstidserklaering"
CONTENTS: Final = ACTS.with_name("contents")


def load(folder: Path = ACTS) -> Law:
    """Every `*.yaml` of a folder and those below it. Raises LawError for the first that cannot be used."""
    rules: dict[str, list[Rule]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        _, found = act_of(_read(path, name), name)
        for rule in found:
            rules.setdefault(rule.id, []).append(rule)
    if not rules:
        raise LawError(str(folder), 1, "", "there is no law in this folder")
    for name, versions in rules.items():
        versions.sort(key=lambda one: one.first)
        _refuse_overlap(name, versions, str(folder))
    return Law(rules)


def policies(folder: Path = POLICIES) -> dict[str, EvidencePolicy]:
    """Each country's evidence policy. Raises LawError."""
    return dict(policy_of(_read(path, path.name), path.name) for path in sorted(folder.glob("*.yaml")))


@cache
def code_lists(folder: Path = CODES) -> CodeLists:
    """What codes there are, and what each is called. Raises LawError."""
    return code_lists_of((_read(path, path.name), path.name) for path in sorted(folder.glob("*.yaml")))


def contents(folder: Path = CONTENTS) -> dict[str, RequiredContent]:
    """What each document must contain that the law describes, by its id. Raises LawError."""
    found: dict[str, RequiredContent] = {}
    for path in sorted(folder.glob("*.yaml")):
        found |= contents_of(_read(path, path.name), path.name)
    return found


@cache
def statement() -> RequiredContent:
    """What a sea-service statement must contain, after the one source that says it. Raises LawError."""
    return contents()[_STATEMENT]


@cache
def languages() -> frozenset[str]:
    """Languages that an outcome is explained in, by their ISO 639-1 codes."""
    return frozenset(path.stem for path in WORDS.glob("*.yaml"))


@cache
def words(language: str) -> Words:
    """What explanations are said in; English where there is no such language. Raises LawError."""
    path = WORDS / f"{language if language in languages() else ENGLISH}.yaml"
    return words_of(_read(path, path.name), path.name, code_lists())


def document(path: Path) -> dict[str, object]:
    """The document in a file, such as a sea-service statement, as it was written down. Raises LawError."""
    return given_in(_read(path, path.name), path.name)


def case(path: Path) -> CaseFile:
    """The case in a file. Raises LawError."""
    return case_of(_read(path, path.name), path.name)


def _read(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as error:
        raise LawError(name, 1, "", f"it cannot be read: {error.strerror}") from error


def _refuse_overlap(name: str, versions: Iterable[Rule], folder: str) -> None:
    """Of two versions one is the law on a day, never both."""
    before: Rule | None = None
    for version in versions:
        if before is not None and (before.last is None or before.last >= version.first):
            raise LawError(
                folder,
                1,
                name,
                f"its versions from {before.first} and from {version.first} are both in force",
            )
        before = version
