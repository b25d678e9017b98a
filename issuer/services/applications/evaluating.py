"""An application held against the law: what it comes to, and whether a person looks at it all the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from issuer.adapters.law_book import LawBook
from issuer.rules.facts import Facts
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, Way, evaluate
from issuer.rules.reading.case_practice import LawDate
from issuer.rules.reading.certificate_content import CertificateContent
from issuer.rules.term import Term
from issuer.services.applications.cases import Wish
from issuer.services.applications.terms import copied_term
from issuer.services.applications.which_rule import COPIED, Chosen, rule_for
from issuer.services.qualifications.evidence import last_reported
from issuer.settings import Settings

FactsOf = Callable[[Connection, str], Facts]

# Why a person has to look at a case that the law alone would let pass.
NO_RULE = "no-rule-for-what-is-asked"
NO_CERTIFICATE = "no-certificate-content"
NO_VALIDITY = "no-validity-known"
UNVERIFIED_CONTENT = "certificate-content-unverified"
TAKEN_UP = "taken-up-by-a-person"


class Evaluated(NamedTuple):
    """What a case came to."""

    rule: Rule
    outcome: Outcome
    facts: Facts
    way: Way
    reasons: tuple[str, ...]  # beside the law's own
    content: CertificateContent | str
    grants: str  # the code of what is held afterwards
    term: Term | None = None  # of what takes an old one's place, if it is granted today


class Days(NamedTuple):
    """The days that a case depends on; `complete`: since when nothing is missing, where that is known."""

    submitted: date
    today: date
    complete: date | None = None


class Evaluating:
    """Evaluates; writes nothing."""

    def __init__(self, settings: Settings, book: Callable[[], LawBook], facts_of: FactsOf) -> None:
        self._settings = settings
        self._facts_of = facts_of
        self.book = book

    def evaluate(
        self,
        connection: Connection,
        wish: Wish,
        days: Days,
        *,
        held: Row[Any] | None = None,
        by_hand: bool = False,
    ) -> Evaluated:
        """What this comes to today; `held`: the certificate whose place it takes. Raises IssuerError."""
        book, country = self.book(), self._settings.flag
        practice = book.practice[country]
        chosen = rule_for(book.law, wish.rule, wish.asked, days.today, country)
        if practice.law_date_for(chosen.rule.id) is LawDate.APPLICATION:
            chosen = rule_for(book.law, wish.rule, wish.asked, days.submitted, country)
            law_of = days.submitted
        else:
            law_of = days.today
        rule = chosen.rule
        facts = self._facts_of(connection, wish.seafarer_id)
        facts = facts_asking(known_by(facts, days.today), wish.asks)
        policy = book.policies[country]
        outcome = evaluate(rule, facts, on=days.today, policy=policy, law_of=law_of)
        complete = self._complete(connection, outcome, days)
        if complete is not None:
            facts = replace(facts, complete=complete)
            outcome = evaluate(rule, facts, on=days.today, policy=policy, law_of=law_of)
        content = book.contents[country].of.get(chosen.grants, f"nothing is written down for {chosen.grants}")
        term = None
        if held is not None and wish.asked in COPIED:
            term = copied_term(wish.asked, rule, outcome, content, held, days.today)
        reasons = tuple(self._reasons(chosen, content, is_copy=term is not None, by_hand=by_hand))
        way = outcome.way
        if reasons and (way is Way.AUTO or NO_RULE in reasons):
            way = Way.MANUAL
        return Evaluated(rule, outcome, facts, way, reasons, content, chosen.grants, term)

    def _complete(self, connection: Connection, outcome: Outcome, days: Days) -> date | None:
        """The day on which the last of what is needed was in, if nothing is missing: deadlines begin with it.

        Of what is in no record, such as a certificate held, the day on which nothing was found missing.
        """
        if outcome.way is Way.INCOMPLETE or days.complete is not None:
            return None if outcome.way is Way.INCOMPLETE else days.complete
        at = last_reported(connection, outcome.finding.records())
        if at is None:
            return days.today
        return min(max(days.submitted, self._settings.today(datetime.fromtimestamp(at, UTC))), days.today)

    def _reasons(
        self, chosen: Chosen, content: CertificateContent | str, *, is_copy: bool, by_hand: bool
    ) -> list[str]:
        found = [] if chosen.fits else [NO_RULE]
        if isinstance(content, str):
            if not is_copy:
                found.append(NO_CERTIFICATE)
        elif not is_copy and chosen.rule.validity is None and content.valid is None:
            found.append(NO_VALIDITY)
        elif not content.verified and self._settings.environment == "production":
            found.append(UNVERIFIED_CONTENT)
        return [*found, TAKEN_UP] if by_hand else found


def known_by(facts: Facts, day: date) -> Facts:
    """Without what is of a day to come: it counts for nothing yet, and a case file has no place for it."""
    return replace(
        facts,
        services=tuple(one for one in facts.services if one.last <= day),
        records=tuple(one for one in facts.records if one.day <= day),
    )


def facts_asking(facts: Facts, asks: tuple[str, ...]) -> Facts:
    """The same facts, with what the applicant asks the authority to decide in this case alone."""
    return facts if not asks else replace(facts, asked=facts.asked | frozenset(asks))
