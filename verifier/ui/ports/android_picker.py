"""An Android phone's file picker (`org.ombord.FilePick`): what was chosen is copied for the app to read.

Copies lie beside each other in the app's own folder, as a root beside its pack must, until the next start.
"""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from verifier.ui.ports.android_java import JavaError, activity, as_bytes, call, java
from verifier.ui.ports.picker import PickError
from verifier.ui.ports.share import plain_name
from verifier.ui.work import Background

REQUEST: Final = 7117  # as in FilePick
MOST_BYTES: Final = 32 * 1024 * 1024  # no pack, backup or picture is larger
_RESULT_OK: Final = -1
_PICK: Final = "org.ombord.FilePick"
Answered = Callable[[int, int, Any], None]


def _on_answer(answered: Answered) -> None:
    from android.activity import bind

    bind(on_activity_result=answered)


class AndroidPicker:
    """`verifier.ui.ports.picker.Picker`. `folder` is the app's own, for nothing else."""

    is_available = True

    def __init__(
        self, folder: Path, background: Background, on_answer: Callable[[Answered], None] = _on_answer
    ) -> None:
        """Copies of an earlier run are removed; `on_answer` says whom Android is to tell."""
        self._folder, self._background = folder, background
        self._waiting: tuple[Callable[[Path], None], Callable[[PickError], None]] | None = None
        shutil.rmtree(folder, ignore_errors=True)
        on_answer(self._answered)

    def pick(self, picked: Callable[[Path], None], failed: Callable[[PickError], None]) -> None:
        """Open the system's screen."""
        self._waiting = picked, failed
        try:
            call(java(_PICK).ask, activity())
        except JavaError as error:
            self._waiting = None
            failed(PickError(f"no file can be chosen: {error}"))

    def _answered(self, request: int, result: int, intent: Any) -> None:
        """On a thread of Android's."""
        if request != REQUEST or self._waiting is None:
            return
        (picked, failed), self._waiting = self._waiting, None
        uri = intent.getData() if result == _RESULT_OK and intent is not None else None
        if uri is not None:
            self._background.run(
                partial(self._copy, uri),
                picked,
                lambda error: failed(error if isinstance(error, PickError) else PickError(str(error))),
            )

    def _copy(self, uri: Any) -> Path:
        """Off the drawing thread: the file may have to come out of a cloud. Raises PickError."""
        pick = java(_PICK)
        try:
            data = as_bytes(call(pick.read, activity(), uri, MOST_BYTES))
            name = plain_name(str(call(pick.name, activity(), uri)))
            if len(data) > MOST_BYTES:
                raise PickError(f"{name}: more than {MOST_BYTES} bytes")
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / name
            path.write_bytes(data)
        except JavaError as error:
            raise PickError(f"the file cannot be read: {error}") from error
        except OSError as error:
            raise PickError(f"the file cannot be kept: {error.strerror}") from error
        return path
