"""What a condition asks for, said to a person, whether it is met or not. Pure."""

from datetime import date
from typing import Final

from issuer.rules.calendar import Period
from issuer.rules.conditions import Age, Dated, Discretion, Held
from issuer.rules.facts import Kind
from issuer.rules.service import ServiceOf
from issuer.rules.where import Scales
from issuer.rules.words.catalogue import Words
from issuer.rules.words.demands import is_highest

_AT_LEAST: Final = "≥ "  # how a condition is called that a scale's code or any beyond it meets
_OTHER: Final = " / "
_LISTED: Final = 8  # certificates of which one will do, by their names


def held(asked: Held, words: Words, scales: Scales) -> str:
    """`seafarer’s medical certificate, not more than 2 years old and showing sight and hearing`."""
    name = which(asked, words, scales)
    said = _several(asked, words) or words.say(f"held.{asked.kind.value}", name)
    further = []
    if asked.no_older is not None:
        further.append(words.say("held.no-older", words.period(asked.no_older)))
    if asked.before is not None:
        further.append(words.say("held.before", words.day(asked.before)))
    if asked.marks:
        further.append(words.say("held.marks", words.both(words.named("mark", asked.marks))))
    if asked.unexpired:
        further.append(words.say("held.unexpired"))
    return words.say("held.further", said, words.both(further)) if further else said


def _several(asked: Held, words: Words) -> str:
    """Of very many certificates, how many they are and the law's first: nobody reads on to their end."""
    if asked.kind is not Kind.HOLDING or len(asked.codes) <= _LISTED or asked.code.startswith(_AT_LEAST):
        return ""
    first = words.name(asked.kind.value, asked.code.partition(_OTHER)[0])
    return words.say("held.several", str(len(asked.codes)), first)


def which(asked: Held, words: Words, scales: Scales) -> str:
    """The record's name, or those of which one will do."""
    if not asked.codes:
        return ""
    if not asked.code.startswith(_AT_LEAST):
        listed = asked.code.split(_OTHER) if set(asked.code.split(_OTHER)) == asked.codes else [asked.code]
        return words.either(words.name(asked.kind.value, one) for one in listed)
    least = asked.code.removeprefix(_AT_LEAST)
    said = words.name(asked.kind.value, least)
    return said if is_highest(Kind.HOLDING, least, scales) else words.say("held.at-least", said)


def service(asked: ServiceOf, which_one: str, words: Words, scales: Scales, on: date) -> str:
    """Which service, as its demands say, and in which time."""
    said = [which_one]
    if asked.after is not None:
        key = "after" if asked.after.kind is Kind.HOLDING else "after-document"
        said.append(words.say(f"service.{key}", which(asked.after, words, scales)))
    if asked.within is not None:
        said.append(_within(asked.within, asked.before, words, on))
    elif asked.before is not None:
        said.append(words.say("service.until", words.day(asked.before)))
    return ", ".join(filter(None, said))


def _within(period: Period, before: date | None, words: Words, on: date) -> str:
    """By its dates, so that nobody has to count back."""
    last = date.fromordinal(before.toordinal() - 1) if before else on
    first = date.fromordinal(period.before(last).toordinal() + 1)
    if before:
        return words.say("service.between", words.day(first), words.day(last))
    return words.say("service.within", words.period(period, "last-"), words.day(first))


def age(asked: Age, words: Words) -> str:
    """`at least 18 years of age`."""
    return words.say("age", words.counted("years", asked.years))


def discretion(asked: Discretion, words: Words) -> str:
    """Something to ask for."""
    return words.say("to-decide", words.name("discretion", asked.code))


def dated(asked: Dated, words: Words) -> str:
    """When a transitional provision may be used."""
    if asked.first is not None and asked.last is not None:
        return words.say("dated.between", words.day(asked.first), words.day(asked.last))
    if asked.last is not None:
        return words.say("dated.until", words.day(asked.last))
    return words.say("dated.from", words.day(asked.first or date.min))
