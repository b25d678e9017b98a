"""One report from JSON, strictly: every member that is wrong is named, and no unknown one is passed over."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final

from issuer.domain.personal_numbers import shown
from issuer.domain.qualifications import (
    LONGEST_REFERENCE,
    REPORTED,
    Code,
    Completed,
    IdentityKind,
    PersonalNumber,
    Picture,
    Problem,
    RecordContents,
    Report,
    SeaService,
    Ship,
)
from issuer.rules.facts import ATTACHMENTS, Kind
from keys.encoding import EncodingError, Json, b64url_decode

MAX_DOCUMENT: Final = 8 << 20  # bytes
_TEXT, _CODE = 100, 60
_MOST_WHOLE: Final = 10_000_000
_MOST_MARKS: Final = 20
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_HOURS: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?", re.ASCII)
_SEAFARER: Final = re.compile(r"[0-9A-Za-z]{1,8}", re.ASCII)
_NOWHEN: Final = date.min  # in the place of a day that could not be read, beside its problem


class _Members:
    """An object's members, each taken once; what is wrong is collected."""

    def __init__(self, value: Mapping[str, Json], pointer: str, problems: list[Problem]) -> None:
        self._left = dict(value)
        self._pointer, self._problems = pointer, problems

    def wrong(self, name: str, message: str, hint: str) -> None:
        pointer = f"{self._pointer}/{name}" if name else self._pointer
        self._problems.append(Problem(pointer=pointer, code=Code.MALFORMED, message=message, hint=hint))

    def take(self, name: str, *, required: bool = False) -> Json:
        value = self._left.pop(name, None)
        if value is None and required:
            self.wrong(name, f"{name} is missing", f"give {name}")
        return value

    def text(self, name: str, longest: int = _TEXT, *, required: bool = False) -> str | None:
        value = self.take(name, required=required)
        if value is None:
            return None
        if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= longest:
            return value
        self.wrong(name, f"{name} is no text of 1 to {longest} printable characters", "mend it")
        return None

    def day(self, name: str) -> date:
        return self.maybe_day(name, required=True) or _NOWHEN

    def maybe_day(self, name: str, *, required: bool = False) -> date | None:
        value = self.take(name, required=required)
        if value is None:
            return None
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.wrong(name, f"{name} is no day of the calendar", "write it as YYYY-MM-DD")
        return None

    def whole(self, name: str) -> int | None:
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_WHOLE:
            return value
        self.wrong(name, f"{name} is no whole number from 0 to {_MOST_WHOLE}", "give a whole number")
        return None

    def hours(self, name: str) -> Fraction | None:
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, str) and _HOURS.fullmatch(value):
            return Fraction(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_WHOLE:
            return Fraction(value)
        self.wrong(name, f"{name} is no number of hours", 'give whole hours, or text such as "1240.5"')
        return None

    def marks(self) -> frozenset[str]:
        value = self.take("marks")
        if value is None:
            return frozenset()
        if isinstance(value, list) and len(value) <= _MOST_MARKS:
            marks = [one for one in value if isinstance(one, str) and one.isprintable() and len(one) <= _CODE]
            if len(marks) == len(value):
                return frozenset(marks)
        self.wrong("marks", f"marks is no list of at most {_MOST_MARKS} codes", "give a list of codes")
        return frozenset()

    def members(self, name: str, *, required: bool = False) -> "_Members | None":
        value = self.take(name, required=required)
        if value is None:
            return None
        if isinstance(value, dict):
            return _Members(value, f"{self._pointer}/{name}", self._problems)
        self.wrong(name, f"{name} is no object", "give an object")
        return None

    def close(self) -> None:
        for name in sorted(self._left)[:5]:
            self.wrong("", f"there is no member «{shown(name)}» here", "leave it out, or mend its name")


def read_report(
    members: Mapping[str, Json], *, document: bytes | None = None
) -> Report | tuple[Problem, ...]:
    """The report, or all that keeps `members` from being one. `document`: sent beside the JSON."""
    problems: list[Problem] = []
    read = _Members(members, "", problems)
    kind = _kind(read)
    report = Report(
        kind=kind,
        contents=_contents(kind, read.members("contents", required=True)),
        seafarer_id=_seafarer(read),
        personal_number=_number(read.members("personal_number")),
        reference=read.text("reference", LONGEST_REFERENCE),
        document=_document(read, document),
        statement=_statement(read),
    )
    read.close()
    return tuple(problems) if problems else report


def stored_contents(kind: Kind, members: Mapping[str, Json]) -> RecordContents:
    """What `writing.contents_members` made of contents. Raises ValueError for anything else."""
    problems: list[Problem] = []
    contents = _contents(kind, _Members(members, "", problems))
    if problems:
        raise ValueError(f"stored contents: {problems[0].pointer}: {problems[0].message}")
    return contents


def _kind(read: _Members) -> Kind:
    text = read.text("kind", required=True)
    if text in REPORTED:
        return Kind(text)
    if text is not None:
        kinds = ", ".join(sorted(REPORTED))
        read.wrong("kind", f"{shown(text)} is no kind of record that is reported", f"one of: {kinds}")
    return Kind.SERVICE


def _seafarer(read: _Members) -> str | None:
    text = read.text("seafarer_id")
    if text is None or _SEAFARER.fullmatch(text):
        return text
    read.wrong("seafarer_id", "it is no seafarer's id: letters and digits", "check it with the seafarer")
    return None


def _number(read: _Members | None) -> PersonalNumber | None:
    """Whether it can be anybody's is asked with the day at hand."""
    if read is None:
        return None
    kind, number = read.text("kind", required=True), read.text("number", 40, required=True)
    read.close()
    if kind is None or number is None:
        return None
    try:
        return PersonalNumber(kind=IdentityKind(kind), number=number)
    except ValueError:
        kinds = ", ".join(sorted(IdentityKind))
        read.wrong("kind", f"{shown(kind)} is no kind of personal number", f"one of: {kinds}")
        return None


def _document(read: _Members, beside: bytes | None) -> bytes | None:
    value = read.take("document")
    if value is None:
        return beside
    if isinstance(value, str) and len(value) <= MAX_DOCUMENT * 4 // 3 + 4 and beside is None:
        try:
            return b64url_decode(value)
        except EncodingError:
            pass
    read.wrong(
        "document",
        f"document is no base64url of at most {MAX_DOCUMENT >> 20} MiB",
        "encode the file without padding, and send it once",
    )
    return None


def _statement(read: _Members) -> Mapping[str, Json] | None:
    """What it must say is asked with the law at hand."""
    value = read.take("statement")
    if value is None or isinstance(value, dict):
        return value
    read.wrong("statement", "statement is no object", "give its fields by their names")
    return None


def _contents(kind: Kind, read: _Members | None) -> RecordContents:
    if read is None:
        return Picture(day=_NOWHEN)
    if kind is Kind.SERVICE:
        contents: RecordContents = _service(read)
    elif kind in ATTACHMENTS:
        contents = Picture(day=read.day("day"))
    else:
        contents = Completed(
            code=read.text("code", _CODE, required=True) or "",
            day=read.day("day"),
            until=read.maybe_day("until"),
            marks=read.marks(),
            number=read.text("number"),
        )
    read.close()
    return contents


def _service(read: _Members) -> SeaService:
    said = SeaService(
        first=read.day("first"),
        last=read.day("last"),
        department=read.text("department", _CODE, required=True) or "",
        rank=read.text("rank", _CODE),
        area=read.text("area", _CODE),
        hours=read.hours("hours"),
        marks=read.marks(),
    )
    ship = read.members("ship")
    return said if ship is None else replace(said, ship=_ship(ship))


def _ship(read: _Members) -> Ship:
    ship = Ship(
        imo=read.text("imo", _CODE),
        name=read.text("name"),
        call_sign=read.text("call_sign", _CODE),
        home_port=read.text("home_port"),
        flag=read.text("flag", _CODE),
        gt=read.whole("gt"),
        kw=read.whole("kw"),
        use=read.text("use", _CODE),
        type=read.text("type", _CODE),
        propulsion=read.text("propulsion", _CODE),
    )
    read.close()
    return ship
