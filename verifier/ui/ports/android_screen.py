"""An Android phone's screen while a code is shown: bright and awake, for the app's own window alone."""

from typing import Final

from verifier.ui.ports.android_java import activity, java

_SCREEN: Final = "org.ombord.ScreenHold"


class AndroidScreen:
    """`verifier.ui.ports.screen.Screen`, by window attributes; needs no permission."""

    def hold_up(self) -> None:
        """Full brightness, no dimming, no lock."""
        java(_SCREEN).holdUp(activity())

    def let_go(self) -> None:
        """As the user had it."""
        java(_SCREEN).letGo(activity())
