"""A process that prints papers in bulk until it has all, or until issuing is stopped.

`python -m support.bulk_worker` reads one order from standard input; how it ended is its answer.
"""

from __future__ import annotations

import json
import sys


def work(database_url: str, numbers: list[str]) -> dict[str, bool]:
    """Whether we were stopped."""
    from support.faults_authority import services_over

    from issuer.domain.errors import IssuingStopped
    from issuer.services.issuing import issuer
    from issuer.services.issuing.issuer import IssueRequest

    issuer.BATCH = 500  # so that some batches are released while others are not begun
    services = services_over(database_url)
    requests = [
        IssueRequest(document_number=number, holder_key=None, idempotency_key=f"bulk {number}")
        for number in numbers
    ]
    try:
        services.issuer.issue_many(requests)
    except IssuingStopped:
        return {"stopped": True}
    finally:
        services.database.close()
    return {"stopped": False}


if __name__ == "__main__":
    order = json.loads(sys.stdin.readline())
    json.dump(work(order["database_url"], order["numbers"]), sys.stdout)
