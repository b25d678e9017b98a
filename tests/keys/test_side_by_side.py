"""Checks on several processors: the same answers, in the same order, and the first failure."""

import threading
from functools import partial

import pytest
from cryptography.exceptions import InvalidSignature

from keys import side_by_side as module
from keys.side_by_side import side_by_side, which_hold


@pytest.fixture(autouse=True)
def several_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.os, "cpu_count", lambda: 4)


@pytest.mark.parametrize("count", [0, 1, 7, 15, 16, 17, 100])
def test_answers_come_in_the_order_of_the_items(count: int) -> None:
    assert side_by_side(lambda item: item * 2, range(count)) == [2 * item for item in range(count)]


def test_many_items_are_shared_among_threads_and_few_are_not() -> None:
    meeting = threading.Barrier(4, timeout=10)

    def meet(item: int) -> int:
        if item % 25 == 0:  # whoever takes one of these four waits for whoever takes the others
            meeting.wait()
        return threading.get_ident()

    assert len(set(side_by_side(meet, range(100)))) == 4
    assert set(side_by_side(lambda _: threading.get_ident(), range(15))) == {threading.get_ident()}


def test_what_is_raised_is_what_the_first_item_to_fail_raises() -> None:
    def check(item: int) -> int:
        if item in {40, 60, 90}:
            raise ValueError(item)
        return item

    with pytest.raises(ValueError, match="40"):
        side_by_side(check, range(100))


def test_what_is_no_refusal_is_raised_too() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda item: 1 // (item - 60), range(100))


@pytest.mark.parametrize("count", [0, 1, 15, 16, 33, 100])
def test_which_signatures_hold_is_said_in_their_order(count: int) -> None:
    def check(number: int) -> None:
        if number % 7 == 3:
            raise InvalidSignature

    checks = [partial(check, number) for number in range(count)]
    assert which_hold(checks) == [number % 7 != 3 for number in range(count)]


def test_pending_signatures_are_computed_on_several_threads() -> None:
    meeting = threading.Barrier(4, timeout=10)
    checks = [meeting.wait if number % 25 == 0 else lambda: None for number in range(100)]
    assert which_hold(checks) == [True] * 100


def test_a_check_that_takes_long_holds_up_none_of_the_others() -> None:
    done = threading.Semaphore(0)

    def last_of_all() -> None:
        for _ in range(99):
            assert done.acquire(timeout=10)

    assert which_hold([last_of_all, *[lambda: done.release()] * 99]) == [True] * 100
