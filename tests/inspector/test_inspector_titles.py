"""What a certificate is called and what it entitles to, in the inspector's own language."""

import gettext

import pytest
from support.scenario import Inspection, competency, show
from support.simulator import NOW

from verifier.credential import codelists
from verifier.credential.model import Acceptance, CapacityGrant, Limitations
from verifier.inspection.by_hand import HandEntry
from verifier.inspector.core import hand_form, person_views, saying, ship_form
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.verdict_view import verdict_state
from verifier.ui.words import Words, words_in
from verifier.verdict import Check, Outcome
from verifier.wording import text


class Norwegian(gettext.NullTranslations):
    """A catalogue whose texts are still English: titles are data, and no part of it."""

    def info(self) -> dict[str, str]:
        return {"language": "nb"}


NORWEGIAN = Words(Norwegian())


def lines(say: Words, **changes: object) -> dict[str, str]:
    presented = show(Inspection().issue(competency(**changes)))
    shown = Shown(presented=presented, verdicts=(Inspection().verdict(presented),), at=NOW)
    return {line.label: line.value for line in verdict_state(shown, say, is_rehearsal=False).lines}


def test_a_certificate_its_country_and_its_capacity_are_named_in_norwegian() -> None:
    found = lines(NORWEGIAN)
    assert found["Certificate"] == "Kompetansesertifikat"
    assert found["Issued by"] == "Sjøfartsdirektoratet (Norge)"
    assert found["Capacity"] == "Skipsfører"


def test_codes_in_limits_are_named_too_and_no_limit_is_left_out() -> None:
    limits = Limitations(max_gt=3000, areas=("inre-fart",), text="IKKE om natten")
    found = lines(
        NORWEGIAN,
        capacities=(CapacityGrant("master", limits),),
        acceptance=Acceptance(flags=("SE", "ZZ"), areas=()),
    )
    area = codelists.trade_areas()["inre-fart"].title("nb")
    assert found["Capacity"] == f"Skipsfører, limited: at most 3000 GT; in areas {area}; IKKE om natten"
    assert found["Accepted"] == "only on ships of Sverige, ZZ"


def test_in_english_nothing_else_is_said_than_before() -> None:
    assert lines(Words())["Certificate"] == "Certificate of competency"


def test_papers_and_choices_are_named_in_norwegian() -> None:
    kind = competency().type
    entry = HandEntry(
        type=kind,
        document_number="P-1",
        issuing_country="NO",
        name="Kim",
        capacities=(CapacityGrant("master"),),
    )
    assert "Kompetansesertifikat" in person_views.paper_line(entry, NORWEGIAN)
    assert hand_form.type_titles(NORWEGIAN)[kind.value] == "Kompetansesertifikat"
    assert ship_form.options("flag", NORWEGIAN)["NO"] == "Norge"
    assert ship_form.title_of("capacity", "master", NORWEGIAN) == "Skipsfører"


@pytest.mark.parametrize("code", ["no-such-post", "a\u202eb"])
def test_a_code_that_no_list_has_stays_and_hides_nothing(code: str) -> None:
    assert "\u202e" not in person_views.post_title(code, NORWEGIAN)
    assert person_views.post_title(code, NORWEGIAN).startswith(code[0])


def test_a_reason_within_a_reason_is_in_the_inspectors_language_too() -> None:
    say = words_in("nb")
    if say.language != "nb":
        pytest.skip("set-up has not compiled the catalogues")
    check = Check("C14", Outcome.REMARK, "holder unconfirmed: {}", (text("nothing is against it"),))
    inner = say("nothing is against it")
    assert inner != "nothing is against it"
    assert inner in saying.reason(check, say)
    assert inner in saying.phrase(check, say)
