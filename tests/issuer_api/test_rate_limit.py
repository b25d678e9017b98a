"""Token buckets: a burst, a steady refill, bounded memory."""

from issuer.api.rate_limit import RateLimit


class Ticks:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_burst_is_allowed_and_then_refilled_steadily() -> None:
    ticks = Ticks()
    limit = RateLimit(burst=3, per_second=0.5, clock=ticks)
    assert [limit.wait("a") for _ in range(4)] == [0, 0, 0, 2.0]
    ticks.now = 2.0
    assert limit.wait("a") == 0
    assert limit.wait("a") > 0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    ticks = Ticks()
    limit = RateLimit(burst=2, per_second=10, clock=ticks)
    limit.wait("a")
    ticks.now = 1_000_000.0
    assert [limit.wait("a") > 0 for _ in range(3)] == [False, False, True]


def test_one_clients_haste_does_not_slow_another() -> None:
    limit = RateLimit(burst=1, per_second=1, clock=Ticks())
    assert limit.wait("a") == 0
    assert limit.wait("a") > 0
    assert limit.wait("b") == 0


def test_memory_is_bounded_and_the_busiest_are_remembered() -> None:
    limit = RateLimit(burst=1, per_second=1, clients=10, clock=Ticks())
    for number in range(1_000):
        limit.wait(f"client {number}")
        limit.wait("busy")
    assert len(limit) == 10
    assert limit.wait("busy") > 0
