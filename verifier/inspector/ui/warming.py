"""What takes long once, done before anybody waits for it: modules read, screens made, in small pieces.

A scan should be answered at once, also the first, and no touch wait for a screen to be made. What was made
is then kept from the garbage collector (`verifier.ui.memory`), which else goes through all widgets every few
scans and stops the drawing for as long as that takes.
"""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any, Final

from kivy.base import EventLoop

from verifier.inspector.ui import routes
from verifier.ui import scanning
from verifier.ui.ports.camera import CameraError, Frame

_BLANK: Final = Frame(bytes(64 * 64), 64, 64)
_AT_ONCE: Final = 4  # rows: less than a frame's time
USUAL_LINES: Final = 12  # of a certificate, and of what its verdict rests on


def warm(app: Any) -> None:
    """Begin, in what time the screens in view leave."""
    app.memory.settle()
    app.background.run(_read_modules, lambda _: app.background.spare(_steps(app)), lambda _: None)


def _read_modules() -> None:
    """Those of the screens, and what reads codes; on another thread."""
    for route in routes.ROUTES.values():
        import_module(route.place.partition(":")[0])
    try:
        scanning.decode(_BLANK)
    except CameraError:  # without the scan extra; the viewfinder says so in its time
        return


def _steps(app: Any) -> Iterator[None]:
    screens = app.screens
    app.memory.settle()  # the modules: half of the first screen's time went into looking through them
    for step in _pieces(app):
        while EventLoop.touches or screens.transition.is_active:
            yield  # somebody waits for the screens
        if app.screens is not screens:
            return  # made anew meanwhile: so is this
        step()
        app.memory.settle()
        yield
    app.is_ready = True


def _pieces(app: Any) -> Iterator[Callable[[], object]]:
    yield partial(_make, app, "verdict")
    for count in range(_AT_ONCE, USUAL_LINES + _AT_ONCE, _AT_ONCE):
        yield partial(_fill, app, count)
    for name in routes.ROUTES:
        yield partial(_make, app, name)


def _fill(app: Any, count: int) -> None:
    app.screen("verdict").ids.body.prepare(count)


def _make(app: Any, name: str) -> None:
    """In the size that it will have, so that it is laid out before it is shown."""
    screen = app.screen(name)
    screen.size = app.screens.size
