"""What an explanation is said in: a language's texts, its numbers and dates, its names of codes. Pure.

A language is one file beside this module; English is the one that the others are held to.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from issuer.rules.calendar import Period
from issuer.rules.counting import MONTH_DAYS
from issuer.rules.finding import Days
from issuer.rules.reading.code_lists import CodeLists
from issuer.rules.reading.entry import Entry, read

_FORMS: Final = {"one", "other"}
_SPOKEN: Final = ("decimal", "thousands", "and", "or")
_FULL_YEAR: Final = 12
_UNGROUPED: Final = 10_000  # four digits are written together


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. Texts by dotted keys; where a number decides the form, `.one` and `.other`."""

    language: str
    texts: Mapping[str, str]
    months: Sequence[str]
    spoken: Mapping[str, str]
    codes: CodeLists

    def say(self, key: str, *values: str) -> str:
        """A text with its values put in."""
        return self.texts[key].format(*values)

    def has(self, key: str) -> bool:
        """Whether there is a text of its own for something."""
        return key in self.texts

    def name(self, code_list: str, code: str) -> str:
        """What a code is called."""
        return self.codes.name(code_list, code, self.language)

    def named(self, code_list: str, codes: Collection[str]) -> list[str]:
        """What several codes are called, in the order of their list."""
        listed = list(self.codes.lists[code_list].codes) if code_list in self.codes.lists else []
        known = [one for one in listed if one in codes]
        return [self.name(code_list, one) for one in (*known, *sorted(set(codes) - set(known)))]

    def either(self, items: Iterable[str]) -> str:
        """`a, b or c`."""
        return self._listed(list(items), "or")

    def both(self, items: Iterable[str]) -> str:
        """`a, b and c`."""
        return self._listed(list(items), "and")

    def day(self, day: date) -> str:
        """A date as people write it."""
        return self.texts["date"].format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def number(self, value: Days) -> str:
        """To a tenth, and never rounded up: what is a day short must not look whole."""
        tenths = value * 10 // 1
        whole, tenth = divmod(tenths, 10)
        digits = f"{whole:,}".replace(",", self.spoken["thousands"]) if whole >= _UNGROUPED else str(whole)
        return f"{digits}{self.spoken['decimal']}{tenth}" if tenth else digits

    def counted(self, unit: str, value: Days) -> str:
        """`1 month`, `2 months`."""
        return self.say(f"quantity.{unit}.{'one' if value == 1 else 'other'}", self.number(value))

    def amount(self, days: Days) -> str:
        """How much service is asked for: whole months as such, else days."""
        if days and days % MONTH_DAYS == 0:
            return self.counted("months", days // MONTH_DAYS)
        return self.counted("days", days)

    def short(self, days: Days, unit: str = "months") -> str:
        """How much is missing, never rounded down; in months too, where whole months are asked for."""
        days = Fraction(-(-days * 10 // 1), 10)
        if days < MONTH_DAYS or unit == "days":
            return self.counted("days", days)
        months = Fraction(-(-days * 10 // MONTH_DAYS), 10)
        return f"{self.counted('months', months)} ({self.counted('days', days)})"

    def period(self, period: Period, form: str = "") -> str:
        """`2 years`; with the form `last-`, `the last 2 years`."""
        years, months = divmod(period.months, _FULL_YEAR)
        parts = (("years", years), ("months", months), ("days", period.days))
        if months and years:
            parts = (("months", period.months), ("days", period.days), ("years", 0))
        return self.both(self.counted(f"{form}{unit}", number) for unit, number in parts if number)

    def _listed(self, items: Sequence[str], word: str) -> str:
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.spoken[word]} {items[-1]}"


def sentence(text: str) -> str:
    """With a capital first."""
    return text[:1].upper() + text[1:]


def within_a_sentence(text: str) -> str:
    """With a small letter first, unless it begins with an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def words_of(data: bytes, file: str, codes: CodeLists) -> Words:
    """A language from its file. Raises LawError, which says where."""
    members = read(data, file).members(("language", "spoken", "months", "texts"))
    months = members["months"].texts()
    if len(months) != _FULL_YEAR:
        members["months"].fail("twelve months are expected")
    spoken = members["spoken"].members(_SPOKEN)
    return Words(
        language=members["language"].text(),
        texts=dict(_flat("", members["texts"])),
        months=months,
        spoken={name: str(one.node.value) for name, one in spoken.items()},
        codes=codes,
    )


def _flat(above: str, entry: Entry) -> Iterable[tuple[str, str]]:
    found = entry.mapping()
    if found.keys() & _FORMS and found.keys() != _FORMS:
        entry.fail("one and other are expected")
    for name, one in found.items():
        if one.is_mapping():
            yield from _flat(f"{above}{name}.", one)
        else:
            yield f"{above}{name}", one.text()
