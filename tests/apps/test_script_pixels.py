"""Names in every script on real pixels: no boxes, nothing clipped, letters in their order and joined."""

from functools import cache

import pytest
from PIL import Image, ImageChops
from support.phone import Phone  # settles Kivy and its window

from verifier.marks import JOINERS
from verifier.ui import fonts, glyphs, scripts, widgets

pytestmark = pytest.mark.screen
assert Phone

NAMES = {
    "Arabic": "محمد عليّ حسن",
    "Arabic with vowels": "مُحَمَّدٌ ٱلْأَمِينُ عَلِيٌّ إِبْرَٰهِيمُ",
    "Persian": "علی\u200cرضا گیلانی",
    "Hebrew": "דָּוִד בן־גוריון",
    "Cyrillic": "Їжакевич Ґалаґан Щербаков",
    "Greek": "Ελένη Παπαδοπούλου",
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Han": "李小龍",
    "Kana": "田中さくら",
    "Hangul": "홍길동",
    "Devanagari": "शक्ति कृष्ण",
    "Bengali": "সুজন চক্রবর্তী",
    "Tamil": "தமிழ்ச்செல்வன்",
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Malayalam": "മലയാളം",
    "Thai": "ศักดิ์ชัย น้ำทิพย์",
    "Myanmar": "ကျော်ဇင်ဦး",
    "Khmer": "ខ្មែរ",
    "Georgian": "გიორგი",
    "Armenian": "Արմեն",
    "Ethiopic": "ሀይሌ",
}
SIZE = 40


@cache
def drawn(name: str, padding: int = 0, width: int | None = None) -> Image.Image:
    """The label's texture, as it stands on the screen: its alpha, from the top."""
    fonts.register()
    label = widgets.Words(
        value=name, font_name="Body", font_size=SIZE, padding=[padding] * 4, text_size=(width, None)
    )
    label.texture_update()
    texture = label.texture
    picture = Image.frombytes("RGBA", texture.size, texture.pixels)
    return picture.getchannel("A")


def ink(picture: Image.Image) -> Image.Image:
    return picture.crop(picture.getbbox())


def alike(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_letter_of_a_name_is_a_box_or_a_number(name: str) -> None:
    assert "\\u" not in fonts.marked_up(name)
    for part, script in scripts.runs(name):
        role = script.role if script else "Body"
        coverage = glyphs.of(f"{fonts.ASSETS}/{fonts.ROLES[role]}")
        assert all(one in JOINERS or coverage.has(one) for one in part), part
    letters = [one for one in dict.fromkeys(name) if one.isalpha()]
    assert len({ink(drawn(one)).tobytes() for one in letters}) == len(letters)  # all boxes are alike


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_nothing_of_a_name_is_clipped(name: str) -> None:
    """With room on all sides there is no more ink than without."""
    assert alike(ink(drawn(name)), ink(drawn(name, padding=40)))


@pytest.mark.parametrize("letter", ["ا", "א", "李", "ค", "क", "한", "a"])
def test_a_name_of_one_letter_is_seen(letter: str) -> None:
    assert drawn(letter).getbbox() is not None


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_of_120_characters_wraps_within_the_screen(name: str) -> None:
    long = " ".join([name] * 60)[:120].strip()
    picture = drawn(long, width=380)
    assert picture.width <= 380
    one_line = drawn(name).height
    assert picture.height >= 2 * one_line
    for top in range(0, picture.height - one_line + 1, one_line):
        assert picture.crop((0, top, picture.width, top + one_line)).getbbox(), f"line at {top} is empty"


def test_the_first_line_holds_the_names_beginning_though_it_runs_from_right_to_left() -> None:
    words = "אבגדה וזחטי כלמנס"
    first = "אבגדה וזחטי"
    picture = drawn(words, width=drawn(first).width + 4)
    top = picture.crop((0, 0, picture.width, drawn(first).height))
    assert alike(ink(top), ink(drawn(first)))


@pytest.mark.parametrize("script", ["Arabic", "Arabic with vowels", "Thai", "Myanmar", "Khmer", "Devanagari"])
def test_no_line_covers_ink_of_the_one_above_or_below(script: str) -> None:
    words = NAMES[script].split() * 4
    alone = [drawn(word) for word in words]
    widest = max(picture.width for picture in alone)
    one_below_the_other = drawn("\n".join(words), width=2 * widest)
    dark = [sum(picture.histogram()[1:]) for picture in (one_below_the_other, *alone)]
    assert dark[0] == sum(dark[1:])


def test_hebrew_begins_at_the_right() -> None:
    both = ink(drawn("אל"))
    alef, lamed = ink(drawn("א")), ink(drawn("ל"))
    right = both.crop((both.width - alef.width, 0, both.width, both.height))
    assert alike(ink(right), alef)
    assert alike(ink(both.crop((0, 0, lamed.width, both.height))), lamed)


def test_arabic_letters_are_joined() -> None:
    joined = ink(drawn("محمد"))
    columns = [joined.crop((x, 0, x + 1, joined.height)).getbbox() is None for x in range(joined.width)]
    assert not any(columns)  # one stroke runs through


@pytest.mark.parametrize("name", ["דוד לוי", "محمد علي"])
def test_a_name_from_right_to_left_moves_nothing_around_it(name: str) -> None:
    """What is said before it stands at its left, what is said after it at its right."""
    before, after = "Valid until 2030-01-02: ", ", 2019-12-31"
    line = ink(drawn(before + name + after))
    head, tail = ink(drawn(before.rstrip())), ink(drawn(after.lstrip(", ")))
    assert alike(ink(line.crop((0, 0, head.width, line.height))), head)
    assert alike(ink(line.crop((line.width - tail.width, 0, line.width, line.height))), tail)


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u2067", "\u200f", "\u200b", "\u061c", "\u0f40", "😀", "\U00020bb7"]
)
def test_what_no_font_has_or_nobody_sees_is_drawn_as_its_number(hidden: str) -> None:
    assert f"\\u{{{ord(hidden):04x}}}" in fonts.marked_up(f"Li{hidden}na")
    assert fonts.needs_fallback(f"Li{hidden}na")


def test_two_names_that_no_font_has_are_told_apart() -> None:
    assert not alike(drawn("\u0f40"), drawn("\u0f41"))


def typed(text: str) -> widgets.InputLine:
    fonts.register()
    line = widgets.InputLine(font_name="Body", font_size=SIZE, multiline=False)
    line.text = text
    line._refresh_text(line.text)
    return line


@pytest.mark.parametrize("name", ["דוד לוי", "محمد علي", "李小龍", "สมชาย", "홍길동"])
def test_a_typed_name_is_seen_as_it_is_drawn(name: str) -> None:
    texture = typed(name)._lines_labels[0]
    seen = Image.frombytes("RGBA", texture.size, texture.pixels).getchannel("A")
    assert alike(ink(seen), ink(drawn(name)))


def test_a_line_goes_back_to_its_own_font() -> None:
    line = typed("דוד")
    assert line.font_name == "Hebrew"
    line.text = "Kim"
    assert line.font_name == "Body"
