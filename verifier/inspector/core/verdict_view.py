"""From verdicts to what the inspector sees: pure, with the words passed in. Shows signed data only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from verifier import wording
from verifier.credential.model import Certificate, Holder
from verifier.inspection import table
from verifier.inspector import texts
from verifier.inspector.core.certificate_lines import basis, lines, period, person
from verifier.inspector.core.compared_view import compared
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.reading import not_a_certificate
from verifier.inspector.core.saying import reason, sentence
from verifier.inspector.core.verdict_state import (
    Action,
    Concern,
    Member,
    Signal,
    VerdictState,
)
from verifier.report import escaped
from verifier.ui import titles
from verifier.ui.words import Words
from verifier.verdict import (
    Check,
    Headline,
    Outcome,
    Standing,
    Verdict,
    badness,
    deciding,
    standing,
)

_ICONS: Final = {
    Headline.VALID: "circle-check",
    Headline.VALID_WITH_REMARK: "circle-check",
    Headline.NOT_READABLE: "scan-search",
    Headline.UNKNOWN_ISSUER: "circle-question-mark",
    Headline.UNTRUSTED: "key-round",
    Headline.TAMPERED: "octagon-alert",
    Headline.WRONG_HOLDER: "user-x",
    Headline.REVOKED: "ban",
    Headline.SUSPENDED: "circle-pause",
    Headline.REPLACED: "replace",
    Headline.EXPIRED: "calendar-x-2",
    Headline.NOT_YET_VALID: "calendar-clock",
    Headline.CLOCK_UNTRUSTED: "clock-alert",
    Headline.STATUS_UNKNOWN: "hourglass",
    Headline.UNCONFIRMED: "user-search",
}
_FRAUD: Final = frozenset({Headline.TAMPERED, Headline.WRONG_HOLDER})
_ACTIONS: Final = {
    Headline.UNKNOWN_ISSUER: Action.TRUST,
    Headline.STATUS_UNKNOWN: Action.TRUST,
    Headline.UNCONFIRMED: Action.CHALLENGE,
    Headline.VALID: Action.COMPARE,
    Headline.VALID_WITH_REMARK: Action.COMPARE,
}
_ACTION_WORDS: Final = {
    Action.COMPARE: texts.DO_COMPARE,
    Action.CHALLENGE: texts.DO_CHALLENGE,
    Action.TRUST: texts.DO_TRUST,
    Action.SCAN: texts.DO_SCAN,
}
_TONE: Final = {Standing.VALID: "good", Standing.REJECTED: "bad", Standing.UNDETERMINED: "caution"}
_SIGNAL: Final = {
    Standing.VALID: Signal.GOOD,
    Standing.REJECTED: Signal.BAD,
    Standing.UNDETERMINED: Signal.UNKNOWN,
}
_PASSED: Final = (Outcome.PASS, Outcome.NOT_ASSESSED)


def verdict_state(shown: Shown, say: Words, *, is_rehearsal: bool) -> VerdictState:
    """All that was shown together: the worst of it gives the screen."""
    worst = max(shown.verdicts, key=badness)
    members = _all_members(shown.verdicts)
    if len(members) > 1 or worst.members:
        state = _of_several(worst, members, say)
    else:
        state = _of_one(worst, shown.presented, say)
    found = replace(
        state,
        basis=tuple(basis(worst.relied_on, worst, say)),
        is_rehearsal=is_rehearsal,
        concerns=(*_answered(shown, say), *state.concerns),
    )
    return compared(found, shown, say)


def member_state(shown: Shown, place: int, say: Words, *, is_rehearsal: bool) -> VerdictState:
    """One certificate of several, by its place among them."""
    verdict = _all_members(shown.verdicts)[place]
    state = _of_one(verdict, "", say)
    rests_on = tuple(basis(verdict.relied_on, verdict, say))
    return replace(state, basis=rests_on, is_rehearsal=is_rehearsal)


# One certificate


def _of_one(verdict: Verdict, presented: str | bytes, say: Words) -> VerdictState:
    headline, credential = verdict.headline, verdict.credential
    certificate = None if credential is None else credential.certificate
    check = deciding(verdict.checks)
    action = _ACTIONS.get(headline, Action.SCAN)
    words = texts.DO_NEXT if standing(verdict) is Standing.REJECTED else _ACTION_WORDS[action]
    uncovered = headline is Headline.UNKNOWN_ISSUER and verdict.outcome("C4") is Outcome.PASS
    return VerdictState(
        signal=signal(verdict),
        icon=_ICONS.get(headline, "info"),
        over=say(_over(headline, standing(verdict))),
        headline=say(texts.HEADLINES[headline]),
        reason=_instead(presented, headline, say) or _said(check, certificate, say),
        advice=say(texts.NEXT_UNCOVERED) if uncovered else sentence(say(table.advice(headline))),
        action=action,
        action_words=say(words),
        what="" if certificate is None else titles.document(certificate.type, say),
        person=None if certificate is None else person(certificate.holder, say),
        nothing_shown=_nothing_shown(verdict, say),
        concerns=tuple(_concerns(verdict, say)),
        lines=() if certificate is None else tuple(lines(certificate, say)),
    )


def _said(check: Check | None, certificate: Certificate | None, say: Words) -> str:
    """Why it is so; where nothing is against it, how long it holds."""
    if check is not None:
        return reason(check, say)
    return "" if certificate is None else period(certificate, say)


def signal(verdict: Verdict) -> Signal:
    """The colour of the screen."""
    if verdict.headline in _FRAUD:
        return Signal.FRAUD
    if verdict.headline is Headline.VALID_WITH_REMARK:
        return Signal.REMARK
    return _SIGNAL[standing(verdict)]


def _over(headline: Headline, found: Standing) -> str:
    if headline in _FRAUD:
        return texts.FRAUD
    match headline:
        case Headline.VALID:
            return texts.GOOD
        case Headline.VALID_WITH_REMARK:
            return texts.GOOD_BUT
        case Headline.UNTRUSTED:
            return texts.NO_TRUST
        case Headline.STATUS_UNKNOWN:
            return texts.DATA_TOO_OLD
    return texts.NO_GOOD if found is Standing.REJECTED else texts.CANNOT_TELL


def _instead(presented: str | bytes, headline: Headline, say: Words) -> str:
    """What was shown instead of a certificate."""
    if headline is not Headline.NOT_READABLE or not isinstance(presented, str) or not presented:
        return ""
    trouble = not_a_certificate(presented)
    return "" if trouble is None else say(trouble.message, **trouble.values)


def _nothing_shown(verdict: Verdict, say: Words) -> str:
    held_back = verdict.credential is None and verdict.sea_pass is None
    if not held_back or verdict.headline is Headline.NOT_READABLE:
        return ""
    known = verdict.outcome("C4") is Outcome.PASS
    return say(texts.UNREADABLE_CLAIMS if known else texts.HIDDEN)


def _concerns(verdict: Verdict, say: Words) -> Iterator[Concern]:
    """What else is against it, or to be read; the headline's own reason is said already."""
    first = deciding(verdict.checks)
    for check in verdict.checks:
        if check.outcome in _PASSED or check is first:
            continue
        tone = "bad" if check.outcome is Outcome.FAIL else "caution"
        yield Concern(tone, reason(check, say))


# Several certificates


def _all_members(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Every certificate that was shown, the worst first."""
    found = [one for verdict in verdicts for one in verdict.members or (verdict,)]
    return sorted(found, key=badness, reverse=True)


def _of_several(worst: Verdict, members: Sequence[Verdict], say: Words) -> VerdictState:
    own = deciding(worst.checks) if worst.members else None
    of_all = own is not None and own.outcome is not Outcome.REMARK
    state = _of_one(worst, "", say)
    title = texts.WHOLE_PASS if worst.sea_pass is not None else texts.SEVERAL
    holder = _holder(worst, members)
    some = not of_all and standing(worst) is not Standing.VALID
    return replace(
        state,
        reason=_worst_reason(worst, members, say) if not of_all else state.reason,
        advice=say(texts.NEXT_OF_SOME) if some else state.advice,
        action=Action.COMPARE if some and holder is not None else state.action,
        action_words=say(texts.DO_COMPARE) if some and holder is not None else state.action_words,
        what=say.counted(title, len(members)),
        person=None if holder is None else person(holder, say),
        nothing_shown="" if holder is not None else state.nothing_shown,
        counts=_counts(members, say),
        members=tuple(_member(place, one, holder, say) for place, one in enumerate(members)),
        lines=(),
        concerns=state.concerns if worst.members else (),
    )


def _worst_reason(worst: Verdict, members: Sequence[Verdict], say: Words) -> str:
    """The reason of the worst certificate, by its number."""
    bad = next((one for one in members if one.headline is worst.headline), None)
    check = None if bad is None else deciding(bad.checks)
    if bad is None or check is None:
        own = deciding(worst.checks)
        return "" if own is None else reason(own, say)
    number = "" if bad.credential is None else escaped(bad.credential.certificate.document_number)
    said = escaped(wording.said(check, say))
    return sentence(f"{number}: {said}" if number else said)


def _holder(worst: Verdict, members: Sequence[Verdict]) -> Holder | None:
    if worst.sea_pass is not None:
        return worst.sea_pass.holder
    return next((one.credential.certificate.holder for one in members if one.credential is not None), None)


def _member(place: int, verdict: Verdict, named: Holder | None, say: Words) -> Member:
    """One of several; where it is another's than the one `named` above them all, it says whose."""
    certificate = None if verdict.credential is None else verdict.credential.certificate
    check = deciding(verdict.checks)
    tone = "caution" if verdict.headline is Headline.VALID_WITH_REMARK else _TONE[standing(verdict)]
    return Member(
        place=place,
        tone=tone,
        word=say(texts.HEADLINES[verdict.headline]),
        title="" if certificate is None else titles.document(certificate.type, say),
        number="" if certificate is None else _numbered(certificate, named, say),
        reason="" if check is None else reason(check, say),
    )


def _numbered(certificate: Certificate, named: Holder | None, say: Words) -> str:
    number, holder = escaped(certificate.document_number), certificate.holder
    if named is None or (holder.full_name, holder.birth_date) == (named.full_name, named.birth_date):
        return number
    return f"{number}\n{escaped(holder.full_name)}, {say(texts.BORN)} {say.day(holder.birth_date)}"


def _counts(members: Sequence[Verdict], say: Words) -> str:
    standings = [standing(one) for one in members]
    remarked = sum(one.headline is Headline.VALID_WITH_REMARK for one in members)
    counted = (
        (texts.COUNT_BAD, standings.count(Standing.REJECTED)),
        (texts.COUNT_UNKNOWN, standings.count(Standing.UNDETERMINED)),
        (texts.COUNT_REMARK, remarked),
        (texts.COUNT_GOOD, standings.count(Standing.VALID) - remarked),
    )
    return "  ·  ".join(say.counted(forms, n) for forms, n in counted if n)


def _answered(shown: Shown, say: Words) -> Iterator[Concern]:
    if shown.is_answer:
        yield Concern("good", say(texts.ANSWERED))
