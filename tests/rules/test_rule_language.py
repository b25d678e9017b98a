"""A law file is read whole or refused: the error says which line and place, and what was expected."""

from datetime import date

import pytest
from support.law import HEAD, MASTER, asks

from issuer.rules.law import Law, UnknownRule
from issuer.rules.reading.act_file import act_of
from issuer.rules.reading.entry import LawError, read


def refused(text: str) -> str:
    with pytest.raises(LawError) as caught:
        act_of((HEAD + text).encode(), "se.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (
            "months: 36",
            "monts: 36",
            "rules[0].requires.all[2].service.monts: monts is not known here; perhaps mo",
        ),
        ("months: 36", "months: three", "months: a whole number is expected, not 'three'"),
        ("gt_min: 500", "gt_min: big", "where.gt_min: a whole number is expected"),
        ("area_min: narfart", "area_min: nafart", "'nafart' is on no scale of this act"),
        ("at_least: V}", "at_least: IX}", "IX is not on a scale holding/deck"),
        ("from: 2012-01-01", "from: 1 Jan 2012", "a date such as 2012-01-01 is expected"),
        ("from: 2012-01-01", "from: 2012-01-01, until: 2011-12-31", "it ends before it begins"),
        ("P5Y", "5 years", "is no period such as P5Y"),
        ("use: medical", "use: medicine", "there is no fragment medicine"),
        ("exam:", "exma:", "exma is no condition"),
        ("kind: competence", "kind: competence\n    kind: other", "stands here twice"),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_line_and_path(was: str, now: str, said: str) -> None:
    changed = HEAD + MASTER.replace(was, now, 1)
    line = changed[: changed.index(now) + len(now)].count("\n") + 1
    text = refused(MASTER.replace(was, now, 1))
    assert said in text
    assert text.startswith(f"se.yaml:{line}: rules[0].")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('    ref: "2 kap. 3 §"\n', "", "rules[0]: ref is missing"),
        ("kind: competence", "kind: &x competence\n    stcw: *x", "aliases are not read"),
        ("kind: competence", "kind: [", "it is not YAML"),
    ],
)
def test_what_cannot_be_read_at_all_says_why(was: str, now: str, said: str) -> None:
    assert said in refused(MASTER.replace(was, now, 1))


def test_fragments_that_use_each_other_are_refused() -> None:
    head = HEAD.replace("fragments:\n", "fragments:\n  a: {use: b}\n  b: {use: a}\n")
    with pytest.raises(LawError, match="uses itself"):
        act_of((head + MASTER).encode(), "se.yaml")


@pytest.mark.parametrize("data", [b"", b"\xff", b"- a", b"act: {}", b"x" * (2 << 20) + b"x"])
def test_what_is_no_law_file_is_refused(data: bytes) -> None:
    with pytest.raises(LawError):
        act_of(data, "se.yaml")


def test_a_country_code_and_a_language_stay_text() -> None:
    act, _ = act_of((HEAD + MASTER).replace("country: SE", "country: NO").encode(), "no.yaml")
    assert act.country == "NO"


def test_what_a_paragraph_says_for_all_service_of_a_kind_is_added_and_cited_unless_said_otherwise() -> None:
    plain = asks("{service: {ref: 7 § 2, where: {department: deck}, months: 1}}").requires
    assert plain.ref == "7 § 2; 2 kap. 30 §"
    assert plain.where.demands["gt_min"] == 70
    own = asks("{service: {ref: 10 §, where: {department: deck, gt_min: 20}, months: 1}}").requires
    assert (own.ref, own.where.demands["gt_min"]) == ("10 §", 20)


def test_the_version_of_a_day_is_the_law_of_that_day() -> None:
    later = MASTER.replace("2012-01-01", "2015-05-01").replace("rules:\n", "")
    _, rules = act_of(
        (HEAD + MASTER.replace("2012-01-01}", "2012-01-01, until: 2015-04-30}") + later).encode(), "se.yaml"
    )
    law = Law({"SE.K": rules})
    assert [
        law.rule("SE.K", day).first.year for day in (date(2012, 1, 1), date(2015, 4, 30), date(2015, 5, 1))
    ] == [
        2012,
        2012,
        2015,
    ]
    with pytest.raises(UnknownRule, match="first version is of 2012-01-01"):
        law.rule("SE.K", date(2011, 12, 31))
    with pytest.raises(UnknownRule, match=r"no rule SE\.X"):
        law.rule("SE.X", date(2026, 1, 1))
    assert [one.id for one in law.in_force(date(2026, 1, 1), "SE")] == ["SE.K"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a: &x 1\nb: *x\n", r"f:2: the file: anchors and aliases are not read"),
        (b"[" * 60 + b"]" * 60, ""),
        (b"[" * 61 + b"]" * 61, r"f:1: the file: it is nested deeper than 60 times"),
        (b"? " * 900_000, r"nested deeper"),
        (b"a: [1, 2", r"it is not YAML"),
    ],
)
def test_what_could_exhaust_the_reader_is_refused_before_it_is_read(text: bytes, said: str) -> None:
    if not said:
        assert read(text, "f").is_list()
        return
    with pytest.raises(LawError, match=said):
        read(text, "f")
