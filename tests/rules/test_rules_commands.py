"""`ombord-issuer rules`: the law is checked and listed, and a case in a file is decided with its reasons."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from issuer import cli

CASE = """
rule: SE.Lmt
on: 2014-06-01
facts:
  birth_date: 1990-05-01
  services:
    - {id: nordlys, first: 2013-01-01, last: 2013-06-29, department: deck, gt: 8500, flag: SE,
       marks: [brovakt, handledd], source: {reporter: company, channel: api}}
  records:
    - {id: med, kind: document, code: lakarintyg, day: 2014-01-10, marks: [syn, horsel],
       source: {reporter: doctor, channel: web}}
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """A command over the case, with these words changed in it; no register, no settings."""

    def command(*words: str, **changes: str) -> tuple[int, str, str]:
        text = CASE
        for was, now in changes.items():
            assert was.replace("_", " ") in text
            text = text.replace(was.replace("_", " "), now)
        (tmp_path / "case.yaml").write_text(text)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["ombord-issuer", "rules", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        output, complaints = capfd.readouterr()
        return int(ended.value.code or 0), output, complaints

    return command


def test_the_law_that_comes_with_ombord_is_in_order(run: Run) -> None:
    code, output, _ = run("check")
    assert code == 0
    assert re.match(r"\d+ rules in \d+ versions are in order\n", output)
    assert "evidence policies: DK, NO, SE" in output
    assert "\ncontents of certificates: DK, NO, SE\n" in output
    assert "\ndocuments that the law describes: DK." in output
    assert re.search(r"\ncode lists: .*\bcourse\b", output)
    assert "\nexplanations: da, en, nb, sv\n" in output
    assert "nobody has found in a source the conditions of: NO.fritidsskipper, NO.hoyhastighet, " in output


def test_a_folder_of_ones_own_is_checked_and_the_place_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "se.yaml").write_text("act: {id: A}\nrules: []\n")
    code, _, complaints = run("check", "law")
    assert code == 2
    assert "se.yaml:1: act: country, counts, names is missing" in complaints
    assert "rule-language.md" in complaints


def test_the_law_of_a_day_is_listed(run: Run) -> None:
    found = json.loads(run("list", "--country", "SE", "--on", "2015-05-01", "--json")[1])
    (one,) = [each for each in found if each["id"] == "SE.M.VIII"]
    assert one["names"] == {"sv": "Maskinbefäl klass VIII", "en": "Engineer officer class VIII"}
    assert [each["from"] for each in one["versions"]] == ["2012-01-01", "2015-05-01"]
    assert one["ref"] == "2 kap. 22 § (2015:193)"
    assert one["validity"] == {
        "ref": "6 kap. 2 §",
        "period": "P5Y",
        "renewal_window": "P6M",
        "until": None,
        "until_further_notice": False,
    }
    assert "54 on 2012-01-01" in run("list", "--on", "2012-01-01")[2]


def test_what_may_be_amended_or_is_unverified_is_said_wherever_a_rule_is_shown(run: Run) -> None:
    amended = "amended by SFS 2025:1180, since a day not known here"
    assert f"{amended}: a person decides" in run("show", "SE.V", "--on", "2026-11-22")[1]
    assert "amended" not in run("show", "SE.V", "--on", "2024-12-31")[1]
    (line,) = [one for one in run("list", "--on", "2026-11-22")[1].splitlines() if one.startswith("SE.V ")]
    assert line.endswith(f"; {amended}")
    unverified = "not compared with the law's own text"
    assert f"{unverified}: a person decides" in run("show", "NO.fritidsskipper", "--on", "2026-11-22")[1]
    (line,) = [one for one in run("list", "--country", "NO")[1].splitlines() if "NO.fritidsskipper" in one]
    assert line.endswith(unverified)
    output = run("check")[1]
    assert "SE.V (SFS 2025:1180)" in output
    assert "whose word counts in SE for: " in output
    assert " assumes (1 kap. " in output


@pytest.mark.parametrize("country", ["se", "XX"])
def test_a_country_without_law_is_refused_and_not_listed_as_having_none(run: Run, country: str) -> None:
    code, _, complaints = run("list", "--country", country)
    assert code == 2
    assert f"no law of {country!r} is here" in complaints


def test_a_day_that_is_still_to_come_is_said_to_be_so(run: Run) -> None:
    assert "still to come" not in run("evaluate", "case.yaml")[2]
    to_come = {"on:_2014-06-01": "on: 2999-06-01"}
    assert "2999-06-01 is still to come" in run("evaluate", "case.yaml", **to_come)[2]


def test_what_is_decided_in_the_single_case_is_listed_when_asked_for(run: Run) -> None:
    assert "SE.traditionsfartyg" not in run("list", "--on", "2012-01-01")[1]
    assert "SE.traditionsfartyg" in run("list", "--on", "2012-01-01", "--decisions")[1]


def test_a_case_is_decided_and_said_why(run: Run) -> None:
    granted = "Rating forming part of a navigational watch can be granted automatically\n(2 kap. 12 §).\n"
    assert run("evaluate", "case.yaml")[:2] == (0, f"AUTO: SE.Lmt, by the law of 2014-06-01\n{granted}")
    _, output, _ = run("evaluate", "case.yaml", **{"2013-06-29": "2013-06-28"})
    said = " ".join(output.split())
    assert said.startswith("INCOMPLETE: SE.Lmt, by the law of 2014-06-01")
    assert "5.9 of 6 months of deck service on ships of GT 70 or more, on bridge watch" in said
    assert ": 1 day short (2 kap. 12 §; 2 kap. 30 §)" in said
    _, output, _ = run("evaluate", "case.yaml", **{"2013-06-29": "2013-01-30"})
    assert ": 5 months (150 days) short" in " ".join(output.split())
    _, output, _ = run("evaluate", "case.yaml", company="applicant", api="upload")
    assert "uploaded by yourself (record nordlys)" in " ".join(output.split())


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("sv", "Lättmatros kan beviljas automatiskt (2 kap. 12 §)."),
        ("da", "Vagtgående dæksmand (lättmatros) kan gives automatisk (2 kap. 12 §)."),
        ("nb", "Lettmatros (vaktgående dekk) kan innvilges automatisk (2 kap. 12 §)."),
        ("en", "Rating forming part of a navigational watch can be granted automatically"),
    ],
)
def test_a_case_is_explained_in_the_language_asked_for_or_in_the_terminals_own(
    run: Run, monkeypatch: pytest.MonkeyPatch, language: str, headline: str
) -> None:
    asked = run("explain", "case.yaml", "--language", language)[1]
    assert asked.splitlines()[0] == headline
    monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
    assert run("explain", "case.yaml")[1] == asked
    told = json.loads(run("explain", "case.yaml", "--json")[1])
    assert (told["language"], told["parts"][0]["topic"]) == (language, "met")


def test_a_terminal_in_another_language_is_told_in_english(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fi_FI.UTF-8")
    assert "can be granted automatically" in run("explain", "case.yaml")[1]


def test_a_language_that_nobody_wrote_is_refused_with_those_there_are(run: Run) -> None:
    code, output, complaints = run("explain", "case.yaml", "--language", "fi")
    assert (code, output) == (2, "")
    assert "da, en, nb, sv" in complaints


def test_a_decision_as_json_has_its_law_records_and_paragraphs(run: Run) -> None:
    found = json.loads(run("evaluate", "case.yaml", "--json")[1])
    assert (found["way"], found["rule"], found["law_of"]) == ("auto", "SE.Lmt", "2014-06-01")
    (service,) = [one for one in found["finding"]["children"] if one["kind"] == "service"]
    assert (service["needed"], service["had"], service["missing"]) == (180, 180, 0)
    assert service["used"] == [{"id": "nordlys", "days": 180}]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("2013-01-01", "2013-07-01", "it ends before it begins"),
        ("2013-06-29", "2014-06-02", "service that is still to come does not count"),
        ("2013-01-01", "1950-01-01", "a period of more than 60 years"),
        ("2013-01-01", "1953-06-28", "a period of more than 60 years"),
        ("2013-01-01", "2013-02-29", "a date such as 2012-01-01 is expected"),
        ("company", "employer", "employer is not known here; known: applicant"),
        ("lakarintyg,_day:_2014-01-10", "lakarintyg, day: 2014-06-02", "it is of a day after 2014-06-01"),
        ("id:_med", "id: nordlys", "nordlys is another record's already, in line 7"),
        ("SE.Lmt", "SE.Xyz", "there is no rule SE.Xyz"),
        ("on:_2014-06-01", "on: 2014-06-01\nlaw_of: 2011-06-01", "is not the law on 2011-06-01"),
        ("on:_2014-06-01", "on: 2014-06-01\nlaw_of: 2014-06-02", "law_of: 2014-06-02 is after 2014-06-01"),
        ("facts:", "facts:\n  complete: 2014-06-02", "complete: 2014-06-02 is after 2014-06-01"),
    ],
)
def test_a_slip_in_a_case_is_named(run: Run, was: str, now: str, said: str) -> None:
    code, output, complaints = run("evaluate", "case.yaml", **{was: now})
    assert (code, output) == (2, "")
    assert said in complaints


def test_a_machine_may_write_an_empty_list_where_it_knows_of_none(run: Run) -> None:
    code, output, _ = run("evaluate", "case.yaml", records="decided: []\n  records")
    assert (code, output[:5]) == (0, "AUTO:")


def test_a_code_that_no_list_has_is_told_beside_the_decision(run: Run) -> None:
    code, output, complaints = run("evaluate", "case.yaml", flag="flag")
    assert (code, complaints) == (0, "")
    code, output, complaints = run("evaluate", "case.yaml", **{"flag:_SE": "flag: se, rank: captian"})
    assert (code, output.split(":")[0]) == (0, "MANUAL")
    assert "perhaps a slip" in complaints
    assert "nordlys: rank captian; nordlys: flag se" in complaints


def test_denmarks_law_is_listed_by_its_own_names_and_in_english(run: Run) -> None:
    code, output, said = run("list", "--country", "DK", "--on", "2026-11-22")
    (line,) = [one for one in output.splitlines() if one.startswith("DK.fornyelse.maskinmester ")]
    assert "Fornyelse af sønæringsbevis som maskinmester · Renewal of an engineer's certificate" in line
    assert (code, said) == (0, "27 on 2026-11-22\n")
    found = json.loads(run("list", "--country", "DK", "--on", "2026-11-22", "--json")[1])
    assert {one["grants"] for one in found if one["kind"] == "renewal"} == {
        "DK.navigator",
        "DK.maskinmester",
        "DK.radio",
    }


def test_before_its_first_day_the_page_is_nobodys_law(run: Run) -> None:
    assert "0 on 2015-06-14" in run("list", "--country", "DK", "--on", "2015-06-14")[2]
    assert "20 on 2015-06-15" in run("list", "--country", "DK", "--on", "2015-06-15")[2]
