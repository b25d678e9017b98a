"""An Android phone's camera: a Java screen over the app, which reads codes itself (`ScannerActivity`).

Pictures never come to Python: a frame from here is one that was read already, and holds the texts. So the
same scan loop serves, and moving frames are put together where they always are.
"""

import time
from collections.abc import Callable
from typing import Final

from verifier.ui.ports.android_java import activity, call, java
from verifier.ui.ports.camera import READ_ALREADY, CameraError, Frame

_SCANNER: Final = "org.ombord.ScannerActivity"
PERMISSION: Final = "android.permission.CAMERA"
_MOST_AT_ONCE: Final = 32
_PAUSE: Final = 1 / 30  # seconds between two looks: Java keeps what it reads meanwhile, and tells nobody


def _request(permission: str) -> bool:
    """Whether it is granted already; if not, the system asks the person."""
    from android.permissions import check_permission, request_permissions

    granted = bool(check_permission(permission))
    if not granted:
        request_permissions([permission])
    return granted


class AndroidCamera:
    """`verifier.ui.ports.camera.Camera`. `hint` gives what stands below the picture."""

    def __init__(self, hint: Callable[[], str], permitted: Callable[[str], bool] = _request) -> None:
        """Nothing is opened yet; `permitted` asks for the permission and says whether it is there."""
        self._hint, self._permitted = hint, permitted

    def open(self) -> None:
        """Open the camera's screen. Raises CameraError while the permission is asked for."""
        if not self._permitted(PERMISSION):
            raise CameraError("the camera may be used when you have allowed it: allow it, and scan again")
        call(java(_SCANNER).open, activity(), self._hint())

    def close(self) -> None:
        """Close it."""
        call(java(_SCANNER).close)

    def frame(self) -> Frame | None:
        """What was read since the last. Raises CameraError, also when the person has gone back."""
        scanner = java(_SCANNER)
        texts: list[str] = []
        while len(texts) < _MOST_AT_ONCE and (text := scanner.take()) is not None:
            texts.append(str(text))
        if texts:
            return Frame("\n".join(texts).encode(), len(texts), 1, READ_ALREADY)
        if trouble := str(scanner.trouble()):
            raise CameraError(f"the camera gives no pictures: {trouble}")
        if not scanner.isOpen():
            raise CameraError("the camera was closed")
        return None

    def wait(self, seconds: float) -> None:
        """A thirtieth of a second."""
        time.sleep(min(seconds, _PAUSE))
