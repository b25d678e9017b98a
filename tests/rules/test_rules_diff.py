"""What changed between two days of law is told condition by condition, and whom it affects."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.law import HEAD, MASTER

from issuer import cli
from issuer.adapters import law_files, populations
from issuer.rules.comparing.diff import Step, changes
from issuer.rules.comparing.outline import outline
from issuer.rules.law import Law
from issuer.rules.reading.act_file import act_of
from issuer.rules.reading.entry import LawError

WORDS = law_files.words("en")
BEFORE, AFTER = date(2015, 4, 30), date(2015, 5, 1)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def law() -> Law:
    return law_files.load()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """`rules diff` between the two days, in a folder of its own."""

    def command(*words: str, first: date = BEFORE, last: date = AFTER) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        days = ("--from", str(first), "--to", str(last))
        monkeypatch.setattr("sys.argv", ["ombord-issuer", "rules", "diff", *days, *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        output, complaints = capfd.readouterr()
        return int(ended.value.code or 0), output, complaints

    return command


def engineer(days: int, **changed: Any) -> dict[str, Any]:
    """Somebody with so many days in an engine room, and all else that class VIII asks for."""
    source = {"reporter": "company", "channel": "api"}
    last = date(2013, 1, 1) + timedelta(days=days - 1)
    sea = {
        "id": "sea", "first": "2013-01-01", "last": str(last), "flag": "SE", "department": "engine",
        "kw": 500, "marks": ["sarskild-maskinbemanning"], "source": source,
    }  # fmt: skip
    records = [
        {"id": "m", "kind": "document", "code": "lakarintyg", "day": "2015-01-01", "marks": ["syn", "horsel"],
         "source": {"reporter": "doctor", "channel": "api"}},
        {"id": "k", "kind": "course", "code": "maskinbefal-VIII", "day": "2013-01-01",
         "source": {"reporter": "school", "channel": "api"}},
    ]  # fmt: skip
    case = {
        "rule": "SE.M.VIII",
        "on": "2015-05-01",
        "facts": {"birth_date": "1990-05-01", "services": [sea], "records": records},
    }
    return case | changed


def two_versions(was: str, now: str) -> Law:
    """The tests' master, whose law changed on 1 May 2015."""
    older = MASTER.replace("2012-01-01}", "2012-01-01, until: 2015-04-30}")
    newer = MASTER.replace("2012-01-01}", "2015-05-01}").replace("rules:\n", "")
    assert was in newer
    text = HEAD + older + newer.replace(was, now, 1)
    return Law({"SE.K": act_of(text.encode(), "se.yaml")[1]})


def told(law: Law) -> list[tuple[str | None, str | None]]:
    (found,) = changes(law, BEFORE, AFTER, WORDS)
    assert (found.step, found.since) == (Step.CHANGES, AFTER)
    return [tuple(each and str(each) for each in one) for one in found.differences]  # type: ignore[misc]


def test_chapter_2_section_22_went_from_24_and_48_months_to_12_and_24(law: Law) -> None:
    (found,) = changes(law, BEFORE, AFTER, WORDS, "SE")
    assert (found.id, found.step, found.since) == ("SE.M.VIII", Step.CHANGES, AFTER)
    assert found.was is not None
    assert (found.was.ref, found.rule.ref) == ("2 kap. 22 §", "2 kap. 22 § (2015:193)")
    amounts = [(was.amount, now.amount, now.ref) for was, now in found.differences if was and now]
    assert amounts == [
        ("24 months", "12 months", "2 kap. 22 § 2 a; 2 kap. 31 §"),
        ("48 months", "24 months", "2 kap. 22 § 2 b"),
    ]


def test_two_days_of_the_same_law_have_no_difference(law: Law) -> None:
    assert changes(law, date(2015, 5, 1), date(2015, 6, 1), WORDS) == []


@pytest.mark.parametrize(
    ("was", "now", "before", "after"),
    [
        ("months: 12", "months: 24", "of which 12 months", "of which 24 months"),
        ("code: sjokaptensexamen", "code: annan-examen", "master mariner's degree", "annan-examen"),
        ("gt_min: 500", "gt_min: 3000", "of GT 500 or more", "of GT 3000 or more"),
        ("period: P5Y", "period: P10Y", "valid for 5 years", "valid for 10 years"),
        ("        - use: medical\n", "", "medical", None),
        ("        - use: medical\n", "        - use: medical\n        - age: {ref: 4 §, years: 18}\n",
         None, "at least 18 years of age (4 §)"),
    ],
)  # fmt: skip
def test_each_kind_of_amendment_is_told_by_its_own_line(
    was: str, now: str, before: str | None, after: str | None
) -> None:
    found = told(two_versions(was, now))
    for lines, expected in zip(zip(*found, strict=True), (before, after), strict=True):
        assert lines == (None,) if expected is None else expected in str(lines[0])


def test_a_rule_that_begins_or_ends_is_told_whole_and_by_its_day(law: Law) -> None:
    found = {one.id: one for one in changes(law, date(2012, 1, 1), date(2026, 11, 22), WORDS)}
    begun = found["NO.hoyhastighet"]
    assert (begun.step, begun.since, begun.was) == (Step.BEGINS, date(2023, 2, 1), None)
    assert [one.now for one in begun.differences] == list(outline(begun.rule, WORDS, date(2026, 11, 22)))
    ended = found["SE.fornyelse-2007"]
    assert (ended.step, ended.since, ended.now) == (Step.ENDS, date(2017, 1, 1), None)


def test_what_the_calendar_ends_and_versions_without_a_date_are_told_too(law: Law) -> None:
    found = {one.id: one.notes for one in changes(law, date(2016, 12, 31), date(2017, 1, 1), WORDS)}
    assert found["SE.K"] == (
        "a transitional provision ended on 31 December 2016 (övergångsbestämmelserna 9)",
    )
    found = {one.id: one.notes for one in changes(law, date(2024, 12, 31), date(2025, 1, 1), WORDS)}
    assert "on which day it became the law is not known here" in found["SE.V"][0]


def test_every_version_of_every_rule_has_words(law: Law) -> None:
    for versions in law.rules.values():
        for rule in versions:
            assert all(one.text.strip() for one in outline(rule, WORDS, AFTER))


def test_the_command_tells_the_change_and_whom_it_affects(run: Run, tmp_path: Path) -> None:
    people = [
        engineer(365),
        engineer(720),
        engineer(359),
        engineer(365, rule="SE.M.VII"),
        {"rule": "SE.M.VIII"},
        engineer(365, rule="SE.Nope"),
    ]
    (tmp_path / "people.jsonl").write_text("".join(json.dumps(one) + "\n" for one in people))
    code, output, complaints = run("--population", "people.jsonl")
    assert code == 1  # two could not be read
    assert "SE.M.VIII changes on 2015-05-01: Maskinbefäl klass VIII · Engineer officer class VIII" in output
    assert "  24 months → 12 months of engine service on ships of 400 kW or more" in output
    assert (
        "cases that get another answer: 2 of 4\n  incomplete → auto: 1\n  incomplete → incomplete: 1\n"
        in output
    )
    assert re.search(r"people\.jsonl:1: SE\.M\.VIII: incomplete, 11\.9 months \(355 days\).*→ auto\n", output)
    assert re.search(r"people\.jsonl:3: .*→ incomplete, 1 day of service missing", output)
    assert "not read: people.jsonl:5: the file: facts, on is missing" in complaints
    assert "not read: people.jsonl:6: rule: there is no rule SE.Nope" in complaints


def test_as_json_the_same(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "anna.json").write_text(json.dumps(engineer(365)))
    code, output, _ = run("--population", "cases", "--json")
    found = json.loads(output)
    assert code == 0
    (change,) = found["changes"]
    assert change["ref"] == {"was": "2 kap. 22 §", "now": "2 kap. 22 § (2015:193)"}
    assert [(one["was"]["amount"], one["now"]["amount"]) for one in change["differences"]] == [
        ("24 months", "12 months"), ("48 months", "24 months"),
    ]  # fmt: skip
    (anna,) = found["population"]["affected"]
    assert (anna["case"], anna["before"]["way"], anna["after"]["way"]) == ("anna.json", "incomplete", "auto")


def test_a_country_that_did_not_change_has_nothing_to_tell(run: Run) -> None:
    assert run("--country", "DK")[:2] == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--population", "nowhere.jsonl"), "nowhere.jsonl:1: the file: it cannot be read: No such file"),
        (("--population", "."), "it has no case"),
    ],
)
def test_a_population_that_is_none_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    code, output, complaints = run(*words)
    assert (code, output) == (2, "")
    assert said in complaints


def test_a_country_without_law_is_refused(run: Run) -> None:
    code, _, complaints = run("--country", "se")
    assert code == 2
    assert "no law of 'se' is here\nhint: countries: DK, NO, SE" in complaints


def test_days_in_the_wrong_order_are_refused(run: Run) -> None:
    code, _, complaints = run(first=AFTER, last=BEFORE)
    assert code == 2
    assert "--to 2015-04-30 is not after --from 2015-05-01" in complaints


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"rule": "SE.K", "rule": "SE.V"}', "rule: stands here twice"),
        ('{"rule": "SE.K", "on": null, "facts": {}}', "on: text is expected"),
        ('{"rule": "SE.K", "on": "2015-05-01", "facts": {"services": [{"gt": -1}]}}', "facts.services[0]"),
        ("{", "it is not JSON: Expecting property name"),
        ("[" * 100_000, "it is nested too deeply"),
        ("\udcff", "it is not UTF-8"),
        ('{"rule": "SE.K", "on": "2015-05-01", "facts": {"birth_date": NaN}}', "birth_date: a date such as"),
    ],
)
def test_a_line_is_read_as_strictly_as_a_file(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "x.jsonl").write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")
    ((_, found),) = populations.cases([tmp_path / "x.jsonl"])
    assert isinstance(found, LawError)
    assert str(found).startswith("x.jsonl:1: ")
    assert said in str(found)


def test_a_line_that_is_too_long_is_one_line_that_is_refused(tmp_path: Path) -> None:
    good = json.dumps(engineer(100)).encode()
    (tmp_path / "x.jsonl").write_bytes(b"[" * (5 << 20) + b"\n" + good + b"\n")
    (_, bad), (name, case) = populations.cases([tmp_path / "x.jsonl"])
    assert isinstance(bad, LawError)
    assert "at most 2097152 are read" in str(bad)
    assert name == "x.jsonl:2"
    assert not isinstance(case, LawError)


def test_a_line_and_a_file_of_the_same_case_are_the_same_case(tmp_path: Path) -> None:
    text = json.dumps(engineer(100))
    (tmp_path / "a.json").write_text(text)
    (tmp_path / "b.jsonl").write_text(text)
    (_, one), (_, other) = populations.cases([tmp_path])
    assert one == other
