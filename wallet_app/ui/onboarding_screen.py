"""The first three screens: what this is, the PIN, and where the certificates come from."""

from typing import Any, Final

from kivy.app import App
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from wallet_app.ui.pin_choice import PinChoice

__all__ = ["OnboardingScreen", "PinChoice"]
STEPS: Final = 3


class WelcomePoint(BoxLayout):
    """One thing that the app does."""

    icon = StringProperty("")
    title = StringProperty("")
    more = StringProperty("")


class WelcomeStep(BoxLayout):
    """What this is."""


class PinStep(BoxLayout):
    """The PIN, twice."""


class SourceStep(BoxLayout):
    """An offer, a backup, or neither yet."""


class OnboardingScreen(Screen):
    """Goes through the steps; before the PIN is chosen there is no way around it."""

    number = NumericProperty(1)
    step = ObjectProperty(None, allownone=True)

    def start(self) -> None:
        """From the first step."""
        self._show(1, WelcomeStep())

    def choose_pin(self) -> None:
        """The second step."""
        step = PinStep()
        self._show(2, step)
        step.ids.choice.start()

    def pin_is_chosen(self) -> None:
        """The third step, unless there are certificates already."""
        app: Any = App.get_running_app()
        if app.wallet.vault.contents.credentials:
            app.finish_onboarding()
        else:
            self._show(3, SourceStep())

    def on_pre_leave(self, *_: object) -> None:
        """Keys are not ours any more."""
        self._let_go()

    def _let_go(self) -> None:
        if isinstance(self.step, PinStep):
            self.step.ids.choice.stop()

    def _show(self, number: int, step: BoxLayout) -> None:
        self._let_go()
        self.number, self.step = number, step
        self.ids.area.clear_widgets()
        self.ids.area.add_widget(step)
        self.ids.scroll.scroll_y = 1
