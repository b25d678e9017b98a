"""What cases are decided by, as data: certificates of every grant, fees, practice; facts as a case file."""

import json
from dataclasses import fields
from datetime import date
from fractions import Fraction

import pytest

from issuer.adapters.law_book import law_book
from issuer.domain.applications import CLOSED, TRANSITIONS, ApplicationEvent, ApplicationState
from issuer.rules.facts import Channel, Decided, Facts, Kind, Record, Reporter, Service, Source
from issuer.rules.law import Rule
from issuer.rules.reading.case_file import case_of
from issuer.rules.reading.case_practice import practice_of
from issuer.rules.reading.certificate_content import CertificateContent, contents_of
from issuer.rules.reading.entry import LawError
from issuer.rules.reading.facts_form import case_form
from issuer.rules.reading.fee_schedule import fees_of
from issuer.services.applications.drawing import limit_of
from verifier.credential.certificate_reader import REQUIRED
from verifier.credential.codelists import capacities, functions
from verifier.credential.model import CertificateType, Level

BOOK = law_book()
GRANTS = [rule for versions in BOOK.law.rules.values() for rule in versions if rule.is_grant]
SOURCE = Source(reporter=Reporter.COMPANY, channel=Channel.API)
DAY = date(2024, 2, 29)


@pytest.mark.parametrize("rule", GRANTS, ids=lambda rule: f"{rule.id} {rule.first}")
def test_every_grant_has_a_certificate_or_a_reason_why_not(rule: Rule) -> None:
    content = BOOK.contents[rule.act.country].of[rule.grants]
    if isinstance(content, str):
        return
    needs = REQUIRED.get(CertificateType(content.type), ())
    assert not ("stcw_code" in needs and not rule.stcw), "the document's form needs a regulation"
    assert not ("capacities" in needs and not content.capacities)
    assert all(Level(level) for _, level in content.functions)
    limits = BOOK.contents[rule.act.country].limitations
    assert {one.limitation for one in rule.variants if one.limitation} <= limits.keys()


def test_nothing_is_written_down_for_what_nobody_grants() -> None:
    known = {rule.grants for rule in GRANTS}
    assert {name for one in BOOK.contents.values() for name in one.of} <= known


def test_what_nobody_compared_with_its_source_says_so() -> None:
    contents = [one for book in BOOK.contents.values() for one in book.of.values()]
    assert not any(one.verified for one in contents if isinstance(one, CertificateContent))


def test_fees_are_dated_and_unknown_where_the_sources_say_nothing() -> None:
    fees = BOOK.fees["DK"].on(date(2026, 11, 22))
    assert (fees.amount, fees.currency, fees.verified) == (500, "DKK", True)
    assert BOOK.fees["DK"].on(date(2010, 1, 1)).amount is None
    assert [BOOK.fees[country].on(DAY).amount for country in ("SE", "NO")] == [None, None]


def test_facts_of_every_kind_are_the_same_when_they_are_read_again() -> None:
    service = Service(
        id="a@1", first=DAY, last=DAY, source=SOURCE, department="deck", rank="matros", gt=1, kw=2, use="u",
        ship_type="t", propulsion="motor", area="narfart", flag="SE", hours=Fraction(15, 2),
        marks=frozenset(("x", "y")),
    )  # fmt: skip
    record = Record(
        id="b@2", kind=Kind.COURSE, code="c", day=DAY, source=SOURCE, until=DAY, marks=frozenset(("z",))
    )
    decided = Decided(code="d", day=DAY, ref="1 §", record="a@1")
    facts = Facts(
        birth_date=DAY,
        services=(service,),
        records=(record,),
        decided=(decided,),
        asked=frozenset(("e", "f")),
        complete=DAY,
    )
    empty = {one.name for one in fields(facts) if not getattr(facts, one.name)}
    assert not empty, "every field is tried"
    form = case_form("SE.Lmt", facts, on=DAY, law_of=DAY)
    assert case_of(json.dumps(form).encode(), "case").facts == facts


@pytest.mark.parametrize(
    ("read", "text", "says"),
    [
        (contents_of, "country: SE\ncertificates: {X: {type: national}}", "verified is missing"),
        (contents_of, "country: SE\ncertificates: {X: {type: national, verified: yes}}", "true or false"),
        (contents_of, "country: SE\ncertificates: {X: {typ: national, verified: false}}", "perhaps type"),
        (
            fees_of,
            "country: SE\nnames: {sv: A}\ncurrency: SEK\nfees: [{ref: x, per_certificate: 5}]",
            "from is",
        ),
        (practice_of, "country: SE", "is missing"),
    ],
)
def test_slip_of_the_pen_refuses_the_file_and_says_where(read: object, text: str, says: str) -> None:
    assert callable(read)
    with pytest.raises(LawError, match=says):
        read(text.encode(), "file.yaml")


def test_codes_of_certificates_are_those_that_inspectors_know() -> None:
    found = [
        one
        for book in BOOK.contents.values()
        for one in book.of.values()
        if isinstance(one, CertificateContent)
    ]
    assert {code for one in found for code, _ in one.capacities} <= set(capacities())
    assert {code for one in found for code, _ in one.functions} <= set(functions())


def test_every_open_case_can_be_withdrawn_until_it_is_issued_and_every_state_reached() -> None:
    before = {state for state, event in TRANSITIONS if event is ApplicationEvent.WITHDRAW}
    issuing = {ApplicationState.DRAFT, ApplicationState.ISSUING}
    assert before == set(ApplicationState) - CLOSED - issuing
    assert set(TRANSITIONS.values()) == set(ApplicationState) - {ApplicationState.DRAFT}
    assert {event for _, event in TRANSITIONS} == set(ApplicationEvent)
    assert limit_of(BOOK.policies["NO"].spot_check) > 0
