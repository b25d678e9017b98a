"""Where one script ends and another begins, and which font has what: the pure half of drawing names."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.report import escaped
from verifier.ui import glyphs, scripts
from verifier.ui.scripts import SCRIPTS, runs

ASSETS = Path(scripts.__file__).parent / "assets"
RTL = frozenset({"R", "AL"})
NAMES = st.text(
    st.sampled_from("ab Åé-'.,·:()/0129אבגדוּ׳محمدعلي٣۴ پ李小田さकिสั้ကျြ한기Иω\u200c\u200d😀\u0f40"),
    max_size=120,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Anna Åkesson", [("Anna Åkesson", None)]),
        ("李 Li", [("李", "Han"), (" Li", None)]),
        ("דוד בן-גוריון", [("דוד בן-גוריון", "Hebrew")]),
        ("Name: דוד, 2030", [("Name: ", None), ("דוד", "Hebrew"), (", 2030", None)]),
        # two names in a list keep their places
        ("כהן, לוי", [("כהן", "Hebrew"), (", ", None), ("לוי", "Hebrew")]),
        ("محمد علي · 3", [("محمد علي", "Arabic"), (" · 3", None)]),
        ("محمد ٣٤", [("محمد", "Arabic"), (" ", None), ("٣٤", "ArabicDigits")]),
        ("علی\u200cرضا", [("علی\u200cرضا", "Arabic")]),
        ("홍길동 (洪)", [("홍길동", "Hangul"), (" (", None), ("洪", "Han"), (")", None)]),
        ("", []),
    ],
)
def test_a_text_falls_into_parts_by_script(text: str, parts: list[tuple[str, str | None]]) -> None:
    assert [(part, script and script.role) for part, script in runs(text)] == parts


@given(NAMES)
def test_nothing_is_lost_and_everything_keeps_its_place(name: str) -> None:
    assert "".join(part for part, _ in runs(name)) == name


@given(NAMES)
def test_a_part_from_right_to_left_holds_nothing_that_it_could_carry_elsewhere(name: str) -> None:
    """Digits, commas, other scripts and a screen's own signs stay where they are said."""
    for part, script in runs(name):
        if script is None or not script.is_rtl:
            assert not any(unicodedata.bidirectional(one) in RTL for one in part), part
            continue
        assert not re.search(r"[\d,;:·()/A-Za-z]", part)
        assert unicodedata.bidirectional(part[0]) in RTL | {"NSM"}
        assert part == part.strip()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.role)
def test_a_scripts_font_is_built_and_has_its_letters(script: scripts.Script) -> None:
    font = glyphs.of(str(ASSETS / script.file))
    assigned = [
        one
        for one in map(chr, range(0x590, 0xFFEF))
        if re.fullmatch(f"[{script.letters}]", one) and unicodedata.category(one) in {"Lo", "Nd", "Lu", "Ll"}
    ]
    assert assigned
    assert sum(map(font.has, assigned)) / len(assigned) > 0.7  # the rest are letters of no living name


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.ttf")), ids=lambda path: path.name)
def test_what_a_font_has_is_read_as_fonttools_reads_it(path: Path) -> None:
    from fontTools.ttLib import TTFont

    ours = glyphs.of(str(path))
    with TTFont(path, lazy=True) as font:
        theirs = sorted(font.getBestCmap())
    read = [
        code for first, last in zip(ours.starts, ours.ends, strict=True) for code in range(first, last + 1)
    ]
    assert read == theirs


@pytest.mark.parametrize("content", [b"", b"\0\1\0\0", b"\0\1\0\0\0\1" + bytes(22), bytes(4_000)])
def test_what_is_no_font_has_no_characters(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(content)
    assert glyphs.of(str(path)) == ((), ())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("a\u200cb", r"a\u{200c}b"),
        ("ع\u200c", r"ع\u{200c}"),
        ("ع\u202eع", r"ع\u{202e}ع"),
        ("Li\u2067\u200e", r"Li\u{2067}\u{200e}"),
    ],
)
def test_a_joiner_stays_within_a_word_that_is_spelt_with_it_and_nothing_else_unseen_does(
    name: str, shown: str
) -> None:
    assert escaped(name) == shown
