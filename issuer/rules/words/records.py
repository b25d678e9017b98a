"""Records, said to a person: which one, from whom, and why it did not count. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from issuer.rules.conditions import Held
from issuer.rules.facts import UNTIL_FURTHER_NOTICE, Channel, Facts, Record, Service
from issuer.rules.service import TIME, ServiceOf
from issuer.rules.where import ANY, Scales, Wanted
from issuer.rules.words.catalogue import Words, sentence
from issuer.rules.words.demands import codes, is_highest, names

_MEASURED: Final = {"gt_min": "gt", "gt_max": "gt", "kw_min": "kw", "kw_max": "kw"}
_ORDERED: Final = {"rank_min": "rank", "area_min": "area"}


class Records:
    """The facts of a case by their ids; without facts a record is called by its id alone."""

    def __init__(self, facts: Facts | None, words: Words, scales: Scales) -> None:
        everything: tuple[Service | Record, ...] = () if facts is None else (*facts.services, *facts.records)
        self._known = {one.id: one for one in everything}
        self._words, self._scales = words, scales

    def __iter__(self) -> Iterator[Service | Record]:
        return iter(self._known.values())

    def called(self, name: str) -> str:
        """`1 January 2013 – 29 June 2013 (record nordlys)`."""
        known = self._known.get(name)
        if known is None:
            return self._words.say("record.unknown", name)
        return self._words.say("record.named", self._what(known), name)

    def described(self, name: str) -> str:
        """The same, and from whom it is."""
        known = self._known.get(name)
        if known is None:
            return self.called(name)
        words = self._words
        reporter = words.name("reporter", known.source.reporter.value)
        key = "uploaded" if known.source.channel is Channel.UPLOAD else "from"
        return words.say("record.named", words.say(f"record.{key}", self._what(known), reporter), name)

    def objection(self, name: str, missed: str, asked: ServiceOf, came_first: bool) -> str:
        """Why a record of service did not count: the demand that it missed, and what it says itself."""
        words = self._words
        if missed == TIME:
            return words.say("missed.time" if came_first else "missed.not-first")
        known = self._known.get(name)
        wanted = asked.where.demands.get(missed)
        if wanted is None or missed == ANY:
            return words.say("missed.any")
        if missed in ("marks", "without"):
            return self._marks(missed, wanted, known)
        field = _MEASURED.get(missed) or _ORDERED.get(missed) or missed
        called, needed = words.say(f"field.{field}"), self._needed(missed, wanted)
        if not isinstance(known, Service):
            return words.say("missed.unmet", called, needed)
        value = getattr(known, field)
        if value is None:
            return words.say("missed.unknown", called, needed)
        return words.say("missed.has", called, self._value(field, value), needed)

    def near(self, asked: Held, on: date) -> Iterator[tuple[str, str]]:
        """Records of what was asked for that did not do, and why."""
        for one in self._known.values():
            if isinstance(one, Record) and one.kind is asked.kind and one.code in asked.codes:
                yield one.id, self._flaw(one, asked, on)

    def _what(self, known: Service | Record) -> str:
        words = self._words
        if isinstance(known, Service):
            return words.say("span", words.day(known.first), words.day(known.last))
        said = words.name(known.kind.value, known.code)
        return sentence(words.say("record.of-day", said, words.day(known.day)))

    def _marks(self, missed: str, wanted: Wanted, known: Service | Record | None) -> str:
        theirs = known.marks if known is not None else frozenset()
        found = [one for one in codes(wanted) if (one in theirs) is (missed == "without")]
        listed = self._words.both(self._words.name("mark", one) for one in found or codes(wanted))
        return self._words.say(f"missed.{missed}", listed)

    def _needed(self, missed: str, wanted: Wanted) -> str:
        words = self._words
        if isinstance(wanted, int):
            return words.say(f"wanted.{missed.replace('_', '-')}", words.number(wanted))
        field = _ORDERED.get(missed)
        if field is None:
            return names(words, missed, wanted)
        said = names(words, field, wanted)
        if is_highest(field, str(wanted), self._scales):
            return said
        return words.say("wanted.area-min" if field == "area" else "wanted.at-least", said)

    def _value(self, field: str, value: int | str) -> str:
        if isinstance(value, int):
            number = self._words.number(value)
            return self._words.say("wanted.kw", number) if field == "kw" else number
        return self._words.name(field, value)

    def _flaw(self, one: Record, asked: Held, on: date) -> str:
        words = self._words
        if asked.no_older is not None and on > asked.no_older.after(one.day):
            return words.say("missed.old", words.period(asked.no_older))
        if one.until is not None and one.until < on:
            return words.say("missed.expired", words.day(one.until))
        if asked.before is not None and one.day >= asked.before:
            return words.say("missed.late", words.day(asked.before))
        endless = {UNTIL_FURTHER_NOTICE} if asked.unexpired and one.until is None else set()
        lacking = (asked.marks | endless) - one.marks
        return words.say("missed.no-mark", words.both(words.named("mark", lacking)))
