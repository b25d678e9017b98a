"""Every outcome of every rule is told in every language: nothing raw, nothing left out, the same in each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from string import Formatter
from typing import ClassVar, Final

import pytest
from support.chance import EVERYBODY, case
from support.every_rule import UPLOADED, day_of, everything, law, rules
from support.scenarios import scenarios

from issuer.adapters import law_files
from issuer.rules.calendar import Period
from issuer.rules.facts import Facts, Kind, Record, Service
from issuer.rules.finding import Finding
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, Way, Why, evaluate
from issuer.rules.reading.act_file import act_of
from issuer.rules.reading.code_lists import CodeLists
from issuer.rules.words import Explanation, Line, Words, as_json, explain, notice, plain, words_of

POLICIES: Final = law_files.policies()
LANGUAGES: Final = sorted(law_files.languages())
ENGLISH: Final = law_files.words("en")
WIDTH: Final = 80
SLIP: Final = re.compile(r"[{}<>]|None|  |\(\)|\.\.|,,| ,| \.|::")
Told = tuple[Outcome, Rule, Facts]


class Strict(CodeLists):
    """Lists that have no name for what they do not know."""

    def name(self, name: str, code: str, language: str, otherwise: str = "") -> str:
        """What a code is called, in that language and no other."""
        return self.lists[name].codes[code].names[language]


class Heard(Words):
    """Words that remember which texts were said."""

    said: ClassVar[set[str]] = set()  # of all of them

    def say(self, key: str, *values: str) -> str:
        """A text, as ever."""
        Heard.said.add(key)
        return super().say(key, *values)


def spoken(language: str) -> Words:
    path = law_files.WORDS / f"{language}.yaml"
    strict = Strict(law_files.code_lists().lists)
    found = words_of(path.read_bytes(), path.name, strict)
    return Heard(
        language=found.language,
        texts=found.texts,
        months=found.months,
        spoken=found.spoken,
        codes=found.codes,
    )


ODD: Final = """
act: {id: TEST-1, country: SE, names: {sv: Prov, en: Trial}, counts: days}
scales:
  area: [inre-fart, narfart, europafart, oceanfart]
  rank/deck: [dackspersonal, fartygsbefal, overstyrman, befalhavare]
rules:
  - id: SE.K
    ref: "1 §"
    kind: competence
    names: {sv: Sjökapten, en: Master mariner}
    in_force: {from: 2012-01-01}
    requires:
      all:
        - service:
            ref: "2 §"
            where: {gt_max: 3000, kw_max: 4000, flag: [SE, DK], area: inre-fart, rank: matros,
              use: handelsfartyg, ship_type: oljetankfartyg, propulsion: motorfartyg, without: enbart-oresund}
            within: P1Y
            days: 40
        - service:
            ref: "3 §"
            where: {rank_min: befalhavare, area_min: oceanfart}
            before: 2026-01-01
            days: 9
        - service:
            ref: "4 §"
            where: {department: deck, any: [{gt_min: 500}, {flag: NO, area: narfart}]}
            within: P1M
            months: 1
        - service: {ref: "5 §", where: {marks: syn}, within: P14D, months: 1}
        - service: {ref: "6 §", where: {without: brovakt}, within: P1D, months: 1}
        - service: {ref: "6 §", where: {flag: SE}, months: 1}
        - service: {ref: "6 §", where: {gt_max: 100}, months: 1}
        - service: {ref: "6 §", where: {kw_max: 100}, months: 1}
        - exam: {ref: "7 §", code: [sjokaptensexamen, sjoingenjorsexamen], before: 2020-01-01}
        - document: {ref: "8 §", code: lakarintyg, no_older: P1Y}
        - dated: {ref: "9 §", from: 2012-01-01, until: 2030-01-01, requires: {course: {code: brandskydd}}}
        - dated: {ref: "10 §", from: 2012-01-01, requires: {course: {code: brandskydd}}}
        - dated: {ref: "11 §", until: 2013-01-01, requires: {course: {code: brandskydd}}}
        - discretion: {ref: "12 §", code: SE.likvardig-utbildning}
"""


def odd() -> Told:
    """A rule with every demand that the acts of today do not make, and service that misses each."""
    rule = act_of(ODD.encode(), "odd.yaml")[1][0]
    service = Service(
        id="s", first=date(2026, 11, 2), last=date(2026, 11, 22), source=UPLOADED, department="deck",
        flag="NO", gt=200, kw=200, area="oceanfart",
    )  # fmt: skip
    late = Record(id="r", kind=Kind.EXAM, code="sjokaptensexamen", day=date(2021, 1, 1), source=UPLOADED)
    facts = Facts(services=(service,), records=(late,))
    return evaluate(rule, facts, on=date(2026, 11, 22), policy=POLICIES["SE"]), rule, facts


def outcomes() -> Iterator[Told]:
    """Every rule with nothing known, everything verified, everything uploaded, by chance; some scenarios."""
    for rule in rules():
        policy, on = POLICIES[rule.act.country], day_of(rule)
        full, uploaded = everything(rule, policy), everything(rule, policy, uploaded=True)
        older = replace(full, records=tuple(replace(one, until=rule.first) for one in full.records))
        motor = replace(full, services=tuple(one for one in full.services if one.propulsion != "angfartyg"))
        for facts in (Facts(), full, uploaded, older, motor, replace(full, asked=frozenset())):
            yield evaluate(rule, facts, on=on, policy=policy), rule, facts
        yield evaluate(rule, Facts(), on=rule.first, policy=policy), rule, Facts()
        for seed in range(2):
            chance, day = case(rule, seed)
            yield evaluate(rule, chance, on=day, policy=EVERYBODY), rule, chance
    for one in scenarios()[::5]:
        yield one.outcome(), one.law(), one.facts
    outcome, rule, facts = odd()
    yield outcome, rule, facts
    named = {Why.CREDIT: ("s",)}
    yield replace(outcome, why=named, decide_by=outcome.on, valid_until=outcome.on), rule, facts


@pytest.fixture(scope="module")
def told() -> Sequence[Told]:
    return list(outcomes())


@pytest.fixture(scope="module")
def explained(told: Sequence[Told]) -> Mapping[str, Sequence[Explanation]]:
    """Every outcome in every language, by words that have no name for what no list knows."""
    return {
        language: [
            explain(outcome, rule, words, facts=facts, policy=POLICIES[rule.act.country])
            for outcome, rule, facts in told
        ]
        for language, words in ((one, spoken(one)) for one in LANGUAGES)
    }


def lines(explanation: Explanation) -> Iterator[Line]:
    def below(line: Line) -> Iterator[Line]:
        yield line
        for one in line.lines:
            yield from below(one)

    for part in explanation.parts:
        for line in part.lines:
            yield from below(line)


def shape(explanation: Explanation) -> object:
    """What is the same in every language: topics, paragraphs and what stands below what."""

    def of(line: Line) -> object:
        return line.ref, [of(one) for one in line.lines]

    return [(part.topic, [of(line) for line in part.lines]) for part in explanation.parts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_is_told_without_a_raw_code_or_a_slip(
    explained: Mapping[str, Sequence[Explanation]], language: str
) -> None:
    texts = {
        text
        for explanation in explained[language]
        for text in (explanation.headline, *(one.text for one in lines(explanation)))
    }
    assert len(texts) > 500
    for text in texts:
        assert text.strip() == text, text
        assert text[0].isupper() or not text[0].isalpha(), text
        assert not SLIP.search(text), text


def test_every_way_and_every_topic_is_reached(
    told: Sequence[Told], explained: Mapping[str, Sequence[Explanation]]
) -> None:
    assert {outcome.way for outcome, _, _ in told} == set(Way)
    topics = {part.topic for explanation in explained["en"] for part in explanation.parts}
    assert topics == {key.removeprefix("title.") for key in ENGLISH.texts if key.startswith("title.")}


def test_it_is_told_alike_in_every_language(explained: Mapping[str, Sequence[Explanation]]) -> None:
    for same in zip(*explained.values(), strict=True):
        shapes = [shape(one) for one in same]
        assert all(one == shapes[0] for one in shapes), same[0].headline


def test_whatever_is_missing_is_told_with_its_paragraph(
    told: Sequence[Told], explained: Mapping[str, Sequence[Explanation]]
) -> None:
    for (outcome, rule, _), explanation in zip(told, explained["en"], strict=True):
        refs = {one.ref for one in lines(explanation)}
        assert {short.ref for short in outcome.shortfalls} <= refs, rule.id


def test_every_record_is_told_of(
    told: Sequence[Told], explained: Mapping[str, Sequence[Explanation]]
) -> None:
    for (_, rule, facts), explanation in zip(told, explained["en"], strict=True):
        text = " ".join(one.text for one in lines(explanation))
        for record in (*facts.services, *facts.records):
            assert f"record {record.id})" in text, (rule.id, record.id)


@pytest.mark.parametrize(("at", "language"), list(enumerate(LANGUAGES)))
def test_text_keeps_within_80_columns(
    explained: Mapping[str, Sequence[Explanation]], at: int, language: str
) -> None:
    for explanation in explained[language][at::8]:  # each language another eighth
        assert not [one for one in plain(explanation) if len(one) > WIDTH]


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_a_person_is_told(why: Why, language: str) -> None:
    rule = law().rule("SE.Elt", date(2014, 1, 1))
    facts = everything(rule, POLICIES["SE"])
    outcome = evaluate(rule, facts, on=date(2014, 1, 1), policy=POLICIES["SE"])
    given = replace(outcome, way=Way.MANUAL, why={why: (facts.records[0].id,)})
    explanation = explain(given, rule, spoken(language), facts=facts)
    assert explanation.part("why") or why is Why.DISCRETION  # which is told from the finding
    assert explanation.part("notice") == notice(law_files.words(language), automatic=False).lines


def test_no_catalogue_holds_a_text_that_is_never_said(
    told: Sequence[Told], explained: Mapping[str, Sequence[Explanation]]
) -> None:
    assert explained
    words = spoken("en")
    for outcome, rule, _ in told[::7]:
        explain(outcome, rule, words, policy=POLICIES[rule.act.country])  # without the facts
    outcome, rule, _ = odd()
    explain(outcome, rule, words, beforehand=True)
    dates = {"date", *(key for key in words.texts if key.startswith("quantity."))}
    assert sorted(words.texts.keys() - Heard.said - dates) == []


def test_whoever_was_decided_about_by_a_person_is_not_told_of_a_computer_alone(told: Sequence[Told]) -> None:
    outcome, rule, facts = next(one for one in told if one[0].way is Way.AUTO)
    by_person = explain(outcome, rule, ENGLISH, facts=facts, by_person=True)
    assert by_person.part("notice") == notice(ENGLISH, automatic=False).lines
    assert explain(outcome, rule, ENGLISH).part("notice") == notice(ENGLISH, automatic=True).lines


def nobody(rule_id: str) -> tuple[Outcome, Rule]:
    """Somebody of whom nothing is known."""
    rule = law().rule(rule_id, date(2026, 11, 22))
    return evaluate(rule, Facts(), on=date(2026, 11, 22), policy=POLICIES[rule.act.country]), rule


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_no_records_is_told_who_reports_them_and_that_nothing_is_decided(language: str) -> None:
    outcome, rule = nobody("SE.Mtr")
    words = law_files.words(language)
    told = explain(outcome, rule, words, facts=Facts(), beforehand=True, policy=POLICIES["SE"])
    medical, sea, then = [line.text for line in told.part("expected")]
    assert medical.endswith(words.name("reporter", "doctor"))
    assert sea.endswith(words.name("reporter", "company"))
    assert then == words.say("expected.then")
    assert [line.text for line in told.part("notice")] == [words.say("notice.beforehand")]
    assert told.part("missing")


def test_very_many_certificates_are_not_listed_one_by_one() -> None:
    outcome, rule = nobody("SE.fornyelse")
    [line] = explain(outcome, rule, ENGLISH, facts=Facts()).part("missing")
    assert line.text == "One of 26 kinds of certificates, such as Master mariner"


def test_a_phrase_of_a_mark_is_of_one_that_there_is() -> None:
    marks = {key.rpartition(".")[2] for key in ENGLISH.texts if key.startswith("mark.")}
    assert marks <= law_files.code_lists().lists["mark"].codes.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_texts_and_gaps_of_the_english_one(language: str) -> None:
    def gaps(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    words = law_files.words(language)
    assert words.texts.keys() == ENGLISH.texts.keys()
    differing = [key for key, text in words.texts.items() if gaps(text) != gaps(ENGLISH.texts[key])]
    assert differing == []


def test_languages_differ(told: Sequence[Told]) -> None:
    outcome, rule, facts = told[0]
    assert len({explain(outcome, rule, law_files.words(one), facts=facts).headline for one in LANGUAGES}) == 4


@pytest.mark.parametrize(
    ("days", "sv", "en"),
    [
        (0, "0 dagar", "0 days"),
        (1, "1 dag", "1 day"),
        (29, "29 dagar", "29 days"),
        (30, "1 månad (30 dagar)", "1 month (30 days)"),
        (85, "2,9 månader (85 dagar)", "2.9 months (85 days)"),
        (Fraction(1, 3), "0,4 dagar", "0.4 days"),
        (30_000, "1000 månader (30\u00a0000 dagar)", "1000 months (30,000 days)"),
    ],
)
def test_what_is_short_is_never_rounded_down(days: int | Fraction, sv: str, en: str) -> None:
    assert (law_files.words("sv").short(days), law_files.words("en").short(days)) == (sv, en)


@pytest.mark.parametrize(
    ("value", "said"), [(359, "359"), (Fraction(359, 30), "11,9"), (Fraction(719, 720), "0,9"), (12, "12")]
)
def test_what_there_is_is_never_rounded_up(value: int | Fraction, said: str) -> None:
    assert law_files.words("sv").number(value) == said


@pytest.mark.parametrize(
    ("language", "day", "period"),
    [
        ("sv", "1 maj 2014", "1 år"),
        ("da", "1. maj 2014", "1 år"),
        ("nb", "1. mai 2014", "1 år"),
        ("en", "1 May 2014", "1 year"),
    ],
)
def test_dates_and_periods_are_written_as_people_write_them(language: str, day: str, period: str) -> None:
    words = law_files.words(language)
    assert (words.day(date(2014, 5, 1)), words.period(Period.parse("P1Y"))) == (day, period)
    assert words.period(Period.parse("P18M")).startswith("18 ")


def test_json_is_the_same_as_a_tree(told: Sequence[Told]) -> None:
    outcome, rule, facts = told[0]
    explanation = explain(outcome, rule, ENGLISH, facts=facts)
    found = as_json(explanation)
    assert found["headline"] == explanation.headline
    parts = found["parts"]
    assert isinstance(parts, list)
    assert len(parts) == len(explanation.parts)


def test_findings_all_know_what_they_judged(told: Sequence[Told]) -> None:
    def below(found: Finding) -> Iterator[Finding]:
        yield found
        for child in found.children:
            yield from below(child)

    assert not [one for outcome, _, _ in told for one in below(outcome.finding) if one.condition is None]


CASES: Final = Path(__file__).parent / "explanations"


@pytest.mark.parametrize(
    "path", sorted(CASES.glob("*/*.txt")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_explanations_read_as_somebody_read_them(path: Path) -> None:
    """`ombord-issuer rules explain CASE --language …` writes them; whoever changes one reads it first."""
    told = law_files.case(path.with_name("case.yaml"))
    rule = law().rule(told.rule, told.law_of)
    policy = POLICIES[rule.act.country]
    outcome = evaluate(rule, told.facts, on=told.on, policy=policy, law_of=told.law_of)
    version = replace(outcome, version="0123456789ab")  # of the act's file: it changes with every comma
    said = plain(explain(version, rule, law_files.words(path.stem), facts=told.facts))
    assert "\n".join(said) == path.read_text(encoding="utf-8").rstrip("\n")
