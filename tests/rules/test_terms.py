"""How long a certificate counts: five years, later when renewed early, never past a transitional day."""

from datetime import date

import pytest

from issuer.adapters.law_files import load
from issuer.rules.law import Law
from issuer.rules.reading.act_file import act_of
from issuer.rules.reading.entry import LawError
from issuer.rules.term import Term, is_early, term_of

LAST = date(2014, 12, 31)  # of the certificate that is renewed


@pytest.fixture(scope="module")
def law() -> Law:
    return load()


@pytest.mark.parametrize(
    ("renewed", "first", "last"),
    [
        (date(2014, 6, 30), date(2014, 6, 30), date(2019, 6, 29)),  # a day too early: days are lost
        (date(2014, 7, 1), date(2015, 1, 1), date(2019, 12, 31)),  # the first day of the last six months
        (date(2014, 12, 31), date(2015, 1, 1), date(2019, 12, 31)),  # its last day
        (date(2015, 1, 1), date(2015, 1, 1), date(2019, 12, 31)),  # the day after: a new one, from then on
        (date(2015, 3, 1), date(2015, 3, 1), date(2020, 2, 29)),
    ],
)
def test_who_renews_in_the_last_six_months_loses_no_day(
    law: Law, renewed: date, first: date, last: date
) -> None:
    validity = law.rule("SE.K", renewed).validity
    assert term_of(validity, renewed, previous_last=LAST) == Term(first, last)


def test_a_first_certificate_counts_for_five_years_the_day_of_issue_with_them(law: Law) -> None:
    validity = law.rule("SE.K", date(2014, 6, 1)).validity
    assert term_of(validity, date(2014, 6, 1)) == Term(date(2014, 6, 1), date(2019, 5, 31))
    assert term_of(validity, date(2016, 2, 29)) == Term(date(2016, 2, 29), date(2021, 2, 27))


def test_until_further_notice_has_no_last_day_and_no_window(law: Law) -> None:
    validity = law.rule("SE.Mtr", LAST).validity
    assert term_of(validity, LAST, previous_last=LAST) == Term(LAST, None)
    assert not is_early(validity, LAST, LAST)
    assert term_of(None, LAST) == Term(LAST, None)


def test_what_the_older_ordinance_gives_ends_with_2016(law: Law) -> None:
    day = date(2014, 6, 1)
    assert term_of(law.rule("SE.fornyelse-2007", day).validity, day).last == date(2016, 12, 31)
    by_2007 = term_of(law.rule("SE.K", day).validity, day, at_latest=date(2016, 12, 31))
    assert by_2007 == Term(day, date(2016, 12, 31))


def test_competences_of_6_kap_2_count_until_further_notice_and_the_others_five_years(law: Law) -> None:
    without_end = {"SE.Mtr", "SE.Lmt", "SE.Bmp", "SE.Vmp", "SE.Eld", "SE.Ele"}  # 11, 12, 23-25, 27 §§
    for rule in law.in_force(date(2012, 1, 1), "SE"):
        assert rule.validity is not None
        ends = rule.kind in ("competence", "special-competence") and rule.id not in without_end
        assert (rule.validity.period is not None) is ends


def test_a_validity_says_one_thing() -> None:
    text = (
        "act: {id: A, country: SE, names: {en: A}, counts: days}\nrules:\n"
        "  - {id: T, ref: 1 §, kind: evidence, names: {en: T}, in_force: {from: 2012-01-01}, "
        "validity: {ref: 2 §, VALIDITY}, requires: {course: {code: x}}}\n"
    )
    for wrong in ("period: P5Y, until_further_notice: true", "renewal_window: P6M"):
        with pytest.raises(LawError, match="period is needed, until"):
            act_of(text.replace("VALIDITY", wrong).encode(), "a.yaml")
