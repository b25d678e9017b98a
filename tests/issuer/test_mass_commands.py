"""`affected`, `mass` and `work` as an operator types them."""

import json
from pathlib import Path

import pytest
from support.desk import Desk
from support.issuer_cli import Run


@pytest.fixture
def printed(run: Run, desk: Desk) -> list[str]:
    """Three certificates in force, each on paper."""
    numbers = desk.enter_many(3)
    desk.printing.sign(desk.printing.requests(numbers))
    return numbers


def test_affected_certificates_are_listed_counted_and_told_to_scripts(run: Run, printed: list[str]) -> None:
    code, output, _ = run("affected", "--key", "NO-2026a")
    assert (code, [line.split()[0] for line in output.splitlines()]) == (0, printed)
    assert run("affected", "--key", "NO-2026a", "--count")[1] == "3 certificates with 3 credentials\n"
    _, output, complaints = run("affected", "--key", "NO-2026a", "--json", "--limit", "2")
    shown = [json.loads(line) for line in output.splitlines()]
    assert [one["credentials"][0]["key"] for one in shown] == ["NO-2026a"] * 2
    assert "there are more" in complaints


@pytest.mark.parametrize(
    ("words", "said"),
    [((), "an empty selection is the whole register"), (("--key", "NO-1999a"), "has the key NO-1999a"),
     (("--rule", "stcw/1"), "has the rule stcw/1"), (("--rule", "x" * 101), "1 to 100 printable"),
     (("--from", "2026-11-22", "--to", "2026-11-20"), "ends before it begins")],
)  # fmt: skip
def test_selection_that_means_nothing_is_refused(
    run: Run, printed: list[str], words: tuple[str, ...], said: str
) -> None:
    for command in (("affected",), ("mass", "revoke", "--reason", "x", "--yes")):
        code, output, complaints = run(*command, *words)
        assert (code, output) == (2, "")
        assert said in complaints


def test_operation_is_counted_confirmed_done_and_shown(run: Run, printed: list[str], tmp_path: Path) -> None:
    (tmp_path / "numbers").write_text("\n".join(printed[:2]) + "\n", "ascii")
    wanted = ("--numbers", str(tmp_path / "numbers"), "--reason", "a forged course")
    code, output, complaints = run("mass", "suspend", *wanted, "--dry-run")
    assert (code, output) == (0, "")
    assert "suspend: 2 certificates meet the selection" in complaints
    assert "nobody is here to be asked" in run("mass", "suspend", *wanted)[2]
    assert run("mass", "list")[1] == ""
    begun = "operation 1: suspend 2 certificates, running, 0 done, 0 refused, 2 left\n"
    assert run("mass", "suspend", *wanted, "--yes")[1] == begun
    assert run("work", "--once")[0] == 0
    shown = json.loads(run("mass", "show", "1", "--json")[1])
    assert (shown["state"], shown["done"], shown["left"]) == ("finished", 2, 0)
    assert "2 done" in run("mass", "list")[1]
    assert "a forged course" in run("mass", "show", "1")[1]
    assert run("affected", "--state", "suspended", "--count")[1].startswith("2 certificates")


def test_decisions_about_what_is_not_there_are_refused(run: Run, printed: list[str]) -> None:
    for what in ("show", "pause", "resume", "cancel", "approve"):
        code, _, complaints = run("mass", what, "7")
        assert (code, "there is no mass operation 7" in complaints) == (2, True)
