"""Moving between the screens: each is made when first needed; a locked app shows only some."""

from collections.abc import Collection
from typing import Any, Final

from kivy.uix.screenmanager import ScreenManager, SlideTransition

from wallet_app.ui import routes

SLIDE_SECONDS: Final = 0.18
ALL: Final[Collection[str]] = routes.ROUTES.keys()


class Navigation:
    """`manager` is the app's root widget."""

    def __init__(self) -> None:
        """No screen is made yet."""
        self.manager = ScreenManager(transition=SlideTransition(duration=SLIDE_SECONDS))
        self._allowed = ALL
        self._came_from: dict[str, str] = {}
        self._waiting: str | None = None

    @property
    def current(self) -> str:
        """The name of the screen in view."""
        return str(self.manager.current or "")

    def screen(self, name: str) -> Any:
        """The screen of that name."""
        if not self.manager.has_screen(name):
            made = routes.make(name)
            if not self.manager.has_screen(name):
                self.manager.add_widget(made)
        return self.manager.get_screen(name)

    def has(self, name: str) -> bool:
        """Whether that screen has been made."""
        return bool(self.manager.has_screen(name))

    def go(self, name: str, *, came_from: str | None = None, forward: bool = True) -> None:
        """Show a screen, or once it may be shown; "back" leads to `came_from`, or to its route's parent."""
        if came_from is not None:
            self._came_from[name] = came_from
        if name not in self._allowed:
            self._waiting = name
            return
        self.screen(name)
        self.manager.transition.direction = "left" if forward else "right"
        self.manager.current = name

    def back(self) -> bool:
        """Where one came from; False at the root."""
        target = self._came_from.pop(self.current, "") or self.parent(self.current)
        if target:
            self.go(target, forward=False)
        return bool(target)

    def behind(self, name: str) -> str:
        """Where "back" leads from that screen."""
        return self._came_from.get(name, "") or self.parent(name)

    @staticmethod
    def parent(name: str) -> str:
        """What is behind a screen; empty at a root."""
        return routes.ROUTES[name].parent if name in routes.ROUTES else ""

    def allow_only(self, *names: str) -> None:
        """From now on show none but these; what is asked for meanwhile waits."""
        self._allowed = names
        self._waiting = self.current or None

    def allow_all(self) -> str | None:
        """Show all again; returns the screen that was in view before, or that was asked for meanwhile."""
        self._allowed = ALL
        waiting, self._waiting = self._waiting, None
        return waiting

    def clear(self) -> None:
        """Throw all screens away."""
        self.manager.clear_widgets()
        self._came_from.clear()

    def forget_others(self, *kept: str) -> None:
        """Throw away every screen but `kept` and the one in view: they are made anew, as things now are."""
        for screen in list(self.manager.screens):
            if screen.name not in (*kept, self.current):
                self.manager.remove_widget(screen)
