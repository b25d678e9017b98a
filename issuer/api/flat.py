"""Routers joined into one: `include_router` would analyse each route again, and on the first request anew.

Routes of a router that was made whole (no prefix, and its dependencies at its own routes) need nothing of
whoever takes them in.
"""

from collections.abc import Iterable

from fastapi import APIRouter


def flat(routers: Iterable[APIRouter]) -> APIRouter:
    """One router with the routes of all, in order, as they are."""
    whole = APIRouter()
    for router in routers:
        whole.routes.extend(router.routes)
    return whole
