"""`/health/live` and `/health/ready`: for whoever restarts processes and shares out requests among them.

Anybody may ask, at the server's root, which a proxy that passes on the issuer's own path does not show to the
world. Strangers learn which part fails; why it does, only the operator.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from issuer.api.routing import new_router
from issuer.services.operating.readiness import Readiness

LIVE, READY = "/health/live", "/health/ready"


def health_router(readiness: Readiness, is_watcher: Callable[[Request], bool]) -> APIRouter:
    """`GET /health/live` and `GET /health/ready`."""
    router = new_router(include_in_schema=False)

    @router.get(LIVE)
    async def live() -> Response:
        """On the event loop itself: it answers for as long as that does, whatever the threads wait for."""
        return JSONResponse({"live": True})

    @router.get(READY)
    async def ready(request: Request) -> Response:
        watching = is_watcher(request)
        # Not in the threads that requests share: those may all be waiting for what is asked about.
        report = await asyncio.to_thread(readiness.report)
        said: dict[str, Any] = {"ready": report.is_ready, "failing": report.failing}
        if watching:
            said["checks"] = [one._asdict() for one in report.findings]
        return JSONResponse(said, 200 if report.is_ready else 503)

    return router
