"""An explanation as a value: headline, parts with titles, lines with paragraphs; as text, and as JSON."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

Json = dict[str, "Json"] | list["Json"] | str

_INDENT: Final = "  "
# `2 kap. 3 § 1`, `STCW II/1`, `1 May`, `1. maj` and `12 months` stay on one line.
_TOGETHER: Final = re.compile(
    r"(?<=\d) (?=[^\W\d]|§)|(?<=kap\.) (?=\d)|(?<=§) (?=\S)|(?<=STCW) (?=\S)|(?<=\d\.) (?=[a-z])"
)
_NO_BREAK: Final = "\u00a0"


class Line(NamedTuple):
    """One sentence or phrase, its paragraph, what belongs below it, and the ids of records that it names."""

    text: str
    ref: str = ""
    lines: tuple["Line", ...] = ()
    records: tuple[str, ...] = ()

    def named(self) -> Iterator[str]:
        """Records that it names, or what is below it."""
        yield from self.records
        for line in self.lines:
            yield from line.named()


class Part(NamedTuple):
    """Lines of one topic: `way`, `limitation`, `why`, `missing`, `met`, `not-counted`, …"""

    topic: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An outcome as it is told to a person."""

    language: str
    headline: str
    ref: str
    parts: tuple[Part, ...]

    def part(self, topic: str) -> tuple[Line, ...]:
        """Lines of a topic; none where it has nothing to say."""
        return next((one.lines for one in self.parts if one.topic == topic), ())


def plain(explanation: Explanation, width: int = 80) -> list[str]:
    """As text for a terminal or a letter, no line longer than `width` where words allow."""
    said = _wrapped(_cited(explanation.headline, explanation.ref), "", "", width)
    for part in explanation.parts:
        said += ["", *_wrapped(part.title, "", "", width), *_below(part.lines, _INDENT, width)]
    return said


def as_json(explanation: Explanation) -> dict[str, Json]:
    """The same for a machine: texts and paragraphs, nested as they are."""
    return {
        "language": explanation.language,
        "headline": explanation.headline,
        "ref": explanation.ref,
        "parts": [
            {"topic": one.topic, "title": one.title, "lines": [_line(line) for line in one.lines]}
            for one in explanation.parts
        ],
    }


def _line(line: Line) -> dict[str, Json]:
    said: dict[str, Json] = {"text": line.text, "ref": line.ref, "lines": [_line(one) for one in line.lines]}
    if line.records:
        said["records"] = list(line.records)
    return said


def _below(lines: tuple[Line, ...], indent: str, width: int) -> Iterator[str]:
    for line in lines:
        yield from _wrapped(_cited(line.text, line.ref), f"{indent}- ", f"{indent}  ", width)
        yield from _below(line.lines, f"{indent}{_INDENT}", width)


def _wrapped(text: str, first: str, rest: str, width: int) -> list[str]:
    wrapped = textwrap.wrap(
        _TOGETHER.sub(_NO_BREAK, text),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_NO_BREAK, " ") for line in wrapped]


def _cited(text: str, ref: str) -> str:
    """With its paragraph in brackets: before a colon or a full stop that ends it."""
    if not ref:
        return text
    end = text[-1] if text[-1:] in (":", ".") else ""
    return f"{text.removesuffix(end) if end else text} ({ref}){end}"
