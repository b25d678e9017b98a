"""Whatever rows P and a crew's report say can be translated: every template is a text of the catalogues."""

import pytest
from support.person_cases import DANE, Case, application, judged
from support.scenario import TODAY, medical
from support.simulator import DAY

from deploy import catalogues
from verifier.inspection import table
from verifier.inspection.deficiency import codes
from verifier.verdict import Check
from verifier.wording import said


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {message if isinstance(message, str) else message[0] for message in catalogues.messages()}


def test_a_reason_is_said_in_another_language_in_all_its_parts() -> None:
    """In a language of capitals alone, only what is quoted is left as it was."""
    case = Case((DANE, application(DANE, TODAY - 100 * DAY), medical()))
    check: Check = next(one for one in judged(case).checks if one.row == "P3")
    spoken = said(check, str.upper, lambda quoted: f"<{quoted}>")
    assert "<DK DK-COC-0001>" in spoken
    assert spoken.upper() == spoken
    assert said(check, str) == check.reason


def test_what_is_advised_proposed_and_labelled_is_collected(known: set[str]) -> None:
    assert {*table.ADVICE.values(), *(code.title for code in codes().values())} <= known
    assert {"entitles to", "rests on", "it says", "fitness"} <= known


def test_what_only_the_command_line_and_the_documents_say_is_not(known: set[str]) -> None:
    assert not known & {row.condition for row in table.ROWS}
    assert not known & {"PROBLEMS", "SEEN ON PAPER ALONE (counted apart, never green)"}
    assert not [text for text in known if "\\Z" in text or text in {"{rows C}", "{rows P}"}]
