"""A person on this ship as the screen shows them: rows P with reasons, and what would settle the rest."""

from collections.abc import Iterable, Iterator
from typing import Final

from verifier.credential import codelists
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.crew import Person
from verifier.inspection.duty import Duty
from verifier.inspection.ship import Ship
from verifier.inspector import texts_crew as texts
from verifier.inspector.core.person_state import Input, PaperLine, PersonScreenState, RowState
from verifier.inspector.core.report_state import Tone
from verifier.inspector.core.saying import phrase
from verifier.report import escaped
from verifier.ui import titles
from verifier.ui.words import Words
from verifier.verdict import Assessment, Check, Headline, Outcome, Standing, Verdict, deciding, standing
from verifier.wording import in_words

TONE_OF: Final = {
    Standing.VALID: Tone.GOOD,
    Standing.REJECTED: Tone.BAD,
    Standing.UNDETERMINED: Tone.CAUTION,
}
_TONE_OF_OUTCOME: Final = {
    Outcome.PASS: Tone.GOOD,
    Outcome.REMARK: Tone.CAUTION,
    Outcome.FAIL: Tone.BAD,
    Outcome.UNKNOWN: Tone.CAUTION,
    Outcome.NOT_ASSESSED: Tone.PLAIN,
}


LEADING: Final = (
    Headline.TAMPERED,
    Headline.WRONG_HOLDER,
    Headline.UNTRUSTED,
    Headline.REVOKED,
    Headline.SUSPENDED,
)


def state(
    person: Person,
    assessment: Assessment | None,
    *,
    ship: Ship | None,
    ship_line: str,
    duty: Duty | None,
    say: Words,
) -> PersonScreenState:
    """The whole screen."""
    checks = assessment.checks if assessment is not None else ()
    rows = [_row(check, ship, duty, say) for check in checks]
    tone, word = standing_words(person, assessment, say)
    problems = list(reasons(person, assessment, say))
    return PersonScreenState(
        name=escaped(person.label),
        detail=detail(person, say),
        tone=tone,
        word=word,
        summary=problems[0] if problems else say(texts.NO_PROBLEM if tone is Tone.GOOD else texts.OPEN_ROWS),
        ship=ship_line,
        duty=say(texts.NO_DUTY) if duty is None else post_title(duty.capacity_code, say),
        rows=tuple(row for row in rows if row.tone is not Tone.PLAIN),
        open_rows=tuple(row for row in rows if row.tone is Tone.PLAIN),
        certificates=tuple(_lines(person, say)),
    )


def standing_words(person: Person, assessment: Assessment | None, say: Words) -> tuple[Tone, str]:
    """Colour and word of a person. What was only typed in is never green, and neither is the unassessed.

    Where everything but the comparison with a document is assessed, the papers are VALID; whose they are is
    said besides.
    """
    if person.by_hand:
        return Tone.CAUTION, say(texts.ON_PAPER)
    if assessment is None:
        return Tone.CAUTION, say(texts.NOT_ALL_ASSESSED)
    if assessment.overall is not Standing.VALID:
        against = assessment.headline if assessment.standing is assessment.overall else None
        leading = _leading(person)
        return TONE_OF[assessment.overall], say(str(leading or against or _worst(person)))
    if assessment.headline is not Headline.NOT_ASSESSED:
        return Tone.GOOD, say(str(assessment.headline))
    if _open_rows(assessment) <= {"P1", "P8"}:
        return Tone.GOOD, say(str(Headline.VALID))
    return Tone.CAUTION, say(texts.NOT_ALL_ASSESSED)


def _leading(person: Person) -> Headline | None:
    """What must be read first, whatever else is missing: fraud, a withdrawal, nothing to rely on."""
    found = [verdict.headline for verdict in (*_shown(person), *person.verdicts)]
    if all(verdict.credential is None for verdict in _shown(person)):
        return _worst(person)
    return next((headline for headline in LEADING if headline in found), None)


def _open_rows(assessment: Assessment) -> set[str]:
    return {check.row for check in assessment.checks if check.outcome is Outcome.NOT_ASSESSED}


def reasons(person: Person, assessment: Assessment | None, say: Words) -> Iterator[str]:
    """Each thing that is against a person or leaves them open, a sentence each: rows P, then certificates."""
    if person.unreadable is not None:
        yield in_words(person.unreadable, say, escaped)
    certificates = list(_about_certificates(person, assessment, say))
    if _leading(person) is not None:
        yield from certificates
    if assessment is not None:
        for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.REMARK):
            for check in assessment.checks:
                if check.outcome is outcome:
                    yield f"{check.row}: {phrase(check, say)}"
    if _leading(person) is None:
        yield from certificates
    if assessment is not None and not person.by_hand:
        open_rows = _open_rows(assessment)
        if "P1" in open_rows:
            yield say(texts.NOT_COMPARED)
        if open_rows - {"P1", "P8"}:
            yield say(texts.ROWS_OPEN, rows=", ".join(sorted(open_rows - {"P1", "P8"})))
    if person.entries and not person.by_hand:
        yield say.counted(texts.PAPER_COUNT, len(person.entries))


def _about_certificates(person: Person, assessment: Assessment | None, say: Words) -> Iterator[str]:
    for verdict in _shown(person):
        if standing(verdict) is not Standing.VALID and not _is_lifted(verdict, assessment):
            yield _about(verdict, say)


def detail(person: Person, say: Words) -> str:
    """Birth date and seafarer's id, where a signature vouches for them; else what was typed."""
    for verdict in _shown(person):
        if verdict.credential is not None:
            holder = verdict.credential.certificate.holder
            born = say(texts.BORN, date=say.day(holder.birth_date))
            return f"{born}  ·  {say(texts.SEAFARER, id=holder.seafarer_id)}"
    days = [one.birth_date for one in person.entries if one.birth_date is not None]
    return say(texts.BORN, date=say.day(days[0])) if days else ""


def post_title(code: str, say: Words) -> str:
    """What people call a post."""
    return titles.title(codelists.capacities(), code, say)


def _is_lifted(verdict: Verdict, assessment: Assessment | None) -> bool:
    """Whether something else excuses what is against this certificate, such as grace."""
    if assessment is None or verdict.credential is None:
        return False
    return verdict.credential.certificate.certificate_id in assessment.lifted


def _row(check: Check, ship: Ship | None, duty: Duty | None, say: Words) -> RowState:
    title = say(texts.ROW_TITLES[int(check.row[1:]) - 1])
    if check.outcome is not Outcome.NOT_ASSESSED:
        no_voyage = any(getattr(ship, name, None) is None for name, _ in _VOYAGE)
        excusable = check.row == "P4" and check.outcome is Outcome.FAIL and no_voyage
        asks = Input.SHIP if excusable else Input.NOTHING  # the voyage may give grace
        return RowState(check.row, title, _TONE_OF_OUTCOME[check.outcome], phrase(check, say), asks)
    asks, words = _settled_by(check.row, ship, duty, say)
    return RowState(check.row, title, Tone.PLAIN, words, asks)


def _settled_by(row: str, ship: Ship | None, duty: Duty | None, say: Words) -> tuple[Input, str]:
    """Which input an open row waits for, in words."""
    if row == "P1":
        return Input.IDENTITY, say(texts.INPUT_IDENTITY)
    if row == "P8":
        return Input.NOTHING, say(texts.INPUT_ALL)
    missing = [name for name, label in _FIELDS.get(row, ()) if getattr(ship, name, None) is None]
    if missing:
        labels = dict(_FIELDS[row])
        fields = ", ".join(say(labels[name]) for name in missing)
        return Input.SHIP, say(texts.INPUT_SHIP, fields=fields)
    if row in ("P5", "P6") and duty is None:
        return Input.DUTY, say(texts.INPUT_DUTY)
    return Input.NOTHING, say(texts.INPUT_NONE)


_VOYAGE: Final = (
    ("voyage_start", texts.FIELD_VOYAGE),
    ("last_port_with_practitioner", texts.FIELD_PORT),
)
# What each row reads of the ship.
_FIELDS: Final = {
    "P3": (("flag", texts.FIELD_FLAG),),
    "P4": _VOYAGE,
    "P5": (("area", texts.FIELD_AREA),),
    "P6": (
        ("flag", texts.FIELD_FLAG),
        ("gt", texts.FIELD_GT),
        ("kw", texts.FIELD_KW),
        ("type", texts.FIELD_TYPE),
        ("area", texts.FIELD_AREA),
    ),
    "P7": (("flag", texts.FIELD_FLAG),),
}


def _shown(person: Person) -> Iterator[Verdict]:
    for verdict in person.verdicts:
        yield from verdict.members or (verdict,)


def _worst(person: Person) -> Headline | None:
    """The headline of the worst certificate, where one is not valid."""
    for wanted in (Standing.REJECTED, Standing.UNDETERMINED):
        for verdict in (*_shown(person), *person.verdicts):
            if standing(verdict) is wanted:
                return verdict.headline
    return None


def _about(verdict: Verdict, say: Words) -> str:
    named = "" if verdict.credential is None else f"{_number(verdict)}: "
    why = _why(verdict, say)
    return f"{escaped(named)}{say(str(verdict.headline))}" + (f". {why}" if why else "")


def _why(verdict: Verdict, say: Words) -> str:
    """Why one certificate's headline is what it is; empty for VALID."""
    check = deciding(verdict.checks)
    return "" if check is None else phrase(check, say)


def _number(verdict: Verdict) -> str:
    return "" if verdict.credential is None else verdict.credential.certificate.document_number


def _lines(person: Person, say: Words) -> Iterable[PaperLine]:
    for place, verdict in enumerate(_shown(person)):
        tone, word = TONE_OF[standing(verdict)], say(str(verdict.headline))
        if verdict.credential is None:
            yield PaperLine(place, say(texts.UNREAD), _why(verdict, say), tone, word)
            continue
        certificate = verdict.credential.certificate
        title = titles.document(certificate.type, say)
        if certificate.capacities:
            title = post_title(certificate.capacities[0].code, say)
        yield PaperLine(place, title, escaped(certificate.document_number), tone, word)
    for entry in person.entries:
        yield PaperLine(
            -1, _paper_title(entry, say), paper_line(entry, say), Tone.CAUTION, say(texts.ON_PAPER)
        )


def _paper_title(entry: HandEntry, say: Words) -> str:
    if entry.capacities:
        return post_title(entry.capacities[0].code, say)
    return titles.document(entry.type, say)


def paper_line(entry: HandEntry, say: Words) -> str:
    """A paper by its type, number and flag."""
    return say(
        texts.PAPER_LINE,
        type=titles.document(entry.type, say),
        number=escaped(entry.document_number),
        country=escaped(entry.issuing_country),
    )
