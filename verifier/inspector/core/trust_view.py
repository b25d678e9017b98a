"""How old the trust data is, in words: the strip on every screen, and the head of the trust screen."""

from datetime import datetime, timedelta
from typing import NamedTuple

from verifier.inspector import texts
from verifier.inspector.core.trust import Trust, TrustState
from verifier.policy import Policy
from verifier.ui.words import Words


class Strip(NamedTuple):
    """One line, and its tone."""

    line: str
    tone: str


class Head(NamedTuple):
    """What the trust screen says first."""

    tone: str
    icon: str
    title: str
    advice: str
    detail: str = ""


_TONE = {
    TrustState.NONE: "bad",
    TrustState.DAMAGED: "bad",
    TrustState.CLOCK: "bad",
    TrustState.TOO_OLD: "bad",
    TrustState.OLD: "caution",
    TrustState.CURRENT: "good",
}


def strip(trust: Trust, say: Words) -> Strip:
    """The line on every screen."""
    match trust.state:
        case TrustState.NONE:
            line = say(texts.STRIP_NONE)
        case TrustState.DAMAGED:
            line = say(texts.STRIP_DAMAGED)
        case TrustState.CLOCK:
            line = say(texts.STRIP_CLOCK)
        case TrustState.TOO_OLD:
            line = say(texts.STRIP_TOO_OLD, age=age(trust.age, say))
        case _:
            line = say(texts.STRIP, age=age(trust.age, say))
    return Strip(say(texts.STRIP_TEST, line=line) if trust.is_rehearsal else line, _TONE[trust.state])


def head(trust: Trust, policy: Policy, say: Words) -> Head:
    """What is held, and until when it counts."""
    tone, until = _TONE[trust.state], trust.published_at
    match trust.state:
        case TrustState.NONE:
            return Head(tone, "shield-off", say(texts.TRUST_NONE), say(texts.TRUST_NONE_ADVICE))
        case TrustState.DAMAGED:
            words = say(texts.TRUST_DAMAGED), say(texts.TRUST_DAMAGED_ADVICE)
            return Head(tone, "database-zap", *words, detail=trust.detail)
        case TrustState.CLOCK:
            words = say(texts.TRUST_CLOCK), say(texts.TRUST_CLOCK_ADVICE)
            return Head(tone, "clock-alert", *words, detail=trust.detail)
        case TrustState.TOO_OLD:
            advice = say(texts.TRUST_TOO_OLD_ADVICE, date=_day(until, say))
            return Head(tone, "hourglass", say(texts.TRUST_TOO_OLD), advice)
        case TrustState.OLD:
            advice = say(texts.TRUST_OLD_ADVICE, date=_day(until, say, policy.age_limit))
            return Head(tone, "hourglass", say(texts.TRUST_OLD), advice)
        case TrustState.CURRENT:
            advice = say(texts.TRUST_CURRENT_ADVICE, date=_day(until, say, policy.age_green))
            return Head(tone, "shield-check", say(texts.TRUST_CURRENT), advice)


def age(old: timedelta, say: Words) -> str:
    """In days."""
    if old.days < 0:
        return say(texts.AHEAD)
    return say.counted(texts.DAYS_OLD, old.days) if old.days else say(texts.TODAY)


def _day(moment: datetime | None, say: Words, later: timedelta = timedelta(0)) -> str:
    if moment is None:
        return ""
    try:
        return say.day((moment + later).date())
    except OverflowError:
        return say.day(moment.date())
