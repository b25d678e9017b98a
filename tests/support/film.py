"""What a camera sees, as a film: codes in simulated light and hands, in a form that Chromium plays (y4m)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from benchmarks.frames import Conditions, frame
from verifier.credential import qr

PER_SECOND = 8


def film(path: Path, texts: Sequence[str], *, seed: int = 20261121) -> Path:
    """One picture for each text, eight a second, from the generator that read rates are measured with."""
    random = Random(seed)
    with path.open("wb") as file:
        for number, text in enumerate(texts):
            picture = frame(qr.matrix(text), Conditions.draw(random), seed + number)
            if number == 0:
                size = f"W{picture.width} H{picture.height}"
                file.write(f"YUV4MPEG2 {size} F{PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
            grey = picture.convert("L").tobytes()
            file.write(b"FRAME\n" + grey + bytes((128,)) * (len(grey) // 2))
    return path
