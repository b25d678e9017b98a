"""Norway: the source matrix of APS, row by row; uploads go to a person; unread law never decides alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from issuer.adapters import law_files
from issuer.rules.evidence import EvidencePolicy, Level
from issuer.rules.facts import Channel, Facts, Kind, Record, Reporter, Service, Source
from issuer.rules.law import Law
from issuer.rules.outcome import Outcome, Way, Why, evaluate
from issuer.rules.reading.certificate_content import CertificateContent, contents_of
from issuer.rules.reading.entry import LawError
from issuer.rules.reading.evidence_file import policy_of
from issuer.rules.sources import sources_of
from verifier.credential import codelists

INDEX = Path(__file__).parents[2] / "docs" / "law" / "aps.yaml"
CERTIFICATES = law_files.ACTS.with_name("certificates")
ON = date(2026, 11, 22)
FULL_YEAR = Fraction(8 * 360)  # hours


@pytest.fixture(scope="module")
def law() -> Law:
    return law_files.load()


@pytest.fixture(scope="module")
def policy() -> EvidencePolicy:
    return law_files.policies()["NO"]


@pytest.fixture(scope="module")
def index() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(INDEX.read_text(encoding="utf-8"))
    return found


def of(kind: Kind, code: str, reporter: Reporter, channel: Channel, **changes: Any) -> Record:
    source = Source(reporter=reporter, channel=channel)
    day = ON - timedelta(days=30)
    return replace(Record(id=f"{kind}-{code}", kind=kind, code=code, day=day, source=source), **changes)


def sea(hours: Fraction | None = FULL_YEAR, days: int = 360, **changes: Any) -> Service:
    first = date(2024, 1, 1)
    source = Source(reporter=Reporter.COMPANY, channel=Channel.API)
    service = Service(
        id="sea", first=first, last=first + timedelta(days=days - 1), source=source, department="deck",
        gt=8_500, flag="NO", hours=hours, marks=frozenset({"brovakt"}),
    )  # fmt: skip
    return replace(service, **changes)


def officer(*services: Service, **records: Record) -> Facts:
    """An officer of the watch to be, each requirement from the source that the matrix names."""
    usual = {
        "course": of(Kind.COURSE, "grunnleggende-sikkerhetskurs", Reporter.SCHOOL, Channel.API),
        "book": of(Kind.COMPETENCE, "opplaeringsbok-dekk", Reporter.COMPANY, Channel.WEB),
        "health": of(Kind.DOCUMENT, "helseerklaering", Reporter.DOCTOR, Channel.API),
        "education": of(Kind.EDUCATION, "dekksoffiser", Reporter.SCHOOL, Channel.WEB),
        "photo": of(Kind.PHOTO, "photo", Reporter.APPLICANT, Channel.UPLOAD),
        "signature": of(Kind.SIGNATURE, "signature", Reporter.APPLICANT, Channel.UPLOAD),
    }
    return Facts(
        birth_date=date(2000, 2, 29),
        services=services or (sea(),),
        records=tuple({**usual, **records}.values()),
    )


def decide(law: Law, policy: EvidencePolicy, facts: Facts, *, compared: bool = False) -> Outcome:
    """`compared`: as if somebody had read the law and found it so."""
    rule = law.rule("NO.vakthavende-dekk", ON)
    return evaluate(replace(rule, verified=compared or rule.verified), facts, on=ON, policy=policy)


def test_the_matrix_has_the_presentations_seven_rows_and_no_other(
    index: dict[str, Any], policy: EvidencePolicy
) -> None:
    matrix = index["matrix"]
    rows: dict[Kind, tuple[str, ...]] = {}
    accepts: dict[Kind, frozenset[tuple[Reporter, Channel]]] = {}
    for row in matrix["rows"]:
        ways = [way for words, way in matrix["channels"].items() if words in row["source"]]
        for kind in map(Kind, row["kinds"]):
            rows[kind] = (f"{row['requirement']}: {row['source']}",)
            accepts[kind] = frozenset(
                (Reporter(row["reporter"]), Channel(channel)) for way in ways for channel in way
            )
    assert len(matrix["rows"]) == 7
    assert policy.rows == rows
    assert {kind: one for kind, one in policy.accepts.items() if kind is not Kind.HOLDING} == accepts
    assert set(Kind) - policy.rows.keys() == set(map(Kind, matrix["without_a_row"]))


def test_the_index_quotes_the_presentation(index: dict[str, Any], shared_sources: Path) -> None:
    (source,) = shared_sources.glob("000_*.txt")
    text = _plain(source.read_text(encoding="utf-8"))
    _, _, table = text.partition("Oppfyllelse av krav")
    table, _, _ = table.partition("Informasjon på nettsiden")
    rows = [(row["requirement"], row["source"]) for row in index["matrix"]["rows"]]
    assert table.strip() == " ".join(["Krav Kilde", *(f"{what} {whence}" for what, whence in rows)])
    assert all(_plain(one["said"]) in text for one in index["statements"])


def _plain(text: str) -> str:
    return re.sub(r"[\s•]+", " ", text).strip()


def test_every_norwegian_rule_quotes_the_matrix_and_has_not_been_compared_with_the_law(
    index: dict[str, Any], law: Law
) -> None:
    rules = list(law.in_force(ON, "NO"))
    named = " ".join(one["is"] for one in index["statements"])
    assert {rule.id for rule in rules} == set(re.findall(r"NO\.[\w-]+", named))
    assert not any(rule.verified for rule in rules)
    text = (law_files.ACTS / "no" / "aps.yaml").read_text(encoding="utf-8")
    cited = set(re.findall(r"APS, Oppfyllelse av krav: (\w[\w ]*?)[\";]", text))
    assert cited == {row["requirement"] for row in index["matrix"]["rows"]}


def test_everything_from_its_source_goes_to_a_person_for_the_unread_law_alone(
    law: Law, policy: EvidencePolicy
) -> None:
    found = decide(law, policy, officer())
    assert (found.way, found.why) == (Way.MANUAL, {Why.UNVERIFIED_LAW: ("NO.vakthavende-dekk",)})
    assert decide(law, policy, officer(), compared=True).way is Way.AUTO


def requirements_from_another_source() -> Iterator[Any]:
    for name, code, kind in (
        ("course", "grunnleggende-sikkerhetskurs", Kind.COURSE),
        ("book", "opplaeringsbok-dekk", Kind.COMPETENCE),
        ("health", "helseerklaering", Kind.DOCUMENT),
        ("education", "dekksoffiser", Kind.EDUCATION),
    ):
        yield pytest.param(name, of(kind, code, Reporter.APPLICANT, Channel.UPLOAD), id=f"{name}-uploaded")
        yield pytest.param(name, of(kind, code, Reporter.APPLICANT, Channel.WEB), id=f"{name}-self-made")
    book = of(Kind.COMPETENCE, "opplaeringsbok-dekk", Reporter.COMPANY, Channel.API)
    yield pytest.param("book", book, id="the book by machine: the row says MSK alone")


@pytest.mark.parametrize(("name", "record"), [*requirements_from_another_source()])
def test_a_requirement_from_any_other_source_goes_to_a_person_who_is_told_which(
    law: Law, policy: EvidencePolicy, name: str, record: Record
) -> None:
    found = decide(law, policy, officer(**{name: record}), compared=True)
    assert found.way is Way.MANUAL
    assert found.why[Why.UNVERIFIED] == (record.id,)
    assert (Why.UPLOAD in found.why) is (record.source.channel is Channel.UPLOAD)


def test_an_uploaded_document_that_nothing_rests_on_goes_to_a_person_and_an_uploaded_photo_does_not(
    law: Law, policy: EvidencePolicy
) -> None:
    more = of(Kind.COURSE, "noe-annet", Reporter.APPLICANT, Channel.UPLOAD)
    found = decide(law, policy, officer(more=more), compared=True)
    assert (found.way, found.why) == (Way.MANUAL, {Why.UPLOAD: (more.id,)})
    assert Channel.UPLOAD in {one.source.channel for one in officer().records}
    assert decide(law, policy, officer(), compared=True).why == {}


def test_what_another_reporter_contradicts_counts_for_neither_before_somebody_has_looked(
    law: Law, policy: EvidencePolicy
) -> None:
    doubtful = sea(marks=frozenset({"brovakt", "contradicted"}))
    found = decide(law, policy, officer(doubtful), compared=True)
    assert (found.way, found.why) == (Way.MANUAL, {Why.CONTRADICTED: ("sea",)})
    assert policy.level(doubtful) is Level.CONTRADICTED


@pytest.mark.parametrize(
    ("hours", "days", "missing"),
    [
        (FULL_YEAR, 360, []),
        (FULL_YEAR - 1, 360, [Fraction(1, 8)]),  # an hour is an eighth of a day
        (FULL_YEAR, 720, []),  # half days, twice as many
        (FULL_YEAR * 2, 359, [1]),  # no day is more than a full one
        (None, 400, [360, 180]),  # what was not reported is not assumed
    ],
)
def test_sea_time_counts_from_its_hours(
    law: Law, policy: EvidencePolicy, hours: Fraction | None, days: int, missing: list[Fraction]
) -> None:
    found = decide(law, policy, officer(sea(hours=hours, days=days)), compared=True)
    assert [one.missing for one in found.shortfalls] == missing


def test_each_requirement_is_shown_with_its_source_and_what_is_missing_with_its_row(
    law: Law, policy: EvidencePolicy
) -> None:
    facts = officer(sea(days=100, hours=Fraction(800)))
    found = sources_of(decide(law, policy, facts), facts, policy)
    health = found[0]
    assert [(one.record, one.source.reporter) for one in health.evidence] == [
        ("document-helseerklaering", Reporter.DOCTOR)
    ]
    assert health.rows == ("Helseerklæringer: Sjømannslege via Alltinn",)
    (time,) = [one for one in found if one.missing]
    assert {one.reporter for one in time.expected} == {Reporter.COMPANY}
    assert "Fartstid: Rederi via M-M (API) eller MSK" in time.rows


def test_the_share_of_spot_checks_is_nobodys_word_and_says_so(policy: EvidencePolicy) -> None:
    assert 0 < policy.spot_check < 1
    assert not policy.spot_check_verified


def test_a_policy_that_takes_what_a_person_must_read_is_refused() -> None:
    text = (law_files.POLICIES / "no.yaml").read_text(encoding="utf-8")
    wrong = text.replace(
        "course: [{reporter: school, channels: [api, web]",
        "course: [{reporter: school, channels: [api, upload]",
    )
    with pytest.raises(LawError, match="upload is a way to report photo and signature alone"):
        policy_of(wrong.encode(), "no.yaml")


def test_every_norwegian_certificate_is_accepted_on_norwegian_ships_in_norwegian_waters(law: Law) -> None:
    contents = contents_of((CERTIFICATES / "no.yaml").read_bytes(), "no.yaml")
    assert contents.of.keys() == {rule.id for rule in law.in_force(ON, "NO")}
    for one in contents.of.values():
        assert isinstance(one, CertificateContent)
        assert (one.flags, one.areas, one.verified) == (("NO",), ("no-waters",), False)
    assert codelists.trade_areas()["no-waters"].verified
