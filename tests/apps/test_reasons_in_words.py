"""Reasons that come from errors are said in the reader's language: each template in them is a message."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.codes import World
from support.simulator import NOW

from keys.jws import MalformedJws
from keys.said import Reasoned, Said
from verifier.credential.carrier import PREFIX
from verifier.credential.claims import MalformedCredential
from verifier.decision import verify_all
from verifier.status import StatusBook
from verifier.ui.words import LANGUAGES, words_in
from verifier.unverified import NotReadable
from verifier.verdict import Check, Outcome, Verdict
from verifier.wording import in_words, of, said, why

sys.path.insert(0, str(Path(__file__).parents[2]))
from deploy import catalogues

IDS = {message for message in catalogues.messages() if isinstance(message, str)}
AGAINST = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.REMARK}


def templates(spoken: object) -> Iterator[str]:
    if isinstance(spoken, Said):
        yield spoken.template
        for value in spoken.values:
            yield from templates(value)


def checks_of(verdicts: tuple[Verdict, ...]) -> Iterator[Check]:
    for verdict in verdicts:
        yield from (check for check in verdict.checks if check.outcome in AGAINST)
        yield from checks_of(verdict.members)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_whatever_is_shown_each_part_of_each_reason_is_a_message(world: World) -> None:
    known, book = world.directory(), world.book()
    rows = set()
    for code in {code.made_as: code for code in world.codes}.values():
        verdicts = verify_all(code.text, directory=known, status=book, at=NOW)
        for check in checks_of(verdicts):
            rows.add(check.row)
            unknown = {one for one in templates(of(check)) if any(map(str.isalpha, one)) and one not in IDS}
            assert not unknown, (code.made_as, check)
        assert [str(why(one)) for one in verdicts] == [one.reason for one in verdicts]
    assert {"C1", "C2", "C3", "C4", "C5", "C6", "C9", "C12"} <= rows


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
@pytest.mark.parametrize(
    "error",
    [
        NotReadable("not a credential: {}", MalformedJws("not three parts with a dot between each")),
        NotReadable("not a code of Ombord's: {}", Reasoned("the deflated text is damaged")),
        MalformedCredential("limitations", "a list of 1 to {} items is needed", 64).inside("capacities[0]"),
        Reasoned("the proof was made by another key"),
        Reasoned("key {} is revoked: {}", "NO-1", "lost"),
    ],
    ids=str,
)
def test_an_error_within_an_error_is_said_in_each_language(error: Reasoned, language: str) -> None:
    spoken = in_words(error.said, words_in(language))
    assert spoken != str(error)
    for part in templates(error.said):
        longest = max(part.replace("{}", "|").split("|"), key=len).strip(" :")
        assert not longest or longest not in spoken


@given(st.text(max_size=60), st.sampled_from(["", PREFIX, "eyJ", "a.b.", "https://{0}/"]))
def test_what_somebody_wrote_is_never_taken_for_a_template(text: str, start: str) -> None:
    """Braces in what is shown stay braces, in every language."""
    from support.simulator import directory

    for verdict in verify_all(start + text, directory=directory(), status=StatusBook([]), at=NOW):
        for check in verdict.checks:
            assert said(check, words_in("nb"))
            assert check.reason


@pytest.mark.parametrize("text", ["{", "{0}", "{x!r:>9}", "}{", "{}"])
def test_an_error_with_braces_of_its_own_keeps_them(text: str) -> None:
    assert str(Reasoned(text)) == text
    assert str(Reasoned("not this: {}", text)) == f"not this: {text}"
    assert in_words(Reasoned(text).said, words_in("sv")) == text
