"""Which bytes of a file a request asks for: entity tags, conditions and ranges (RFC 9110, 13 and 14)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

# One range. A request for several may be answered with the whole (14.2), and nobody resumes in pieces.
_RANGE = re.compile(
    r"bytes=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*", re.ASCII | re.IGNORECASE
)


class Slice(NamedTuple):
    """The bytes from `start` up to and without `end`, of `size`."""

    start: int
    end: int
    size: int

    @property
    def content_range(self) -> str:
        """The header that a part carries (14.4)."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


class Unsatisfiable(Exception):
    """The range begins behind the end (15.5.17)."""


def has_already(headers: Mapping[str, str], tag: str) -> bool:
    """Whether `If-None-Match` names what we would send, by the weak comparison (13.1.2)."""
    return bool({tag, "*"} & {one.removeprefix("W/") for one in _tags(headers, "if-none-match")})


def wants_another(headers: Mapping[str, str], tag: str) -> bool:
    """Whether `If-Match` excludes what we would send, by the strong comparison (13.1.1)."""
    return "if-match" in headers and not {tag, "*"} & set(_tags(headers, "if-match"))


def part(headers: Mapping[str, str], tag: str, size: int) -> Slice | None:
    """The one range that is asked for and may be sent; None for the whole. Raises Unsatisfiable.

    A `Range` that is malformed, of another unit or of several parts counts for nothing (14.2), and so does
    any when `If-Range` names another edition: the beginning that the client holds would not fit (13.1.5). A
    date in it never fits, since no dates are sent.
    """
    found = _RANGE.fullmatch(headers.get("range", ""))
    if found is None or ("if-range" in headers and headers["if-range"].strip() != tag):
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None  # invalid, not unsatisfiable (14.1.1)
    if start >= size:
        raise Unsatisfiable
    return Slice(start, end, size)


def _tags(headers: Mapping[str, str], name: str) -> list[str]:
    """The entity tags of a list; ours hold no comma."""
    return [one.strip() for one in headers.get(name, "").split(",")]
