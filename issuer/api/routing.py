"""Routers whose routes are analysed when they are first asked for, or described: not while `serve` starts.

What takes FastAPI its time is an endpoint's parameters and bodies: half a millisecond a route, of which there
are more than a hundred. What is wrong with one is found by the OpenAPI document, which asks them all.

No lock guards an analysis: who asks is on the event loop's thread, and does not wait in the midst of it.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import compile_path


class Deferred(APIRoute):
    """Knows at once what it takes to find it by path and method, and the rest when that is asked."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self._options: dict[str, Any] | None = options
        self.path, self.endpoint = path, endpoint
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.methods = {method.upper() for method in options.get("methods") or ["GET"]}

    def __getattr__(self, name: str) -> Any:
        """What is not there yet: the analysis finds it, once."""
        options = self.__dict__.get("_options")
        if options is None:
            raise AttributeError(name)
        before = dict(self.__dict__)
        self._options = None  # what FastAPI itself looks for meanwhile is not there
        try:
            super().__init__(self.path, self.endpoint, **options)
        except BaseException:  # half an analysis is none: it fails again for whoever asks next
            self.__dict__.clear()
            self.__dict__.update(before)
            raise
        return getattr(self, name)


def new_router(**options: Any) -> APIRouter:
    """A router of such routes."""
    return APIRouter(route_class=Deferred, **options)
