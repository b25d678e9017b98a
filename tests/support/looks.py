"""What tired eyes and cold fingers need of a screen: contrast on real pixels, whole words, large targets."""

from itertools import combinations

import zxingcpp
from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.scrollview import ScrollView
from PIL import Image
from support.phone import Phone, box

from verifier.ui.qr_view import QRView
from verifier.ui.widgets import Words


def luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.2's relative luminance."""
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(picture: Image.Image) -> float:
    """Between the darkest and the lightest pixel: of letters on a plain ground, their contrast."""
    colours = picture.getcolors(picture.width * picture.height) or []
    found = sorted(luminance(colour) for _, colour in colours)  # type: ignore[arg-type] # RGB, by convert
    return (found[-1] + 0.05) / (found[0] + 0.05)


def require_contrast(eyes: Phone, screen: str) -> None:
    """All words stand at 4.5 : 1 or better on the pixels around them, as WCAG 2.2 has it (1.4.3)."""
    picture = eyes.screenshot()
    for words in words_on(eyes):
        if words.disabled:  # what cannot be used now may stand back, as there
            continue
        left, bottom, right, top = box(words)
        edges = (int(left), int(Window.height - top), int(right), int(Window.height - bottom))
        ratio = contrast(picture.crop(edges))
        assert ratio >= 4.5, f"{screen}: {words.text!r} has {ratio:.1f} : 1"


def words_on(eyes: Phone) -> list[Words]:
    """The labels that are to be seen."""
    return [widget for widget in eyes.widgets() if isinstance(widget, Words) and widget.text.strip()]


def require_whole_words(eyes: Phone, screen: str) -> None:
    """No words are clipped, shortened, off the screen or drawn over one another."""
    shown = words_on(eyes)
    for words in shown:
        where = f"{screen}: {words.text!r}"
        left, _, right, _ = box(words)
        assert words.texture_size[0] <= words.width + 1, where
        assert words.texture_size[1] <= words.height + 1, where
        assert left >= 0, where
        assert right <= dp(412) + 1, where
        assert not words.shorten, where
    for one, other in combinations(shown, 2):
        assert not overlap(one, other), f"{screen}: {one.text!r} and {other.text!r}"


def overlap(one: Words, other: Words) -> bool:
    """Whether two labels are drawn over one another, by more than a rounding; bars do cover what scrolls."""
    if one.get_root_window() is None or _pane(one) is not _pane(other):
        return False
    a, b = box(one), box(other)
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1


def _pane(widget: object) -> object:
    while widget is not None and not isinstance(widget, ScrollView):
        parent = getattr(widget, "parent", None)
        widget = None if parent is widget else parent
    return widget


def require_targets(eyes: Phone, screen: str) -> None:
    """Everything that can be tapped is 48 dp or more each way, a main action 64 dp high, and has a name."""
    for widget in eyes.widgets():
        if isinstance(widget, ButtonBehavior) and not widget.disabled:
            assert min(widget.size) >= dp(48), f"{screen}: {widget.spoken!r} is {widget.size}"
            assert widget.spoken, f"{screen}: {widget}"
        if type(widget).__name__ == "MainButton":
            assert widget.height >= dp(64), screen


def require_code(eyes: Phone, screen: str) -> None:
    """A code that is in view is read from the pixels, and is the one that was meant, in every look."""
    meant = [widget.text for widget in eyes.widgets() if isinstance(widget, QRView) and widget.text]
    picture = eyes.screenshot() if meant else None
    read = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode) if picture else []
    assert [code.text for code in read] == meant, f"{screen}: {len(read)} of {len(meant)} codes can be read"
