"""SFS 2011:1533 as data: what it grants, by which paragraph, and the thresholds on both sides of each day."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.law import COMPANY, POLICY, judge, record, service

from issuer.adapters.law_files import load
from issuer.rules.facts import Facts, Kind
from issuer.rules.law import Law
from issuer.rules.outcome import Way, Why, evaluate
from issuer.rules.reading.entry import LawError

FIRST = date(2012, 1, 1)
ON = date(2014, 6, 1)
KINDS = {"competence": 23, "special-competence": 9, "certificate": 16, "evidence": 6}


@pytest.fixture(scope="module")
def law() -> Law:
    return load()


def test_on_its_first_day_the_ordinance_grants_54_things(law: Law) -> None:
    assert Counter(rule.kind for rule in law.in_force(FIRST, "SE")) == KINDS
    assert not list(law.in_force(FIRST - timedelta(days=1), "SE"))


def test_every_rule_has_its_own_name_in_swedish_and_english(law: Law) -> None:
    for language in ("sv", "en"):
        found = [rule.names[language] for rule in law.in_force(FIRST, "SE")]
        assert max(Counter(found).values()) == 1


BORN = date(1980, 1, 1)
MEDICAL = record(Kind.DOCUMENT, "lakarintyg", date(2014, 1, 1), marks=frozenset({"syn", "horsel"}))


def engine(days: int, **changes: object) -> Facts:
    how = {"department": "engine", "kw": 400, "marks": frozenset({"sarskild-maskinbemanning"}), **changes}
    done = service(days, start=date(2008, 1, 1), **how)
    return Facts(
        birth_date=BORN,
        services=(done,),
        records=(MEDICAL, record(Kind.COURSE, "maskinbefal-VIII", date(2012, 5, 1))),
    )


@pytest.mark.parametrize(
    ("on", "months"), [(date(2015, 4, 30), 24), (date(2015, 5, 1), 12)], ids=["as printed", "SFS 2015:193"]
)
def test_engine_class_viii_asks_what_the_law_of_the_day_asks(law: Law, on: date, months: int) -> None:
    rule = law.rule("SE.M.VIII", on)
    assert judge(rule, engine(months * 30), on=on).way is Way.AUTO
    found = judge(rule, engine(months * 30 - 1), on=on)
    assert [(one.ref, one.missing) for one in found.shortfalls] == [("2 kap. 22 § 2 a; 2 kap. 31 §", 1)]


@pytest.mark.parametrize(
    ("steam", "motor", "limitation"),
    [(720, 0, "angfartyg"), (0, 720, "motorfartyg"), (360, 360, None), (359, 361, "motorfartyg")],
)
def test_who_lacks_half_on_steam_or_motor_is_limited_to_the_other(
    law: Law, steam: int, motor: int, limitation: str | None
) -> None:
    marks = frozenset({"sarskild-maskinbemanning"})
    parts = [
        service(days, start=start, id=name, department="engine", kw=400, propulsion=name, marks=marks)
        for name, days, start in (
            ("angfartyg", steam, date(2008, 1, 1)),
            ("motorfartyg", motor, date(2011, 1, 1)),
        )
        if days
    ]
    facts = Facts(
        birth_date=BORN,
        services=tuple(parts),
        records=(MEDICAL, record(Kind.COURSE, "maskinbefal-VII", date(2012, 5, 1))),
    )
    found = judge(law.rule("SE.M.VII", ON), facts, on=ON)
    assert (found.way, found.limitation) == (Way.AUTO, limitation)


def test_a_rating_of_before_2012_becomes_able_seafarer_by_the_transitional_provision(law: Law) -> None:
    facts = Facts(
        birth_date=BORN,
        services=(service(360, start=date(2010, 1, 1), rank="matros", gt=None),),
        records=(MEDICAL,),
    )
    assert judge(law.rule("SE.Mtr", ON), facts, on=ON).way is Way.AUTO


def test_where_a_later_version_may_be_the_law_a_person_decides(law: Law) -> None:
    rule = law.rule("SE.Vmp", date(2025, 1, 1))
    done = service(
        180, start=date(2023, 1, 1), department="engine", kw=400,
        marks=frozenset({"sarskild-maskinbemanning", "handledd", "maskinvakt"}),
    )  # fmt: skip
    medical = record(Kind.DOCUMENT, "lakarintyg", date(2024, 1, 1), marks=frozenset({"syn", "horsel"}))
    facts = Facts(birth_date=BORN, services=(done,), records=(medical,))
    lost_in_print = {Why.UNVERIFIED_LAW: ("SE.Vmp",)}
    found = evaluate(rule, facts, on=date(2024, 12, 31), policy=POLICY)
    assert (found.way, found.why) == (Way.MANUAL, lost_in_print)
    found = evaluate(rule, facts, on=date(2025, 1, 1), policy=POLICY)
    assert (found.way, found.why) == (Way.MANUAL, {**lost_in_print, Why.AMENDED: ("SFS 2025:1180",)})


def test_class_viii_by_the_shorter_way_needs_a_decision_about_its_limits(law: Law) -> None:
    inner = service(
        720,
        start=date(2010, 1, 1),
        gt=20,
        use="passenger",
        area="inre-fart",
        marks=frozenset({"yrkesmassig-trafik"}),
    )
    facts = Facts(
        birth_date=BORN,
        services=(inner,),
        records=(MEDICAL, record(Kind.COURSE, "fartygsbefal-VIII", date(2012, 5, 1))),
    )
    found = judge(law.rule("SE.VIII", ON), facts, on=ON)
    assert (found.way, found.why) == (Way.MANUAL, {Why.DISCRETION: ("SE.VIII.begransning",)})


def test_two_versions_of_one_day_are_refused(tmp_path: Path) -> None:
    one = "act: {id: A, country: SE, names: {en: A}, counts: days}\nrules:\n" + 2 * (
        "  - {id: T, ref: 1 §, kind: evidence, names: {en: T}, in_force: {from: 2012-01-01}, "
        "requires: {course: {code: x}}}\n"
    )
    (tmp_path / "a.yaml").write_text(one)
    with pytest.raises(LawError, match="both in force"):
        load(tmp_path)
    with pytest.raises(LawError, match="no law in this folder"):
        load(tmp_path / "empty")


def test_the_companys_word_is_enough_here() -> None:
    assert POLICY.verifies(Kind.SERVICE, COMPANY)
