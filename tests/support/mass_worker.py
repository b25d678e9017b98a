"""A worker of mass operations as a process of its own.

`python -m support.mass_worker` reads one order from standard input, says `begun` after its first batch, and
ends when there is nothing more to do.
"""

from __future__ import annotations

import json
import sys

BATCH = 50


def work(database_url: str) -> None:
    from support.faults_authority import services_over

    from issuer.services.mass.working import MassWorker, Worked

    services = services_over(database_url)
    parts = (services.database, services.clock, services.keys, services.settings)
    worker = MassWorker(*parts, services.issuer, batch=BATCH, issued_at_once=BATCH)
    while worker.step() is Worked.SOME:
        print("some", flush=True)
    services.database.close()


if __name__ == "__main__":
    work(json.loads(sys.stdin.readline())["database_url"])
