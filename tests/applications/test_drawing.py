"""Spot checks: nobody picks, and anybody can recompute."""

from hashlib import sha256

import pytest
from support.cases import SELF, Bench, medical, watch_service

from issuer.domain.errors import Conflict, NotFound
from issuer.services.applications.drawing import limit_of, number_of


def test_drawn_case_is_looked_at_and_then_issued(bench: Bench) -> None:
    bench.share = 1.0
    bench.know_enough()
    case = bench.submit()
    assert bench.state(case) == "spot-check"
    bench.applications.deciding.check(case, is_good=True, reason="all is as reported", by="operator:anna")
    assert bench.finishing.finish(case).state == "issued"
    assert bench.events(case) == ["submit", "draw", "clear", "complete"]


def test_doubt_makes_it_a_persons_case(bench: Bench) -> None:
    bench.share = 1.0
    bench.know_enough()
    case = bench.submit()
    bench.applications.deciding.check(case, is_good=False, reason="the ship was laid up", by="operator:anna")
    assert bench.state(case) == "manual"


def test_evidence_that_changed_before_the_look_is_doubt_by_itself(bench: Bench) -> None:
    bench.share = 1.0
    bench.know_enough()
    case = bench.submit()
    bench.know(medical(bench.today), watch_service(bench.today, source=SELF))
    bench.applications.deciding.check(case, is_good=True, reason="", by="operator:anna")
    assert bench.state(case) == "manual"


def test_hash_is_published_before_and_the_secret_after_the_day(bench: Bench) -> None:
    bench.know_enough()
    drawing = bench.applications.drawing
    drawing.commit_ahead()
    tomorrow, today = drawing.days()
    assert (today.day, today.secret, tomorrow.secret) == (bench.today.isoformat(), None, None)
    case = bench.submit()
    with pytest.raises(Conflict, match="still in use"):
        drawing.verify(case)
    bench.clock.forward(days=1)
    day = next(one for one in drawing.days() if one.day == today.day)
    assert day.secret is not None
    assert sha256(bytes.fromhex(day.secret)).hexdigest() == today.commitment == day.commitment
    found = drawing.verify(case)
    assert not found.was_drawn
    assert found.agrees is (found.number >= found.limit), "this test draws nobody, the policy some"


def test_case_that_no_draw_was_about_says_so(bench: Bench) -> None:
    case = bench.submit()
    bench.clock.forward(days=1)
    with pytest.raises(NotFound, match="never drawn"):
        bench.applications.drawing.verify(case)


def test_draw_is_by_the_share() -> None:
    secret = "5b" * 32
    drawn = sum(number_of(secret, f"SE26-{one:08}") < limit_of(0.05) for one in range(20_000))
    assert 900 < drawn < 1_100
    assert limit_of(0.0) == 0
    assert limit_of(1.0) == 2**64
