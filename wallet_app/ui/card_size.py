"""How high a card of the list is, before it is drawn: the RecycleView must know where each one stands."""

from functools import cache
from typing import Final

from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp, sp

from wallet_app.core.viewstate import CardState, StatusState

# As in list_screen.kv, in dp: what stands beside a card's lines, and above, between and below them.
CARD_MARGIN: Final = 32
TEXT_LEFT: Final = 14 + 46 + 14
TEXT_RIGHT: Final = 14
CARD_EDGES: Final = 12 + 13 + 3 * 3 + 12


def card_height(card: CardState, width: float) -> float:
    """Of `card` in a list that is `width` pixels wide, at the text size in force."""
    column = width - dp(CARD_MARGIN + TEXT_LEFT + TEXT_RIGHT)
    return float(dp(CARD_EDGES) + _lines(card, column) + _foot(card.status, column))


def _lines(card: CardState, column: float) -> float:
    """Title, kind, and who issued it under which number; each may wrap."""
    fonts = (("SemiBold", sp(17)), ("Body", sp(13)), ("Body", sp(13)))
    lines = (card.title, card.kind, card.issued)
    return sum(_extent(text, *font, column)[1] for text, font in zip(lines, fonts, strict=True))


def _foot(status: StatusState, column: float) -> float:
    """The pill and its detail, in one row or in two, beside the sign of the code; either may wrap."""
    code_width, code_height = max(dp(60), sp(26) + dp(20)), max(dp(48), sp(26) + dp(12))
    room = column - code_width - dp(8)
    beside_word = sp(15) + dp(25)
    word_width, word_height = _within(status.word, "SemiBold", room - beside_word)
    pill_width, pill_height = word_width + beside_word, max(dp(28), word_height + dp(10))
    detail_width, detail_height = _within(status.detail, "Body", room)
    fits = not status.detail or pill_width + detail_width + dp(8) <= room
    below = 0 if fits else max(pill_height, detail_height) + dp(4)
    return float(max(code_height, pill_height + below))


def _within(text: str, font: str, room: float) -> tuple[float, float]:
    """Of `text` in small letters: on one line where there is room for it, else wrapped."""
    on_one_line = _extent(text, font, sp(13), None)
    return on_one_line if on_one_line[0] <= room else _extent(text, font, sp(13), room)


@cache
def _extent(text: str, font: str, size: float, width: float | None) -> tuple[float, float]:
    """Of `text`, wrapped to `width` if given; titles repeat, so each is measured once."""
    if not text:
        return (0, 0)
    limit = None if width is None else max(1, width)
    label = CoreLabel(text=text, font_name=font, font_size=size, text_size=(limit, None))
    label.refresh()
    across, high = label.texture.size
    return (float(across), float(high))
