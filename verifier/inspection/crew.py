"""A crew against the safe manning document (row S): who can fill which post, what is short, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from verifier.credential.safe_manning import Post, SafeManning
from verifier.inspection import candidates, deficiency, namesakes, person
from verifier.inspection.candidates import Candidate
from verifier.inspection.grouping import group
from verifier.inspection.manning import differences, ship_of
from verifier.inspection.matching import match
from verifier.inspection.person import Examined
from verifier.inspection.persons import Assignment, CrewReport, Person, Problem, Shortfall
from verifier.inspection.ship import Ship
from verifier.inspection.shown import FAIL, PASS, REMARK, UNKNOWN
from verifier.policy import DEFAULT, Policy
from verifier.verdict import Headline, Standing, Valid, Verdict, standing, worst
from verifier.wording import Text, of, text, why

__all__ = ["Assignment", "CrewReport", "Person", "Problem", "Shortfall", "group", "judge"]

_NAMESAKE: Final = (
    "has the name and birth date of somebody who fills a post: compare each with an identity document"
)
# Each whole, since it is looked up whole in the apps' catalogues.
_DIFFERS: Final = {
    "IMO": "{} is for IMO {}, this ship has {}",
    "flag": "{} is for flag {}, this ship has {}",
    "GT": "{} is for GT {}, this ship has {}",
    "kW": "{} is for kW {}, this ship has {}",
}
_NEAREST: Final = 5  # how many of those who come nearest to a post are named


def judge(
    persons: Sequence[Person],
    manning: SafeManning,
    *,
    ship: Ship | None = None,
    at: datetime,
    policy: Policy = DEFAULT,
    document: Verdict | None = None,
) -> CrewReport:
    """Judge everybody, and match them to the posts: one person, one post, as many posts as can be filled.

    What was entered by hand fills no post; what it would add is counted apart. `ship` is what was typed: a
    document for another IMO number or flag is not for her, and proves nothing. `document` is the verdict on
    the safe manning document where it is signed; one that somebody typed is taken at their word.
    """
    known = ship_of(manning, ship)
    examined = [
        person.examine(one.verdicts, ship=known, at=at, identity=one.identity, policy=policy)
        for one in persons
    ]
    table = _Table(persons, examined, manning, known)
    filled = match([table.able(place) for place in table.places], len(persons))
    assigned = {at: table.cheapest(at, of) for at, of in filled.items()}
    judged = tuple(table.assessed(who, assigned) for who in range(len(persons)))
    left = [at for at in range(len(table.places)) if at not in assigned]
    paper = match([table.on_paper(table.places[at], set(filled.values())) for at in left], len(persons))
    by_hand = {left[at]: table.papers_of(left[at], of) for at, of in paper.items()}
    shortfalls = tuple(table.shortfalls(judged, assigned))
    problems = (
        *_of_document(manning, document, table.today),
        *_of_other_ship(manning, ship),
        *table.idle_namesakes(judged, assigned),
        *(one for each in judged for one in _problems(each)),
    )
    return CrewReport(
        manning=manning,
        ship=known,
        at=at,
        persons=judged,
        assignments=tuple(table.assignment(judged[who], at, who) for at, who in sorted(assigned.items())),
        shortfalls=shortfalls,
        problems=problems,
        counted_by_hand=tuple(table.paper(judged[who], at, who) for at, who in sorted(by_hand.items())),
        deficiencies=deficiency.propose(shortfalls, problems, judged),
        standing=_standing(
            judged,
            problems,
            document,
            short=bool(shortfalls),
            perhaps=bool(left) and table.could_be_filled(),
            other_ship=any(one.other_ship for one in differences(manning, ship)),
        ),
    )


class _Table:
    """Each person held against each post, once."""

    def __init__(
        self, persons: Sequence[Person], examined: Sequence[Examined], manning: SafeManning, ship: Ship
    ) -> None:
        self.persons, self.examined, self.ship = persons, examined, ship
        self.places = [(post, place) for post in manning.posts for place in range(post.count)]
        self.found: dict[Post, dict[int, Candidate]] = {post: {} for post in manning.posts}
        self.seen_on_paper: dict[Post, dict[int, Text]] = {post: {} for post in manning.posts}
        compared = [one.p1.outcome in (PASS, REMARK) for one in examined]
        self.counted_as = namesakes.counted_as(persons, compared)
        wanted = candidates.wanted(manning.posts)
        for who, (one, papers) in enumerate(zip(persons, examined, strict=True)):
            for post, candidate in candidates.candidates(one, papers, wanted).items():
                self.found[post][who] = candidate
            for post in manning.posts if one.entries else ():
                paper = candidates.by_hand(one, post, ship, papers)
                if paper is not None:
                    self.seen_on_paper[post][who] = paper

    def able(self, place: tuple[Post, int]) -> dict[int, int]:
        """Who may fill a place, and at what cost: of namesakes, who may be one sailor, one for all."""
        able: dict[int, int] = {}
        for who, one in self.found[place[0]].items():
            if one.refusal is None:
                of = self.counted_as[who]
                able[of] = min(one.cost, able.get(of, one.cost))
        return able

    def cheapest(self, at: int, of: int) -> int:
        """Which of the namesakes fills the place."""
        found = self.found[self.places[at][0]]
        able = [who for who, one in found.items() if self.counted_as[who] == of and one.refusal is None]
        return min(able, key=lambda who: found[who].cost)

    def papers_of(self, at: int, of: int) -> int:
        """Which of the namesakes has the papers for the place."""
        return next(who for who in self.seen_on_paper[self.places[at][0]] if self.counted_as[who] == of)

    def on_paper(self, place: tuple[Post, int], busy: set[int]) -> dict[int, int]:
        """Who could fill it by papers that the inspector has seen."""
        able = {self.counted_as[who] for who in self.seen_on_paper[place[0]]}
        return dict.fromkeys(able - busy, 0)

    def could_be_filled(self) -> bool:
        """Whether everything would be filled if all doubt turned out well, and paper counted."""
        places = [self._perhaps(place) for place in self.places]
        return len(match(places, len(self.persons))) == len(places)

    def _perhaps(self, place: tuple[Post, int]) -> dict[int, int]:
        able = {who: 0 for who, one in self.found[place[0]].items() if one.refusal is None or one.in_doubt}
        return {**able, **dict.fromkeys(self.seen_on_paper[place[0]], 0)}

    def assessed(self, who: int, assigned: Mapping[int, int]) -> Person:
        """The person with the rows P in the post that they fill, else in none."""
        post = next((self.places[at][0] for at, one in assigned.items() if one == who), None)
        if post is not None:
            return replace(self.persons[who], assessment=self.found[post][who].assessment)
        if not self.persons[who].verdicts:
            return self.persons[who]
        return replace(self.persons[who], assessment=person.conclude(self.examined[who], None))

    def assignment(self, judged: Person, at: int, who: int) -> Assignment:
        """A person in a place by what was verified."""
        post, place = self.places[at]
        found = self.found[post][who]
        return Assignment(post, place, judged, found.assessment, found.remark)

    def paper(self, judged: Person, at: int, who: int) -> Assignment:
        """A person in a place by papers that the inspector has seen."""
        post, place = self.places[at]
        return Assignment(post, place, judged, None, self.seen_on_paper[post][who])

    def shortfalls(self, judged: Sequence[Person], assigned: Mapping[int, int]) -> Iterator[Shortfall]:
        """Each post that is not filled, with those who come nearest and are not busy elsewhere."""
        for post in self.found:
            missing = sum(one is post and at not in assigned for at, (one, _) in enumerate(self.places))
            if not missing:
                continue
            refused = [
                text("{}: {}", judged[who].label, one.refusal)
                for who, one in self.found[post].items()
                if one.refusal is not None
            ]
            yield Shortfall(post, missing, tuple(refused[:_NEAREST]))

    def idle_namesakes(self, judged: Sequence[Person], assigned: Mapping[int, int]) -> Iterator[Problem]:
        """Who could fill a post that is short, and may be the very sailor who fills another."""
        busy = {self.counted_as[who] for who in assigned.values()}
        short = {post for at, (post, _) in enumerate(self.places) if at not in assigned}
        for who, one in enumerate(judged):
            if who in assigned.values() or self.counted_as[who] not in busy:
                continue
            if any(who in self.found[post] and self.found[post][who].refusal is None for post in short):
                yield Problem(one.label, Headline.UNCONFIRMED.value, text(_NAMESAKE))

    @property
    def today(self) -> date:
        """The day that all were judged on; the latest of them."""
        return max((one.shown.today for one in self.examined), default=date.min)


def _of_document(manning: SafeManning, verdict: Verdict | None, today: date) -> Iterator[Problem]:
    """What is wrong with the safe manning document itself."""
    label, number = "the ship", manning.document_number
    if verdict is not None and not isinstance(verdict, Valid) and verdict.headline is not Headline.EXPIRED:
        yield Problem(label, verdict.headline.value, text("{}: {}", number, why(verdict)))
    if manning.expiry_date is not None and today > manning.expiry_date:
        reason = text("the safe manning document {} was good until {}", number, manning.expiry_date)
        yield Problem(label, Headline.SAFE_MANNING_EXPIRED.value, reason)


def _of_other_ship(manning: SafeManning, typed: Ship | None) -> Iterator[Problem]:
    """Where the document is not for the ship that was described, or describes her otherwise."""
    for one in differences(manning, typed):
        headline = Headline.NOT_FOR_THIS if one.other_ship else Headline.REMARK
        reason = text(_DIFFERS[one.what], manning.document_number, one.of_document, one.of_ship)
        yield Problem("the ship", headline.value, reason)


def _problems(one: Person) -> Iterator[Problem]:
    """What is wrong with a person's papers, certificate by certificate, then with the person."""
    if one.unreadable is not None:
        yield Problem(one.label, Headline.NOT_READABLE.value, one.unreadable)
    lifted = frozenset() if one.assessment is None else one.assessment.lifted
    for verdict in (each for shown in one.verdicts for each in shown.members or (shown,)):
        credential = verdict.credential
        if isinstance(verdict, Valid):
            continue
        if credential is not None and credential.certificate.certificate_id in lifted:
            continue
        reason = why(verdict)
        if credential is not None:
            reason = text("{}: {}", credential.certificate.document_number, reason)
        yield Problem(one.label, verdict.headline.value, reason)
    if one.assessment is not None:
        for check in one.assessment.checks:
            if check.outcome in (FAIL, UNKNOWN):
                yield Problem(one.label, one.assessment.headline.value, text("{}: {}", check.row, of(check)))


def _standing(
    judged: Sequence[Person],
    problems: Sequence[Problem],
    document: Verdict | None,
    *,
    short: bool,
    perhaps: bool,
    other_ship: bool,
) -> Standing:
    """The worst of everybody's papers and of the manning; what only paper or doubt fills cannot be told."""
    found = [one.assessment.overall for one in judged if one.assessment is not None]
    if document is not None:
        found.append(standing(document))
    if any(problem.headline == Headline.SAFE_MANNING_EXPIRED for problem in problems):
        found.append(Standing.REJECTED)
    if other_ship or any(one.unreadable is not None or one.entries for one in judged):
        found.append(Standing.UNDETERMINED)
    if short:
        found.append(Standing.UNDETERMINED if perhaps else Standing.REJECTED)
    return worst(found)
