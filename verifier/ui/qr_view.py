"""A QR drawn for cameras: whole pixels a module, a quiet zone of four, dark on white in every theme."""

from typing import Final

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from verifier.credential import qr

_LIGHT_IS_255: Final = bytes.maketrans(b"\x00\x01", b"\xff\x00")


class QRView(Widget):
    """Shows `text` as the largest QR that fits; `modules` counts its side with the quiet zone."""

    text = StringProperty("")
    modules = NumericProperty(0)

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._texture: Texture | None = None
        with self.canvas:
            self._ink = Color(1, 1, 1, 0)
            self._square = Rectangle()
        self.bind(pos=self._place, size=self._place)

    def on_text(self, *_: object) -> None:
        """Encode and draw: one texel a module, enlarged without smoothing."""
        self._ink.a = 1 if self.text else 0
        if not self.text:
            return
        rows = _with_quiet_zone(qr.matrix(self.text))
        side = len(rows)
        if self._texture is None or side != self.modules:
            self._texture = Texture.create(size=(side, side), colorfmt="luminance", bufferfmt="ubyte")
            self._texture.mag_filter = self._texture.min_filter = "nearest"
            self.modules = side
        bottom_up = b"".join(reversed(rows)).translate(_LIGHT_IS_255)
        self._texture.blit_buffer(bottom_up, colorfmt="luminance", bufferfmt="ubyte")
        self._square.texture = self._texture
        self._place()
        self.canvas.ask_update()

    def _place(self, *_: object) -> None:
        if self.modules:
            pixels = max(1, int(min(self.size) // self.modules)) * self.modules
            self._square.size = (pixels, pixels)
            self._square.pos = (round(self.center_x - pixels / 2), round(self.center_y - pixels / 2))


def _with_quiet_zone(rows: tuple[bytes, ...]) -> list[bytes]:
    margin = bytes(qr.QUIET_ZONE)
    blank = bytes(len(rows) + 2 * qr.QUIET_ZONE)
    return [*[blank] * qr.QUIET_ZONE, *(margin + row + margin for row in rows), *[blank] * qr.QUIET_ZONE]
