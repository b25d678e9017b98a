"""An Android phone's sensor: the system's own question (BiometricPrompt, Android 11 and later)."""

from collections.abc import Callable
from typing import Any, Final

from verifier.ui.ports.android_java import activity, call, java
from verifier.ui.ports.biometrics import Answer

_QUESTION: Final = "org.ombord.OwnerQuestion"
_ANSWERED: Final = "org/ombord/OwnerQuestion$Answered"


class AndroidBiometrics:
    """`verifier.ui.ports.biometrics.Biometrics`. `hand_over` brings answers to the drawing thread."""

    def __init__(
        self, title: str, cancel: Callable[[], str], hand_over: Callable[[Callable[[], None]], None]
    ) -> None:
        """Ask under `title`, with the word that `cancel` gives on the button that leads back to the PIN."""
        self._title, self._cancel, self._hand_over = title, cancel, hand_over
        self._asking: Any = None  # Java calls it later: it must outlive `ask`

    @property
    def is_available(self) -> bool:
        """Whether there is a strong sensor, and somebody enrolled."""
        return bool(call(java(_QUESTION).isAvailable, activity()))

    def ask(self, reason: str, answered: Callable[[Answer], None]) -> None:
        """Ask with `reason` in view; `answered` is called once, on the drawing thread."""

        def told(is_owner: bool) -> None:
            if self._asking is listener:  # of two answers the first
                self._asking = None
                self._hand_over(lambda: answered(Answer.IS_OWNER if is_owner else Answer.IS_NOT))

        self._asking = listener = _listener(told)
        call(java(_QUESTION).ask, activity(), self._title, reason, self._cancel(), listener)


def _listener(told: Callable[[bool], None]) -> Any:
    """A Java object that calls `told`: a class of pyjnius, which is there on a phone alone."""
    from jnius import PythonJavaClass, java_method

    class Answered(PythonJavaClass):
        __javainterfaces__ = (_ANSWERED,)
        __javacontext__ = "app"  # ours are the app's classes, not the system's

        @java_method("(Z)V")  # type: ignore[untyped-decorator] # pyjnius carries no types
        def answered(self, isOwner: bool) -> None:  # noqa: N803 # Java's own name
            told(bool(isOwner))

    return Answered()
