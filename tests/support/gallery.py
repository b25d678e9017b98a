"""The gallery: every screen and state of both apps, in each look; a picture of it, and what tired eyes need.

A scene sets the stage and stops where there is something to see. `make gallery` keeps the pictures.
"""

import os
from collections.abc import Callable, Iterator
from html import escape
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from kivy.metrics import Metrics
from PIL import Image
from support.inspector import DeviceInHand
from support.looks import require_code, require_contrast, require_targets, require_whole_words
from support.phone import Phone
from support.simulator import NOW
from support.wallet import PhoneInHand

from keys.encoding import json_dumps
from verifier.credential.model import Certificate
from verifier.ui.words import LANGUAGES
from wallet_app.core.vault import VaultError

FOLDER: Final = os.environ.get("OMBORD_GALLERY", "")


class Look(NamedTuple):
    """How a person has set the app."""

    dark: bool
    language: str
    percent: int  # of the usual size of text

    @property
    def name(self) -> str:
        """For a file's name."""
        return f"{'dark' if self.dark else 'light'}-{self.language}-{self.percent}"


ALL_LOOKS: Final = tuple(Look(*one) for one in product((False, True), ("en", "nb"), (100, 150)))
# By default the look in which most can go wrong; the apps' other tests see the usual one.
LOOKS: Final = ALL_LOOKS if FOLDER else (Look(True, "nb", 150),)
# All others, and each other language where its words are largest: for some scenes of each app.
_IN_OTHER_LANGUAGES: Final = [Look(False, code, 150) for code in LANGUAGES]
OTHER_LOOKS: Final = tuple(
    look for look in dict.fromkeys((*ALL_LOOKS, *_IN_OTHER_LANGUAGES)) if look not in LOOKS
)


class Stage:
    """One app on one window, set as the look says. Words are given in English, sought as they are shown."""

    def __init__(self, folder: Path, look: Look) -> None:
        self.look = look
        self.eyes = Phone(NOW)
        self.phone = PhoneInHand(folder / "phone", self.eyes)
        self.device = DeviceInHand(folder / "device", self.eyes)
        self._settings = {
            "language": look.language, "text_size": look.percent, "theme": "dark" if look.dark else "light"
        }  # fmt: skip

    def wallet(self, *certificates: Certificate, **options: Any) -> Self:
        """Open the wallet with these certificates."""
        self._set(self.phone.home / "settings.json")
        self.phone.open_wallet(*certificates, dark=self.look.dark, **options)
        return self

    def inspector(self, **options: Any) -> Self:
        """Turn the inspector's device on."""
        self._set(self.device.home / "inspector.json")
        self.device.open(**options)
        return self

    def say(self, text: str, **values: object) -> str:
        """A text of the app as it is shown."""
        return str(self.eyes.app.say(text, **values))

    def tap(self, text: str, **values: object) -> Self:
        """Touch what is named so, scrolling to it where it is below."""
        self.eyes.tap(self.eyes.scroll_to(self.say(text, **values)))
        return self

    def freeze(self) -> Self:
        """What begins from now on takes for ever: to see what is shown meanwhile."""
        self.eyes.app.background.run = lambda *_: None
        return self

    def fill_up(self) -> None:
        """No room is left on the phone."""

        def refuse(*_: object) -> None:
            raise VaultError("the store cannot be written: No space left on device")

        self.phone.app.require_wallet().vault.update = refuse  # type: ignore[method-assign] # of this one

    def close(self) -> None:
        """Turn it off, and the size of text back."""
        self.eyes.close()
        Metrics.fontscale = 1.0

    def _set(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(json_dumps(self._settings))


Scene = Callable[[Stage], object]


class Scenes(dict[str, Scene]):
    """Scenes of one app by name, in the order in which a person meets them; `below` says how one goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.below: dict[str, Scene] = {}  # from its end, to what lies below

    def include(self, others: "Scenes") -> None:
        """Those of another part of the app."""
        for name, scene in others.items():
            self.add(name, scene)
        self.below.update(others.below)

    def __call__(self, scene: Scene) -> Scene:
        """Take a scene in, under its function's name."""
        return self.add(scene.__name__, scene)

    def add(self, name: str, scene: Scene) -> Scene:
        """Take a scene in that was made, under a name of its own."""
        if name in self:
            raise ValueError(f"there are two scenes {name}")
        self[name] = scene
        return scene


def play(scenes: Scenes, app: str, scene: str, stage: Stage) -> None:
    """Set the stage and look; where more lies below, go there on the same stage and look again."""
    try:
        scenes[scene](stage)
        look_at(stage, app, scene)
        if scene in scenes.below:
            scenes.below[scene](stage)
            look_at(stage, app, f"{scene}_end")
    finally:
        stage.close()


def look_at(stage: Stage, app: str, scene: str) -> None:
    """What every screen must hold; and its picture, where somebody asked for the gallery."""
    if FOLDER:
        folder = Path(FOLDER) / app
        folder.mkdir(parents=True, exist_ok=True)
        stage.eyes.screenshot().save(folder / f"{scene}.{stage.look.name}.png", optimize=True)
    where = f"{app}, {scene}, {stage.look.name}"
    require_whole_words(stage.eyes, where)
    require_contrast(stage.eyes, where)
    require_targets(stage.eyes, where)
    require_code(stage.eyes, where)


def keep_sheets(app: str) -> None:
    """Sheets of the pictures that were taken, and the page of all; nothing where nobody asked for them."""
    if FOLDER:
        for look in LOOKS:
            contact_sheet(Path(FOLDER), app, look, Path(FOLDER) / f"{app}.{look.name}.png")
        write_index(Path(FOLDER))


def write_index(folder: Path) -> None:
    """One page with all pictures: a row for each scene, a column for each look."""
    rows = list(_rows(folder))
    head = "".join(f"<th>{look.name}</th>" for look in ALL_LOOKS)
    (folder / "index.html").write_text(
        "<!doctype html><meta charset=utf-8><title>Ombord: gallery</title>"
        "<style>body{font:14px sans-serif;background:#dde5ee}img{width:206px;border-radius:8px}"
        "th{position:sticky;top:0;background:#dde5ee}td{vertical-align:top;padding:4px}</style>"
        f"<table><tr><th></th>{head}</tr>{''.join(rows)}</table>",
        encoding="utf-8",
    )


def _rows(folder: Path) -> Iterator[str]:
    names = {(path.parent.name, path.name.split(".")[0]) for path in folder.glob("*/*.png")}
    for app, scene in sorted(names):
        cells = []
        for look in ALL_LOOKS:
            picture = f"{app}/{scene}.{look.name}.png"
            found = (folder / picture).exists()
            cells.append(f"<td>{f'<img loading=lazy src={picture!r}>' if found else ''}</td>")
        yield f"<tr><td><b>{escape(app)}</b><br>{escape(scene.replace('_', ' '))}</td>{''.join(cells)}</tr>"


def contact_sheet(folder: Path, app: str, look: Look, out: Path, columns: int = 6, width: int = 300) -> None:
    """All scenes of an app in one look as one picture, to be judged at a glance."""
    pictures = sorted((folder / app).glob(f"*.{look.name}.png"))
    tiles = []
    for path in pictures:
        with Image.open(path) as opened:
            tiles.append(opened.convert("RGB").resize((width, round(opened.height * width / opened.width))))
    if not tiles:
        return
    height = max(tile.height for tile in tiles)
    lines = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (columns * (width + 12) + 12, lines * (height + 12) + 12), "#DDE5EE")
    for place, tile in enumerate(tiles):
        sheet.paste(tile, (12 + place % columns * (width + 12), 12 + place // columns * (height + 12)))
    sheet.save(out, optimize=True)
