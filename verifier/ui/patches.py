"""Rounded shapes and shadows as nine-patch textures: smooth without multisampling, and cheap to scroll.

A patch is white with an alpha mask, drawn by a `BorderImage` in any colour. Radii are in pixels.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import hypot

from kivy.graphics.texture import Texture

Coverage = Callable[[float], float]


@cache
def rounded(radius: float) -> Texture:
    """A filled rounded rectangle."""
    return _texture(int(radius), int(radius), lambda distance: 0.5 - distance)


@cache
def outline(radius: float, width: float) -> Texture:
    """The line along the inner edge of a rounded rectangle."""
    return _texture(
        int(radius), int(radius), lambda distance: min(0.5 - distance, distance + max(1.0, width) + 0.5)
    )


@cache
def shadow(radius: float, blur: float) -> Texture:
    """What a rounded rectangle throws on the ground: dense at its edge, gone `blur` pixels outside."""
    return _texture(
        int(radius), int(radius + blur), lambda distance: max(0.0, 1 - max(0.0, distance) / blur) ** 2
    )


def gradient(start: Sequence[float], end: Sequence[float]) -> Texture:
    """From the lower left corner to the upper right one, between two colours."""
    low, high = (bytes(int(255 * channel) for channel in colour) for colour in (start, end))
    middle = bytes((one + other) // 2 for one, other in zip(low, high, strict=True))
    texture = Texture.create(size=(2, 2), colorfmt="rgba")
    texture.blit_buffer(low + middle + middle + high, colorfmt="rgba", bufferfmt="ubyte")
    texture.wrap = "clamp_to_edge"
    return texture


def border(extent: float) -> list[int]:
    """The corners that a `BorderImage` keeps unstretched."""
    return [int(extent)] * 4


def _texture(radius: int, extent: int, coverage: Coverage) -> Texture:
    """A square with corners of `extent` pixels; `coverage` of the signed distance to the rounded edge."""
    radius, extent = max(1, radius), max(1, extent)
    quarter = [
        [_alpha(coverage(_distance(x, y, radius, extent))) for x in range(extent)] for y in range(extent)
    ]
    rows = [[*row, row[-1], row[-1], *reversed(row)] for row in quarter]
    rows = [*rows, rows[-1], rows[-1], *reversed(rows)]
    size = len(rows)
    texture = Texture.create(size=(size, size), colorfmt="rgba")
    pixels = b"".join(b"\xff\xff\xff" + bytes((alpha,)) for row in rows for alpha in row)
    texture.blit_buffer(pixels, colorfmt="rgba", bufferfmt="ubyte")
    texture.wrap = "clamp_to_edge"
    return texture


def _distance(x: int, y: int, radius: int, extent: int) -> float:
    """From a pixel's middle to the edge of the corner, whose centre is the quarter's; negative inside."""
    return hypot(extent - x - 0.5, extent - y - 0.5) - radius


def _alpha(coverage: float) -> int:
    return int(255 * min(1.0, max(0.0, coverage)))
