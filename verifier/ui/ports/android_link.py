"""The link that opened the app on an Android phone, such as an offer (`openid-credential-offer:`)."""

from collections.abc import Callable
from typing import Any, Final

from verifier.ui.ports.android_java import activity

VIEW: Final = "android.intent.action.VIEW"
MOST_CHARACTERS: Final = 16_384


def link_of(intent: Any) -> str | None:
    """The link that somebody followed to here; None for an app that was opened by its icon."""
    if intent is None or intent.getAction() != VIEW:
        return None
    link = intent.getDataString()
    return str(link) if link is not None and len(str(link)) <= MOST_CHARACTERS else None


def first_link() -> str | None:
    """The link with which the app was started."""
    return link_of(activity().getIntent())


def on_link(told: Callable[[str], None]) -> None:
    """Call `told` with each link that is followed while the app runs."""
    from android.activity import bind

    def arrived(intent: Any) -> None:
        link = link_of(intent)
        if link is not None:
            told(link)

    bind(on_new_intent=arrived)
