"""A process of many workers, each of which asks for one credential after the other, until none is left.

`python -m support.faults_crowd` reads one order from standard input, and writes what each request got.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

TRIES = 50  # "try again in a moment" is an answer too, in a crowd


def work(database_url: str, numbers: list[str], workers: int) -> list[list[str]]:
    """Request key, serial and the text's hash for each number, whoever of the workers asked."""
    from support.faults_authority import services_over

    from issuer.domain.errors import Conflict

    services = services_over(database_url)
    left: Iterator[str] = iter(numbers)
    lock = threading.Lock()

    def next_number() -> str | None:
        with lock:
            return next(left, None)

    def issue(number: str) -> list[str]:
        for _ in range(TRIES):
            try:
                issued = services.issuer.issue(number, None, f"crowd {number}")
            except Conflict as error:
                problem = error
                continue
            return [number, issued.serial, sha256(issued.token.encode()).hexdigest()]
        raise problem

    def worker(_: int) -> list[list[str]]:
        return [issue(number) for number in iter(next_number, None)]

    with ThreadPoolExecutor(workers) as pool:
        found = [one for each in pool.map(worker, range(workers)) for one in each]
    services.database.close()
    return found


if __name__ == "__main__":
    order = json.loads(sys.stdin.readline())
    json.dump(work(order["database_url"], order["numbers"], order["workers"]), sys.stdout)
