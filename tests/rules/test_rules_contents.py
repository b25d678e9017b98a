"""`ombord-issuer rules contents`: what a document must contain, and what one in a file lacks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from issuer import cli

STATEMENT = """
seafarer: {name: Signe Åkær}
signed_on: {place: Esbjerg, day: 2025-01-15}
ship: {type: ro-ro, name: Sønderho, home_port: Fanø, call_sign: OXAB2, gt: 4500, kw: 3100}
position: {name: styrmand}
signed_off: {place: Esbjerg, day: 2025-04-14}
total: {months: 3, days: 0}
area: {name: Nordsøen}
signatures: {master: J. Holm, seafarer: S. Åkær}
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """The command, with statement.yaml where it runs."""

    def command(*words: str, text: str = STATEMENT) -> tuple[int, str, str]:
        (tmp_path / "statement.yaml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["ombord-issuer", "rules", "contents", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        output, complaints = capfd.readouterr()
        return int(ended.value.code or 0), output, complaints

    return command


def test_documents_and_their_fields_are_listed(run: Run) -> None:
    assert "DK.erhvervsdykkerbevis   BEK-861-2024           § 40, stk. 1" in run()[1]
    _, output, _ = run("DK.fartstidserklaering")
    assert "  6. Fartstid i alt (måneder og dage) · Service in all (months and days)" in output
    assert "     total: {months: number, days: number}" in output
    assert "credited: [{exam: text}, …], or [] for none" in run("DK.erhvervsdykkerbevis")[1]
    found = json.loads(run("DK.erhvervsdykkerbevis", "--json")[1])
    assert [one["number"] for one in found["fields"]] == [1, 2, 3, 4, 5, 6]
    assert len(json.loads(run("--json")[1])) == len(run()[1].splitlines())


def test_a_document_in_a_file_is_complete_or_says_what_it_lacks(run: Run) -> None:
    asked = ("DK.fartstidserklaering", "statement.yaml")
    assert run(*asked)[:2] == (0, "complete: Sea-service statement (Fartstidserklæring)\n")
    code, output, _ = run(*asked, text=STATEMENT.replace("months: 3", "months: 4").replace(", kw: 3100", ""))
    assert code == 1
    assert output.splitlines() == [
        "3. /ship/kw: The ship's type, name, home port, call sign, gross tonnage and kW: kw is missing",
        "6. /total: 4 months 0 days are stated; from 2025-01-15 to 2025-04-14 there are 3 months 0 days",
    ]
    code, output, _ = run(*asked, "--json", text=STATEMENT.replace("J. Holm", "1"))
    (flaw,) = json.loads(output)["flaws"]
    assert (code, flaw["pointer"], flaw["code"]) == (1, "/signatures/master", "not-text")


def test_another_document_and_a_file_that_is_none_are_said(run: Run) -> None:
    code, _, complaints = run("DK.bevis")
    assert code == 2
    assert "known: DK.fartstidserklaering, DK.erhvervsdykkerbevis" in complaints
    assert "names and values are expected" in run("DK.fartstidserklaering", "statement.yaml", text="- 1")[2]
    assert "cannot be read: No such file" in run("DK.fartstidserklaering", "other.yaml")[2]
