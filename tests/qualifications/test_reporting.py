"""Reports become records: which are taken, which are refused and why, and that nothing is lost."""

from support.records import RecordsOffice, service

from issuer.domain.qualifications import Accepted


def test_report_becomes_a_record_that_the_rules_can_use(office: RecordsOffice) -> None:
    taken = office.report(service("2024-01-01", "2024-06-30"))
    assert isinstance(taken[0], Accepted)
    assert taken[0].version == 1
