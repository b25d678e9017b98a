"""From a judged crew to what the crew's screen and its report say: pure, with time and words passed in."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final, NamedTuple

from verifier.inspection.crew import Assignment, CrewReport, Shortfall
from verifier.inspection.manning import Post, SafeManning
from verifier.inspection.ship import Ship
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import person_views, ship_form
from verifier.inspector.core.crew import Crew
from verifier.inspector.core.person_views import post_title
from verifier.inspector.core.report_state import (
    DeficiencyState,
    Fact,
    PersonState,
    PostState,
    ReportState,
    Tone,
)
from verifier.inspector.core.saying import sentence
from verifier.report import escaped
from verifier.ui import titles
from verifier.ui.words import Words
from verifier.verdict import Headline, ReliedOn
from verifier.wording import Text, in_words

_SHIP: Final = "the ship"  # whom the crew's report blames for what is wrong with the document
_OTHER_SHIP: Final = (Headline.NOT_FOR_THIS.value, Headline.REMARK.value)
_URGENCY: Final = {Tone.BAD: 0, Tone.CAUTION: 1, Tone.PLAIN: 2, Tone.GOOD: 3}


class Basis(NamedTuple):
    """What the report rests on besides the codes themselves."""

    ship: Ship | None
    manning: SafeManning | None
    manning_stands: Headline | None  # of a signed document; None: typed by somebody
    policy: str
    rehearsal: bool
    manning_is_rejected: bool = False


def report_state(crew: Crew, basis: Basis, *, at: datetime, say: Words, device: str = "") -> ReportState:
    """The report as of `at`; `device` is the thumbprint of the key that signs it, if one does."""
    people = tuple(_worst_first(person_states(crew, say)))
    tone, headline = standing_words(crew, say)
    if basis.manning is not None and basis.manning_is_rejected and tone is not Tone.BAD:
        tone, headline = Tone.BAD, f"{_named(basis.manning, say)}: {say(str(basis.manning_stands))}"
    return ReportState(
        title=say(texts.REPORT_TITLE, ship=_ship_name(basis.ship, say)),
        headline=headline,
        tone=tone,
        summary=summary(crew, people, say),
        facts=tuple(_facts(crew, basis, say)),
        posts=tuple(post_states(crew.report, say)) if crew.report else (),
        persons=people,
        deficiencies=tuple(_deficiencies(crew.report, say)) if crew.report else (),
        notes=tuple(_notes(crew, device, say)),
        made=say(texts.MADE, moment=say.clock(at)),
        rehearsal=say(texts.REHEARSAL) if basis.rehearsal else "",
        headings=(
            say(texts.SHIP_AND_BASIS),
            say(texts.POSTS),
            say(texts.PERSONS),
            say(texts.DEFICIENCIES),
        ),
        nobody_short=say(texts.NO_DEFICIENCY) if crew.report else "",
    )


def standing_words(crew: Crew, say: Words) -> tuple[Tone, str]:
    """The ship's manning in a word: short, filled, filled with paper, or not matched."""
    report = crew.report
    if crew.roll.is_empty:
        return Tone.PLAIN, say(texts.NOBODY_YET)
    if report is None:
        return Tone.CAUTION, say(texts.NO_POSTS)
    missing = sum(one.missing for one in report.shortfalls)
    by_paper = min(missing, len(report.counted_by_hand))
    if missing > by_paper:
        return Tone.BAD, say.counted(texts.SHORT_POSTS, missing - by_paper)
    if by_paper:
        return Tone.CAUTION, say(texts.FILLED_WITH_PAPER, n=by_paper)
    tone = person_views.TONE_OF[report.standing]
    return (tone if tone is Tone.GOOD else Tone.CAUTION), say(texts.ALL_FILLED)


def summary(crew: Crew, people: Sequence[PersonState], say: Words) -> str:
    """How many posts, how many persons, how many with a problem."""
    persons = say.counted(texts.PERSON_COUNT, len(people))
    line = persons
    if crew.report is not None:
        filled, posts = len(crew.report.assignments), crew.report.manning.persons
        line = say(texts.CREW_SUMMARY, filled=filled, posts=posts, persons=persons)
    bad = sum(1 for one in people if one.tone is Tone.BAD)
    return f"{line}  ·  {say.counted(texts.PROBLEM_COUNT, bad)}" if bad else line


def post_states(report: CrewReport, say: Words) -> Iterator[PostState]:
    """Each post of the document, in its order."""
    for post in report.manning.posts:
        served = [one for one in report.assignments if one.post == post]
        papers = [one for one in report.counted_by_hand if one.post == post]
        short = next((one for one in report.shortfalls if one.post == post), None)
        tone, word = _post_word(post, served, papers, say)
        yield PostState(
            title=post_title(post.capacity_code, say),
            filled=say(texts.FILLED, n=len(served), count=post.count),
            tone=tone,
            word=word,
            people=tuple(
                [_serving(one, say) for one in served]
                + [say(texts.BY_PAPER, name=escaped(one.person.label)) for one in papers]
            ),
            shortfall="" if short is None else _short(short, say),
        )


def person_states(crew: Crew, say: Words) -> Iterator[PersonState]:
    """Everybody, in the order in which they were scanned; `key` is that place."""
    for place, person in enumerate(crew.persons):
        assessment = crew.assessment(person)
        tone, word = person_views.standing_words(person, assessment, say)
        assignment = crew.assignment(person)
        yield PersonState(
            key=str(place),
            name=escaped(person.label),
            detail=person_views.detail(person, say),
            tone=tone,
            word=word,
            post="" if assignment is None else say(texts.AS_DUTY, post=_post_of(assignment, say)),
            problems=tuple(person_views.reasons(person, assessment, say)),
            by_hand=say.counted(texts.PAPER_COUNT, len(person.entries)) if person.by_hand else "",
        )


def _worst_first(people: Iterable[PersonState]) -> list[PersonState]:
    return sorted(people, key=lambda one: _URGENCY[one.tone])


def _post_word(
    post: Post, served: Sequence[Assignment], papers: Sequence[Assignment], say: Words
) -> tuple[Tone, str]:
    if len(served) >= post.count:
        return Tone.GOOD, say(texts.POST_FILLED)
    if len(served) + len(papers) >= post.count:
        return Tone.CAUTION, say(texts.POST_PAPER)
    return Tone.BAD, say(texts.POST_SHORT)


def _post_of(assignment: Assignment, say: Words) -> str:
    return post_title(assignment.post.capacity_code, say)


def _serving(assignment: Assignment, say: Words) -> str:
    name = escaped(assignment.person.label)
    if not assignment.remark:
        return name
    return say(texts.WITH_REMARK, name=name, remark=_in_words(assignment.remark, say))


def _short(short: Shortfall, say: Words) -> str:
    missing = say.counted(texts.MISSING, short.missing)
    if not short.nearest:
        return missing
    names = "; ".join(_in_words(one, say) for one in short.nearest)
    return f"{missing} {say(texts.NEAREST, names=names)}"


def _deficiencies(report: CrewReport, say: Words) -> Iterator[DeficiencyState]:
    for one in report.deficiencies:
        mark = "" if one.verified else say(texts.UNVERIFIED_CODE)
        yield DeficiencyState(one.code, say(one.title), _in_words(one.because, say), mark)


def _in_words(spoken: Text, say: Words) -> str:
    return in_words(spoken, say, partial(titles.quoted, say=say))


def _ship_name(ship: Ship | None, say: Words) -> str:
    if ship is None or not (ship.name or ship.imo):
        return say(texts.NO_SHIP)
    return escaped(ship.name or f"IMO {ship.imo}")


def _facts(crew: Crew, basis: Basis, say: Words) -> Iterator[Fact]:
    ship = basis.ship or Ship()
    yield Fact(say(texts.SHIP_FACT), _joined(ship.name, ship.imo and f"IMO {ship.imo}", ship.flag) or "–")
    size = _joined(ship.gt and f"{ship.gt:,} GT", ship.kw and f"{ship.kw:,} kW")
    if size:
        yield Fact(say(texts.SIZE_FACT), size)
    kind = _joined(
        ship.type and ship_form.title_of("type", ship.type, say),
        ship.area and ship_form.title_of("area", ship.area, say),
    )
    if kind:
        yield Fact(say(texts.TYPE_FACT), kind)
    if ship.voyage_start or ship.last_port_with_practitioner:
        start, port = _day(ship.voyage_start, say), _day(ship.last_port_with_practitioner, say)
        yield Fact(say(texts.VOYAGE_FACT), say(texts.VOYAGE_LINE, start=start, port=port))
    line = manning_line(basis.manning, basis.manning_stands, say)
    yield Fact(say(texts.MANNING_FACT), " ".join((line, *of_another_ship(crew, say))))
    yield Fact(say(texts.POLICY_FACT), basis.policy)
    relied = _relied_on(crew)
    if relied is not None:
        yield Fact(say(texts.BASIS_FACT), basis_line(relied, say))


def manning_line(manning: SafeManning | None, stands: Headline | None, say: Words) -> str:
    """The safe manning document by its number, and who vouches for it."""
    if manning is None:
        return say(texts.NO_MANNING)
    named = _named(manning, say)
    authority = escaped(manning.issuing_authority or manning.issuing_country)
    if stands is None:
        return f"{named}: {say(texts.MANNING_TYPED)}"
    signed = say(texts.MANNING_SIGNED, authority=authority)
    return f"{named}: {signed}. {say(str(stands))}"


def of_another_ship(crew: Crew, say: Words) -> tuple[str, ...]:
    """Where the document is not for the ship that the inspector has described."""
    problems = () if crew.report is None else crew.report.problems
    found = (one for one in problems if one.person == _SHIP and one.headline in _OTHER_SHIP)
    return tuple(sentence(in_words(one.reason, say, escaped)) for one in found)


def _named(manning: SafeManning, say: Words) -> str:
    return say(
        texts.MANNING_OF, number=escaped(manning.document_number), flag=escaped(manning.issuing_country)
    )


def basis_line(relied: ReliedOn, say: Words) -> str:
    """Pack, directory and status with their days."""
    return ", ".join(
        part
        for part in (
            "" if relied.pack is None else say(texts.PACK_NAMED, pack=relied.pack),
            say(texts.DIRECTORY_OF, day=say.day(relied.directory_published_at.date())),
            ""
            if relied.status_as_of is None
            else say(texts.STATUS_OF, day=say.day(relied.status_as_of.date())),
        )
        if part
    )


def _relied_on(crew: Crew) -> ReliedOn | None:
    """The oldest status that any verdict rests on: a report is as old as its oldest part."""
    found = [
        one.relied_on
        for person in crew.persons
        for verdict in person.verdicts
        for one in verdict.members or (verdict,)
    ]
    if not found:
        return None
    return min(found, key=lambda one: one.status_as_of or one.directory_published_at)


def _notes(crew: Crew, device: str, say: Words) -> Iterator[str]:
    yield say(texts.COMPARED_NOTE)
    if any(person.entries for person in crew.persons):
        yield say(texts.PAPER_NOTE)
    if crew.report is not None and crew.report.deficiencies:
        yield say(texts.YOU_DECIDE)
    if device:
        yield say(texts.SIGNED_NOTE, thumbprint=device)


def _joined(*parts: str | int | None) -> str:
    return ", ".join(escaped(part) for part in parts if part)


def _day(day: date | None, say: Words) -> str:
    return "–" if day is None else say.day(day)
