"""Simulated camera frames of a QR code: tilted, blurred, noisy, with glare, dim. Seeded, so always the same.

What a phone's camera sees when an inspector holds it before another phone: the code fills about 60 % of the
frame's height, turned, tilted by up to 30°, lit unevenly, with a lamp's reflection on the glass, a slightly
moving hand and a sensor's noise; the sharpening that cameras do is left out.

Three occasions: ordinary (720p), hard (720p: out of focus, moving, noisy, steeper, compressed by the camera)
and dim (VGA in poor light).
"""

from dataclasses import dataclass, replace
from io import BytesIO
from math import cos, radians, sin, tau
from random import Random
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter


class Size(NamedTuple):
    """Of a frame, in pixels."""

    width: int
    height: int


HD: Final = Size(1280, 720)
VGA: Final = Size(640, 480)
SHARE: Final = 0.60  # of the frame's height that the code's side takes
_SCALE: Final = 2  # drawn twice as large, then averaged, as a lens and a sensor do
_MODULE: Final = 12  # pixels of a module in the flat picture

Floats: TypeAlias = NDArray[np.float32]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Conditions:
    """One frame's circumstances; angles in degrees, blur and movement in pixels, levels from 0 to 255.

    `jpeg` is the quality at which the camera compresses it, if it does.
    """

    turn: float
    tilt: float
    direction: float
    offset: Point
    blur: float
    movement: float
    white: float
    black: float
    gradient: float
    glare: float
    glare_at: Point
    glare_size: float
    noise: float
    size: Size = HD
    jpeg: int | None = None

    @classmethod
    def draw(cls, random: Random) -> "Conditions":
        """Ordinary light and an ordinary hand."""
        white = random.uniform(150, 245)
        return cls(
            turn=random.uniform(0, 360) if random.random() < 0.2 else random.gauss(0, 8),
            tilt=random.uniform(0, 30),
            direction=random.uniform(0, 360),
            offset=(random.uniform(-60, 60), random.uniform(-25, 25)),
            blur=random.uniform(0.6, 1.6),
            movement=random.uniform(0, 3),
            white=white,
            black=random.uniform(10, 0.25 * white),
            gradient=random.uniform(0, 0.30),
            glare=random.uniform(0, 120),
            glare_at=(random.uniform(-0.6, 0.6), random.uniform(-0.6, 0.6)),
            glare_size=random.uniform(0.08, 0.30),
            noise=random.uniform(3, 12),
        )

    @classmethod
    def hard(cls, random: Random) -> "Conditions":
        """Held in a hurry by a cheap camera: steeper, less sharp, more noise, strong compression."""
        return replace(
            cls.draw(random),
            tilt=random.uniform(10, 30),
            blur=random.uniform(0.8, 1.6),
            movement=random.uniform(0.5, 3),
            noise=random.uniform(4, 12),
            jpeg=random.randint(60, 90),
        )

    @classmethod
    def dim(cls, random: Random) -> "Conditions":
        """A small camera at night: low contrast, noise and compression, no lamp near."""
        white = random.uniform(80, 140)
        return replace(
            cls.draw(random),
            offset=(random.uniform(-30, 30), random.uniform(-15, 15)),
            tilt=random.uniform(0, 20),
            blur=random.uniform(0.3, 0.6),
            movement=random.uniform(0, 1),
            white=white,
            black=random.uniform(8, 0.30 * white),
            glare=random.uniform(0, 30),
            noise=random.uniform(2, 5),
            size=VGA,
            jpeg=random.randint(75, 92),
        )


def frame(matrix: tuple[bytes, ...], conditions: Conditions, seed: int) -> Image.Image:
    """A greyscale frame of the code `matrix` (rows of modules without quiet zone) under these conditions."""
    generator = np.random.default_rng(seed)
    card, corners = _card(matrix, conditions)
    scene = _background(generator, conditions.size)
    coefficients = _perspective(corners, card.size)
    size = (conditions.size.width * _SCALE, conditions.size.height * _SCALE)
    shape = Image.new("L", card.size, 255).transform(size, Image.Transform.PERSPECTIVE, coefficients)
    drawn = card.transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
    scene.paste(drawn, mask=shape)
    flat = scene.reduce(_SCALE).filter(ImageFilter.GaussianBlur(conditions.blur))
    pixels = _moved(np.asarray(flat, dtype=np.float32), conditions)
    pixels = _lit(pixels, conditions) + generator.normal(0, conditions.noise, pixels.shape).astype(np.float32)
    return _compressed(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), conditions.jpeg)


def _compressed(picture: Image.Image, quality: int | None) -> Image.Image:
    if quality is None:
        return picture
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("L")


def _card(matrix: tuple[bytes, ...], conditions: Conditions) -> tuple[Image.Image, list[Point]]:
    """The code on its white card, flat; and where the card's corners lie in the frame."""
    modules = len(matrix) + 8
    dark = np.pad(np.array([list(row) for row in matrix], dtype=np.uint8), 4)
    grey = np.where(dark == 1, conditions.black, conditions.white).astype(np.uint8)
    flat = Image.fromarray(grey).resize((modules * _MODULE, modules * _MODULE), Image.Resampling.NEAREST)
    half = SHARE * conditions.size.height * modules / len(matrix) / 2
    return flat, [_seen(x * half, y * half, conditions) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def _seen(x: float, y: float, conditions: Conditions) -> Point:
    """Turn a point in the code's plane, tilt the plane away from the camera, and project it."""
    turn, direction, tilt = map(radians, (conditions.turn, conditions.direction, conditions.tilt))
    x, y = x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)
    along = x * cos(direction) + y * sin(direction)
    across = -x * sin(direction) + y * cos(direction)
    width, height = conditions.size
    distance = 1.6 * height
    nearer = distance / (distance + along * sin(tilt))
    along *= cos(tilt)
    x = (along * cos(direction) - across * sin(direction)) * nearer + width / 2 + conditions.offset[0]
    y = (along * sin(direction) + across * cos(direction)) * nearer + height / 2 + conditions.offset[1]
    return x * _SCALE, y * _SCALE


def _perspective(corners: list[Point], size: tuple[int, int]) -> list[float]:
    """Pillow's eight coefficients that map the frame's points back onto the flat card."""
    width, height = size
    flat = ((0, 0), (width, 0), (width, height), (0, height))
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(values, float))]


def _background(generator: np.random.Generator, size: Size) -> Image.Image:
    """A coarse, blotchy surround: hands, a table, the bridge behind."""
    blotches = generator.integers(20, 200, (9, 16), dtype=np.uint8)
    drawn = (size.width * _SCALE, size.height * _SCALE)
    return Image.fromarray(blotches).resize(drawn, Image.Resampling.BICUBIC)


def _moved(pixels: Floats, conditions: Conditions) -> Floats:
    """The average over a short straight movement of the hand."""
    steps = 4
    angle = tau * conditions.direction / 360
    total = np.zeros_like(pixels)
    for step in range(steps):
        length = conditions.movement * (step / (steps - 1) - 0.5)
        total += _shifted(pixels, length * cos(angle), length * sin(angle))
    return total / np.float32(steps)


def _shifted(pixels: Floats, x: float, y: float) -> Floats:
    """Moved by a fraction of pixels, by bilinear interpolation."""
    whole_x, whole_y = int(np.floor(x)), int(np.floor(y))
    part_x, part_y = np.float32(x - whole_x), np.float32(y - whole_y)
    base = np.roll(pixels, (whole_y, whole_x), (0, 1))
    base = base * (1 - part_x) + np.roll(base, 1, 1) * part_x
    return base * (1 - part_y) + np.roll(base, 1, 0) * part_y


def _lit(pixels: Floats, conditions: Conditions) -> Floats:
    """Light that falls off to one side, and a reflection on the glass."""
    width, height = conditions.size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = radians(conditions.direction)
    light = 1 - conditions.gradient * (0.5 + 0.5 * (x * cos(angle) + y * sin(angle)))
    aspect = width / height
    glare_x, glare_y = conditions.glare_at
    distance = ((x * aspect - glare_x) ** 2 + (y - glare_y) ** 2) / conditions.glare_size**2
    spot = conditions.glare * np.exp(-distance.astype(np.float32))
    lit: Floats = (pixels * light + spot).astype(np.float32)
    return lit
