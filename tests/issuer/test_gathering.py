"""Gathering: what comes at once is one batch; each caller gets their own outcome, nobody another's error."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from support.desk import Desk

from issuer.adapters.tables import credential, status_list
from issuer.services.issuing.gathering import Gathering


class Slow:
    """Doubles numbers; the first batch goes on until it is let go, and 13 is an error."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, wanted: Sequence[int]) -> list[int]:
        self.batches.append(list(wanted))
        self.begun.set()
        self.go_on.wait(10)
        if 13 in wanted:
            raise ValueError("thirteen")
        return [2 * one for one in wanted]


def gather(slow: Slow, numbers: Sequence[int], limit: int = 100) -> list[object]:
    """The outcome or error of each: the first begins, all others come while it goes on."""
    gathering: Gathering[int, int] = Gathering(slow, limit)

    def one(number: int) -> object:
        try:
            return gathering.one(number)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(numbers)) as pool:
        first = pool.submit(one, numbers[0])
        slow.begun.wait(10)
        others = [pool.submit(one, number) for number in numbers[1:]]
        while len(gathering._waiting) < len(others):
            threading.Event().wait(0.001)
        slow.go_on.set()
        return [first.result(10), *(other.result(10) for other in others)]


def test_those_who_come_while_a_batch_goes_on_are_the_next_batch() -> None:
    slow = Slow()
    assert gather(slow, range(1, 9)) == [2 * number for number in range(1, 9)]
    assert [len(batch) for batch in slow.batches] == [1, 7]


def test_batch_has_a_limit() -> None:
    slow = Slow()
    assert gather(slow, range(1, 9), limit=3) == [2 * number for number in range(1, 9)]
    assert [len(batch) for batch in slow.batches] == [1, 3, 3, 1]


def test_error_of_a_batch_is_its_leaders_and_nobody_elses() -> None:
    slow = Slow()
    outcomes = gather(slow, [1, 2, 3, 4, 13])
    assert sorted(str(one) for one in outcomes) in (
        ["2", "4", "6", "thirteen", "thirteen"],
        ["2", "4", "8", "thirteen", "thirteen"],
        ["2", "6", "8", "thirteen", "thirteen"],
        ["2", "4", "6", "8", "thirteen"],  # 13 came first of those in line, and led
    )


def test_alone_one_waits_for_nobody() -> None:
    slow = Slow()
    slow.go_on.set()
    gathering: Gathering[int, int] = Gathering(slow, 10)
    assert [gathering.one(number) for number in (1, 2)] == [2, 4]
    assert slow.batches == [[1], [2]]


def test_threads_that_issue_at_once_each_get_their_own(desk: Desk) -> None:
    numbers = desk.enter_many(24)
    issuer = desk.issuer
    with ThreadPoolExecutor(12) as pool:
        issued = list(pool.map(lambda number: issuer.issue(number, None, number), numbers))
    assert [one.document_number for one in issued] == numbers
    assert desk.credential_states() == ["released"] * 24
    assert desk.events().count("credential-logged") == 24


def test_list_that_is_fuller_than_its_count_says_is_left_with_an_event(desk: Desk) -> None:
    numbers = desk.enter_many(5)
    desk = Desk(
        desk.database, desk.settings.model_copy(update={"list_size": 8, "list_fill": 0.5}), desk.clock
    )
    for number in numbers[:4]:
        desk.issue(number, key=number)
    with desk.database.write() as connection:  # all of its places are taken
        rows = connection.execute(credential.select().order_by("id")).all()
        for shift in (100, 0):  # the places are unique at every moment
            for idx, row in enumerate(rows):
                place = credential.update().where(credential.c.id == row.id).values(idx=shift + idx)
                connection.execute(place)
        connection.execute(status_list.update().values(taken=0, size=4))
    issued = desk.issue(numbers[4], key=numbers[4])
    assert issued.list_uri.endswith("/2")
    assert "status-list-full" in desk.events()
