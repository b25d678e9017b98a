"""Photographs of nobody: faces drawn from a seed, `python -m demo.faces REGISTER.jsonl FOLDER`.

One JPEG for each seafarer of an extract, named by the seafarer's id. Nothing real is in them: an oval, eyes,
hair and a collar, of colours and sizes that the seed picks.
"""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from keys.encoding import EncodingError, json_object

WIDTH, HEIGHT = 420, 560  # as an office's camera leaves it, cropped for a passport
_SKIN = ("#f2d3bc", "#e3b595", "#c98f6b", "#a66a45", "#7d4a2d", "#573320")
_HAIR = ("#2a1f1a", "#4a3324", "#7b5530", "#b08650", "#8f8f8f", "#d8d2c8")
_COAT = ("#0b2239", "#1d4f7c", "#22313f", "#5b6470", "#6b2d2d")
_WALL = ("#dfe6ec", "#e8e4dc", "#d5dfe6")


def face(seed: str) -> Image.Image:
    """A drawn face; the same seed draws the same one."""
    random = Random(f"face {seed}")
    picture = Image.new("RGB", (WIDTH, HEIGHT), random.choice(_WALL))
    draw = ImageDraw.Draw(picture)
    skin, hair, coat = random.choice(_SKIN), random.choice(_HAIR), random.choice(_COAT)
    middle, top = WIDTH // 2 + random.randint(-8, 8), 110 + random.randint(-10, 15)
    half, tall = random.randint(98, 122), random.randint(270, 310)
    if random.random() < 0.4:  # long hair falls behind the face
        draw.rounded_rectangle((middle - half - 26, top, middle + half + 26, top + tall + 70), 90, hair)
    draw.ellipse((middle - 210, top + tall + 10, middle + 210, HEIGHT + 200), coat)
    draw.rounded_rectangle((middle - 52, top + tall - 60, middle + 52, top + tall + 60), 40, skin)
    draw.polygon(
        [(middle - 60, top + tall + 30), (middle, top + tall + 110), (middle + 60, top + tall + 30)], skin
    )
    draw.ellipse((middle - half, top, middle + half, top + tall), skin)
    draw.pieslice((middle - half - 8, top - 26, middle + half + 8, top + tall * 0.72), 180, 360, hair)
    draw.ellipse((middle - half + 14, top + 62, middle + half - 14, top + 190), skin)
    _features(draw, random, middle, top + tall * 0.47, half, hair)
    return picture.filter(ImageFilter.GaussianBlur(1.6))


def _features(draw: ImageDraw.ImageDraw, random: Random, x: int, y: float, half: int, hair: str) -> None:
    apart, dark = half * 0.42, "#3a2620"
    iris = random.choice(("#4d6b7a", "#4a3526", "#55683f"))
    for side in (-1, 1):
        at = x + side * apart
        draw.ellipse((at - 22, y - 11, at + 22, y + 11), "#f6f3ee")
        draw.ellipse((at - 10, y - 10, at + 10, y + 10), iris)
        draw.ellipse((at - 5, y - 5, at + 5, y + 5), "#111111")
        draw.arc((at - 32, y - 42, at + 32, y - 6), 200, 340, hair, width=8)
    nose = random.randint(40, 62)
    draw.line((x - 4, y + 8, x - 14, y + nose, x + 10, y + nose + 4), dark, width=4)
    wide, mouth = random.randint(34, 50), y + nose + 42
    draw.arc((x - wide, mouth - 18, x + wide, mouth + 14), 20, 160, "#8c3b36", width=7)
    if random.random() < 0.3:
        draw.chord((x - half * 0.72, mouth - 34, x + half * 0.72, mouth + 78), 10, 170, hair)
        draw.ellipse((x - wide, mouth - 8, x + wide, mouth + 12), "#a5544c")
    if random.random() < 0.3:
        for side in (-1, 1):
            at = x + side * apart
            draw.ellipse((at - 34, y - 30, at + 34, y + 30), outline="#222222", width=5)
        draw.line((x - apart + 34, y - 4, x + apart - 34, y - 4), "#222222", width=5)


def jpeg(seed: str) -> bytes:
    """The face as the file that a camera writes."""
    out = io.BytesIO()
    face(seed).save(out, "JPEG", quality=88)
    return out.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw everybody in an extract."""
    parser = argparse.ArgumentParser(prog="python -m demo.faces", description=__doc__.partition("\n")[0])
    parser.add_argument("extract", type=Path, metavar="REGISTER.jsonl")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    drawn = 0
    try:
        asked.folder.mkdir(parents=True, exist_ok=True)
        for line in asked.extract.read_bytes().splitlines():
            row = json_object(line)
            if row.get("kind") == "seafarer":
                seafarer_id = str(row["seafarer_id"])
                (asked.folder / f"{seafarer_id}.jpg").write_bytes(jpeg(seafarer_id))
                drawn += 1
    except (OSError, EncodingError) as error:
        print(f"error: {error}", file=sys.stderr)
        print("hint: give the extract that demo.extract wrote, and a folder to write to", file=sys.stderr)
        return 3
    print(f"{drawn:,} faces in {asked.folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
