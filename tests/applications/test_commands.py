"""`apply`, `decide`, `explain` and `cases …` as an operator types them."""

import json
from pathlib import Path

import pytest
from support.issuer_cli import Run, run, sealed

from keys.encoding import json_dumps

__all__ = ["run", "sealed"]
OURS = {"flag": "SE", "time_zone": "Europe/Stockholm", "authority_name": "Transportstyrelsen"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Where `run` works."""
    return sqlite_url


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Run:
    """`ombord-issuer` of a Swedish authority with one seafarer in its register."""

    def command(*words: str) -> tuple[int, str, str]:
        return run(*words, **OURS)

    rows = [
        {"format": "ombord-register", "version": 1, "authority": "SE"},
        {
            "kind": "seafarer",
            "seafarer_id": "7K3M9QXA",
            "family_name": "Åkerlind",
            "birth_date": "1995-05-01",
        },
    ]
    extract = tmp_path / "se.jsonl"
    extract.write_bytes(b"".join(json_dumps(row) + b"\n" for row in rows))  # type: ignore[arg-type]
    assert command("import", str(extract))[0] == 0
    return command


def test_from_a_wish_to_a_certificate_by_hand(office: Run) -> None:
    told = office("apply", "7K3M9QXA", "SE.Lmt", "--preview", "--language", "sv")[1]
    assert "2 kap. 12 §" in told
    assert "fee: not known: the sources do not say (SFS 2011:1533, 6 kap. 3 §)" in told
    code, told, _ = office("apply", "7K3M9QXA", "SE.Lmt", "--kind", "renewal")
    assert code == 0
    case, _, state = told.strip().partition(": ")
    assert state == "manual", "the ordinance does not say what renews it"
    assert office("cases", "list")[1] == f"{case} manual renewal SE.Lmt 7K3M9QXA - -\n"
    code, told, said = office("decide", case, "grant", "--reason", "as the agency's regulations say")
    assert (code, told) == (0, f"{case}: issuing\n")
    assert "ombord-issuer work --once" in said
    assert office("work", "--once")[0] == 0
    shown = office("cases", "show", case)[1]
    assert f"{case}: issued, renewal of SE.Lmt for 7K3M9QXA" in shown
    assert "possible: nothing more" in shown
    assert office("cases", "replay", case)[1].count("the same, to the last reason") == 2
    for language, word in {"sv": "Lättmatros", "en": "atch"}.items():
        assert word in office("explain", case, "--language", language)[1]
    said = json.loads(
        office("cases", "statistics", "--from", "2020-01-01", "--to", "2099-01-01", "--json")[1]
    )
    assert (said["submitted"], said["issued"], said["automatic_share"]) == (1, 1, 0.0)


def test_refusal_needs_a_hearing_and_says_what_comes_next(office: Run) -> None:
    case = office("apply", "7K3M9QXA", "SE.Lmt", "--kind", "renewal")[1].partition(":")[0]
    code, told, said = office("decide", case, "refuse", "--reason", "nothing was shown")
    assert (code, told) == (0, f"{case}: hearing\n")
    assert "the applicant may answer until" in said
    code, _, said = office("decide", case, "refuse", "--reason", "nothing was shown")
    assert code == 2
    assert "may answer until" in said
    assert office("cases", "answer", case, "--text", "I have nothing to show")[0] == 0
    code, told, said = office("decide", case, "refuse", "--reason", "nothing was shown")
    assert (code, told) == (0, f"{case}: hearing\n")
    assert f"ombord-issuer cases second {case} --agree" in said
    code, _, said = office("cases", "second", case, "--agree")
    assert (code, "whoever put it forward is not the second person" in said) == (2, True)
    assert office("cases", "withdraw", case, "--reason", "by letter")[1] == f"{case} is withdrawn\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("apply", "7K3M9QXA", "SE.Lmt", "--language", "fi"), "no explanations in fi"),
        (("apply", "7K3M9QXA", "DK.radio"), "law of DK"),
        (("cases", "show", "SE26-00000000"), "there is no case SE26-00000000"),
        (("cases", "draw", "SE26-00000000"), "there is no case SE26-00000000"),
        (("explain", "SE26-00000000"), "hint: check its number: ombord-issuer cases list"),
    ],
)
def test_what_was_typed_wrongly_is_said_with_what_to_do(
    office: Run, words: tuple[str, ...], says: str
) -> None:
    code, told, said = office(*words)
    assert (code, told) == (2, "")
    assert says in said
