"""What was reported reaches the rules: what stands counts, what is contradicted does not decide alone."""

from dataclasses import replace
from datetime import date

from sqlalchemy import update
from support.law import asks, judge
from support.records import OTHER_SHIP, RecordsOffice, company, course, party, school, service

from issuer.adapters import law_files
from issuer.adapters.tables import certificate
from issuer.domain.qualifications import IdentityKind, PersonalNumber, Picture, Report, applicant
from issuer.rules.evidence import CONTRADICTED, Level
from issuer.rules.facts import REGISTER, UNTIL_FURTHER_NOTICE, Channel, Facts, Kind, Reporter, Source
from issuer.rules.law import Law
from issuer.rules.outcome import Way, Why
from issuer.services.qualifications.evidence import facts_of, reporters_of

LAW = law_files.load()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def facts(office: RecordsOffice, law: Law = LAW) -> Facts:
    with office.database.read() as connection:
        return facts_of(connection, "7K3M9QXA", law)


def test_every_kind_of_record_becomes_a_fact(office: RecordsOffice) -> None:
    served = office.accept(service("2024-01-01", "2024-06-30", hours=1200, marks=frozenset({"brovakt"})))[0]
    passed = office.accept(
        course("sjokaptensexamen", "2015-06-01", kind=Kind.EXAM),
        course("fartygsbefal-III", "2014-06-01", until=date(2030, 1, 1)),
        by=school(),
    )
    healthy = office.accept(
        course("lakarintyg", "2026-01-10", kind=Kind.DOCUMENT), by=party("NO-9", Reporter.DOCTOR)
    )[0]
    signed = Report(
        kind=Kind.SIGNATURE, contents=Picture(day=date(2026, 1, 1)), seafarer_id="7K3M9QXA", document=PNG
    )
    signature = office.accept(signed, by=applicant("7K3M9QXA"))[0]
    found = facts(office)
    assert found.birth_date == date(1988, 4, 12)
    one = found.services[0]
    assert (one.id, one.first, one.last) == (f"{served}@1", date(2024, 1, 1), date(2024, 6, 30))
    assert (one.gt, one.kw, one.use, one.flag, one.rank) == (
        4_000,
        6_000,
        "handelsfartyg",
        "SE",
        "overstyrman",
    )
    assert (one.hours, one.marks) == (1200, {"brovakt"})
    assert one.source == Source(reporter=Reporter.COMPANY, channel=Channel.API)
    assert {(one.id, one.kind, one.code) for one in found.records} == {
        (f"{passed[0]}@1", Kind.EXAM, "sjokaptensexamen"),
        (f"{passed[1]}@1", Kind.COURSE, "fartygsbefal-III"),
        (f"{healthy}@1", Kind.DOCUMENT, "lakarintyg"),
        (f"{signature}@1", Kind.SIGNATURE, "handwritten"),
    }
    with office.database.read() as connection:
        assert reporters_of(connection, [f"{healthy}@1"]) == {healthy: "NO-9"}


def test_newest_version_counts_and_what_was_withdrawn_does_not(small_office: RecordsOffice) -> None:
    record, gone = small_office.accept(
        service("2024-01-01", "2024-06-30"), service("2025-01-01", "2025-06-30")
    )
    small_office.reporting.correct(record, service("2024-01-01", "2024-05-31"), by=company())
    small_office.reporting.withdraw(gone, reason="of another person", by=company())
    found = facts(small_office).services
    assert [(one.id, one.last) for one in found] == [(f"{record}@2", date(2024, 5, 31))]


def test_contradicted_record_is_never_verified_evidence(office: RecordsOffice) -> None:
    office.accept(service("2024-01-01", "2024-06-30"))
    policy = law_files.policies()["NO"]
    assert policy.verified(facts(office)).services != ()
    office.accept(service("2024-06-01", "2024-08-31", ship=OTHER_SHIP), by=company("NO-2"))
    found = facts(office)
    assert all(CONTRADICTED in one.marks for one in found.services)
    assert policy.verified(found).services == ()
    assert {policy.level(one) for one in found.services} == {Level.CONTRADICTED}
    assert len(policy.unverified(found)) == 2


def test_contradicted_record_sends_the_case_to_a_person_and_its_correction_brings_it_back(
    small_office: RecordsOffice,
) -> None:
    small_office.accept(service("2024-01-01", "2024-06-30"))
    asked = asks("{service: {ref: 1 §, where: {department: deck}, months: 6}}")
    assert judge(asked, facts(small_office)).way is Way.AUTO
    other = service("2024-06-01", "2024-08-31", ship=OTHER_SHIP)
    record = small_office.accept(other, by=company("NO-2"))[0]
    outcome = judge(asked, facts(small_office))
    assert outcome.way is Way.MANUAL
    assert set(outcome.why) == {Why.CONTRADICTED}
    small_office.reporting.withdraw(record, reason="of another person", by=company("NO-2"))
    assert judge(asked, facts(small_office)).way is Way.AUTO


def test_same_service_reported_by_owner_and_manager_counts(small_office: RecordsOffice) -> None:
    for name in ("NO-1", "NO-2"):
        small_office.accept(service("2024-01-01", "2024-06-30"), by=company(name))
    assert not any(CONTRADICTED in one.marks for one in facts(small_office).services)


def hold(office: RecordsOffice, number: str, **values: object) -> None:
    with office.database.write() as connection:
        mine = certificate.c.document_number == number
        connection.execute(update(certificate).where(mine).values(**values))


def test_certificate_of_a_rule_is_held_as_what_the_rule_grants(small_office: RecordsOffice) -> None:
    assert facts(small_office).records == ()  # imported without a rule: the law has no name for it
    hold(small_office, "NO-COC-0001", rule="SE.K@0123456789abcdef")
    held = facts(small_office).records
    assert [(one.id, one.kind, one.code, one.source) for one in held] == [
        ("NO-COC-0001", Kind.HOLDING, "SE.K", REGISTER)
    ]
    issued, until = held[0].day, held[0].until
    assert until is not None
    assert issued < until
    hold(small_office, "NO-COC-0001", state="lost")
    assert facts(small_office).records == held
    for state in ("suspended", "revoked", "cancelled", "drafted", "approved"):
        hold(small_office, "NO-COC-0001", state=state)
        assert facts(small_office).records == ()


def test_certificate_without_a_last_day_holds_until_further_notice(
    small_office: RecordsOffice,
) -> None:
    hold(small_office, "NO-COC-0001", rule="DK.navigator@0123456789ab")
    assert [one.marks for one in facts(small_office).records] == [frozenset()]
    hold(small_office, "NO-COC-0001", expiry_date=None)
    (endless,) = facts(small_office).records
    assert (endless.until, endless.marks) == (None, {UNTIL_FURTHER_NOTICE})


def test_replaced_certificate_was_held_until_then_unless_its_successor_was_revoked(
    small_office: RecordsOffice,
) -> None:
    hold(small_office, "NO-COC-0001", rule="SE.K@0", state="replaced", replaced_by="NO-MED-0001",
         state_since="2026-02-03")  # fmt: skip
    assert [(one.id, one.until) for one in facts(small_office).records] == [("NO-COC-0001", date(2026, 2, 3))]
    hold(small_office, "NO-MED-0001", state="revoked")
    assert facts(small_office).records == ()
    hold(small_office, "NO-MED-0001", state="replaced", replaced_by="NO-COC-0001")  # somebody's slip
    assert facts(small_office).records == ()


def test_personal_number_finds_the_person_that_a_report_is_about(office: RecordsOffice) -> None:
    typed = PersonalNumber(kind=IdentityKind.PERSONNUMMER, number="900118-9811")
    report = replace(service("2024-01-01", "2024-06-30"), seafarer_id=None, personal_number=typed)
    assert "person-unknown" in repr(office.report(report))
    office.persons.add("7K3M9QXA", typed, actor="test")
    twelve = replace(typed, number="19900118-9811")
    record = office.accept(replace(report, personal_number=twelve))[0]
    assert [one.id for one in facts(office).services] == [f"{record}@1"]
