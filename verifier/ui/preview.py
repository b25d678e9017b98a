"""What a camera sees, as a texture to draw: the picture whole, or the middle of it that fills a place."""

from typing import Any

from kivy.graphics.texture import Texture

from verifier.ui.ports.camera import Frame


class Preview:
    """One texture that each frame is drawn into; gone with this."""

    def __init__(self) -> None:
        """No picture yet."""
        self._whole: Any = None
        self._part: Any = None

    def whole(self, frame: Frame) -> Any:
        """The picture, upright; None where the device has read it already and shows it itself."""
        if not frame.channels:
            return None
        size, kind = (frame.width, frame.height), "luminance" if frame.channels == 1 else "rgb"
        if self._whole is None or self._whole.size != size or self._whole.colorfmt != kind:
            self._whole, self._part = Texture.create(size=size, colorfmt=kind), None
            self._whole.flip_vertical()  # pictures count their rows from the top
        self._whole.blit_buffer(frame.pixels, colorfmt=kind, bufferfmt="ubyte")
        return self._whole

    def middle(self, frame: Frame, room: tuple[float, float]) -> Any:
        """As much of its middle as has the shape of `room`, so that nothing is squeezed."""
        whole = self.whole(frame)
        if whole is None or min(room) <= 0:
            return None
        scale = max(room[0] / frame.width, room[1] / frame.height)
        across, up = (
            max(1, min(has, round(side / scale))) for has, side in zip(whole.size, room, strict=True)
        )
        if self._part is None or self._part.size != (across, up):
            left, below = (frame.width - across) // 2, (frame.height - up) // 2
            self._part = whole.get_region(left, below, across, up)
        return self._part
