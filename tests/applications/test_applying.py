"""From an application to a certificate, or to what is missing."""

from datetime import timedelta

import pytest
from support.cases import ASTRID, SELF, Bench, medical, watch_service

from issuer.domain.applications import Asked
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.applications.cases import Wish
from issuer.services.applications.reevaluating import mark_due


def test_what_the_law_gives_by_verified_evidence_is_issued_by_nobody(bench: Bench) -> None:
    bench.know_enough()
    case = bench.submit()
    assert bench.state(case) == "issuing"
    assert bench.finishing.finish(case).state == "issued"
    shown = bench.shown(case)
    assert (shown["automatic"], shown["document_number"]) == (True, case)
    assert bench.events(case) == ["submit", "accept", "complete"]
    [decision] = shown["decisions"]
    assert (decision["what"], decision["way"], decision["automatic"]) == ("evaluate", "auto", True)


def test_what_is_missing_waits_and_new_evidence_takes_it_up_by_itself(bench: Bench) -> None:
    bench.know(medical(bench.today - timedelta(days=30)))
    case = bench.submit()
    assert bench.state(case) == "awaiting-information"
    bench.know_enough()
    assert bench.applications.reevaluating.run() == 0, "nothing was marked"
    with bench.database.write() as connection:
        mark_due(connection, [ASTRID])
    assert bench.applications.reevaluating.run(bench.finishing.finish_now) == 1
    assert bench.state(case) == "issued"
    assert bench.events(case) == ["submit", "lack", "evaluate", "accept", "complete"]


def test_what_only_unverified_evidence_meets_goes_to_a_person(bench: Bench) -> None:
    bench.know(medical(bench.today), watch_service(bench.today, source=SELF))
    assert bench.state(bench.submit()) == "manual"


def test_same_key_is_the_same_case_and_another_key_is_a_second_application(bench: Bench) -> None:
    case = bench.submit(key="one and the same")
    assert bench.submit(key="one and the same") == case
    with pytest.raises(Conflict, match=f"applied for already: case {case}"):
        bench.submit(key="another one")


def test_what_is_held_in_force_is_not_applied_for_as_a_first_one(bench: Bench) -> None:
    bench.know_enough()
    first = bench.submit()
    bench.finishing.finish(first)
    with pytest.raises(Conflict, match=f"held already, and in force: {first}") as refused:
        bench.submit(key="once more")
    assert "renewal" in refused.value.hint


def test_lost_one_is_given_again_to_the_same_day_and_the_old_one_is_no_longer_good(bench: Bench) -> None:
    bench.know_enough()
    first = bench.submit()
    bench.finishing.finish(first)
    lost = bench.submit(key="it fell overboard", asked=Asked.LOST)
    assert bench.state(lost) == "manual", "the ordinance has no rule about it"


@pytest.mark.parametrize(
    ("wish", "error", "says"),
    [
        (Wish("0000000X", "SE.Lmt"), NotFound, "no seafarer 0000000X"),
        (Wish(ASTRID, "SE.nonsense"), NotFound, "there is no rule SE.nonsense"),
        (Wish(ASTRID, "DK.radio"), InvalidInput, "law of DK"),
        (Wish(ASTRID, "SE.Lmt", Asked.LOST), Conflict, "nothing of the kind is in force"),
    ],
)
def test_what_cannot_be_applied_for_is_refused_and_nothing_is_entered(
    bench: Bench, wish: Wish, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        bench.applications.submitting.submit(wish, key="any key", actor="test")
    with pytest.raises(error, match=says):
        bench.applications.submitting.preview(wish, actor="test")
    assert bench.applications.explaining.cases() == []


def test_preview_tells_source_fee_way_and_what_is_missing_and_changes_nothing(bench: Bench) -> None:
    bench.know(medical(bench.today), watch_service(bench.today, days=100))
    told = bench.applications.submitting.preview(Wish(ASTRID, "SE.Lmt"), actor="test")
    shown = bench.applications.explaining.preview(told, "sv")
    assert shown["way"] == "incomplete"
    assert shown["fee"] == {"amount": None, "currency": "SEK", "ref": "SFS 2011:1533, 6 kap. 3 §"}
    assert "2 kap. 12 §" in "\n".join(map(str, shown["text"] or ()))
    assert bench.applications.explaining.cases() == []
    bench.know_enough()
    told = bench.applications.submitting.preview(Wish(ASTRID, "SE.Lmt"), actor="test")
    assert bench.applications.explaining.preview(told, "en")["way"] == "automatic-or-spot-check"


def test_content_that_nobody_compared_decides_nothing_alone_in_production(bench: Bench) -> None:
    bench.settings = bench.settings.model_copy(update={"environment": "production"})
    bench.know_enough()
    assert bench.state(bench.submit()) == "manual"


def test_withdrawn_application_is_over(bench: Bench) -> None:
    case = bench.submit()
    bench.applications.submitting.withdraw(case, reason="changed my mind", actor="test")
    assert bench.state(case) == "withdrawn"
    with pytest.raises(Conflict, match="withdraw is not possible"):
        bench.applications.submitting.withdraw(case, reason="again", actor="test")


def test_decisions_keep_evidence_by_version_and_are_replayed_to_the_same(bench: Bench) -> None:
    bench.know_enough()
    case = bench.submit()
    assert bench.applications.explaining.replay(case, actor="test") == [(1, True)]
    for language, words in {"sv": "2 kap. 12 §", "da": "§", "nb": "§", "en": "§"}.items():
        told = bench.applications.explaining.explain(case, language, actor="test")
        assert words in "\n".join(map(str, told["text"] or ()))
        assert told["decided_by"] == "automatic"
        assert "22" in str(told["person"]), "how to have a person look at it"
