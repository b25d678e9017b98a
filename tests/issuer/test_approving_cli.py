"""From a file that an office writes to a signed certificate, each hand with a key of its own."""

import json
import shutil
from pathlib import Path
from typing import Final

import pytest
from support.approvers import COURSE, RULE, course, members, policy_at, row_of
from support.custody import ENGINE, PEOPLE
from support.desk import NUMBER, SEAFARER
from support.issuer_cli import Run
from support.scenario import competency

from issuer.domain.errors import InvalidInput
from issuer.services.approval import draft_file
from keys.custody import sealed_file
from keys.encoding import json_dumps

PASSPHRASE: Final = "en setning som bare én kan"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The key files of three people and of the rule engine."""
    folder = tmp_path_factory.mktemp("own")
    signers = {kid: PEOPLE[kid] for kid in ("anna-1", "bo-1", "clerk-1")} | {"engine-1": ENGINE}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
        for kid, signer in signers.items():
            sealed_file.seal(folder / kid, {kid: signer}, PASSPHRASE.encode())
    return {kid: str(folder / kid) for kid in signers}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A register that is begun; the services have their tests on PostgreSQL too."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'register.db')}"


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Run:
    """`ombord-issuer` where a policy is set."""
    policy = str(policy_at(tmp_path / "policy.json", members()))

    def command(*words: str, **environment: str) -> tuple[int, str, str]:
        ours = {"signing_policy": policy, "approver_passphrase": PASSPHRASE, **environment}
        return run(*words, **ours)

    return command


def read(office: Run, number: str = NUMBER) -> tuple[str, ...]:
    """What whoever has read the claims that wait says: these, and sign them without asking."""
    waiting = [json.loads(line) for line in office("pending", "--json")[1].splitlines()]
    (hashed,) = [one["claims_hash"] for one in waiting if one["document_number"] == number]
    return "--yes", "--claims", hashed


def file_of(folder: Path, *rows: object) -> str:
    path = folder / "drafts.json"
    path.write_bytes(json_dumps(list(rows)))  # type: ignore[arg-type] # what JSON can hold
    return str(path)


def test_from_a_draft_by_four_hands_to_paper(office: Run, own: dict[str, str], tmp_path: Path) -> None:
    code, said, complaints = office("draft", file_of(tmp_path, row_of(competency()), {"type": "gmdss"}))
    assert (code, said) == (1, f"{NUMBER}: drafted\n")
    assert "certificate 2: seafarer_id" in complaints
    said = office("pending")[1]
    assert f"family_name: {competency().holder.family_name}" in said
    assert "lacks: competency needs an approval, and there is none" in said
    assert json.loads(office("pending", "--json")[1])["lacks"] is not None
    assert office("propose", NUMBER, "--key", own["clerk-1"], *read(office))[0] == 0
    code, said, _ = office("approve", NUMBER, "--key", own["anna-1"], *read(office))
    assert said == f"{NUMBER}: drafted; lacks: approved by 1 of 2 persons in the role of officer\n"
    assert "not in-force" not in office("print", "--out", str(tmp_path / "paper"))[2]
    assert not list((tmp_path / "paper").glob("*.svg"))
    code, said, _ = office("approve", NUMBER, "--key", own["bo-1"], *read(office))
    assert said == f"{NUMBER}: in-force\n"
    assert office("pending")[2].endswith("nothing waits\n")
    code, said, complaints = office("print", "--out", str(tmp_path / "paper"))
    assert (code, complaints) == (0, "") or "Printing" in complaints
    assert list((tmp_path / "paper").glob("*.svg"))


def test_whoever_may_not_is_told_by_the_policys_rule(
    office: Run, own: dict[str, str], tmp_path: Path
) -> None:
    office("draft", file_of(tmp_path, row_of(competency())))
    office("propose", NUMBER, "--key", own["clerk-1"], *read(office))
    seen = read(office)
    for words, says in (
        (("approve", NUMBER, "--key", own["clerk-1"], *seen), "nobody's in the role of officer (roles)"),
        (("propose", NUMBER, "--key", own["anna-1"], *seen), "it is proposed already"),
        (("approve", NUMBER, "--key", own["anna-1"]), "nobody is here to say that this is right"),
        (("approve", NUMBER, "--key", own["engine-1"], *seen), "has engine-1: none of those can say this"),
        (("approve", NUMBER, "--key", str(tmp_path / "none"), *seen), "No such file"),
        (("approve", NUMBER), "an approval is signed with its approver's own key"),
        (("propose", NUMBER), "a proposal is signed"),
        (("approve",), "no certificate is named"),
        (("approve", NUMBER, "--key", own["anna-1"], "--yes"), "nothing says what that was"),
        (
            ("approve", NUMBER, "--key", own["anna-1"], *seen, "--claims", "more"),
            "1 of the hashes of --claims",
        ),
        (("approve", NUMBER, "--claims", "x"), "nothing is without a key"),
        (("approve", "NO-9", "--key", own["anna-1"], *seen), "no certificate NO-9"),
        (("approve", "--rule", "other-1", "--key", own["engine-1"]), "may be approved by other-1"),
        (("approve", NUMBER, "--rule", RULE, "--key", own["engine-1"]), "--rule goes with --key"),
        (("reject", "NO-9"), "no certificate NO-9"),
    ):
        code, said, complaints = office(*words)
        assert (code, said) == (2, ""), words
        assert says in complaints, words
    code, _, complaints = office(
        "approve", NUMBER, "--key", own["anna-1"], *seen, approver_passphrase="guessed"
    )
    assert code == 2
    assert "passphrase" in complaints


def import_another_expiry(run: Run, folder: Path) -> None:
    """What an extract says meanwhile of the same draft."""
    row = row_of(competency(), seafarer=None, expiry_date="2028-01-01")
    lines = (
        {"format": "ombord-register", "version": 1, "authority": "NO"},
        {"kind": "certificate", "seafarer_id": SEAFARER, "state": "drafted", **row},
    )
    path = folder / "changed.jsonl"
    path.write_bytes(b"".join(json_dumps(line) + b"\n" for line in lines))  # type: ignore[arg-type]
    assert run("import", str(path))[0] == 0


@pytest.mark.parametrize(("verb", "kid"), [("propose", "clerk-1"), ("approve", "anna-1")])
def test_claims_that_changed_after_they_were_shown_are_not_signed(
    run: Run, office: Run, own: dict[str, str], tmp_path: Path, verb: str, kid: str
) -> None:
    office("draft", file_of(tmp_path, row_of(competency())))
    if verb == "approve":
        office("propose", NUMBER, "--key", own["clerk-1"], *read(office))
    seen = read(office)

    def change_and_agree(*_: object, **__: object) -> bool:
        import_another_expiry(run, tmp_path)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin.isatty", lambda: True)
        patch.setattr("issuer.commands.approving.typer.confirm", change_and_agree)
        code, said, complaints = office(verb, NUMBER, "--key", own[kid])
    assert (code, said) == (2, "")
    assert f"{NUMBER}, as its claims stand now, is not in it" in complaints
    code, said, complaints = office(verb, NUMBER, "--key", own[kid], *seen)
    assert (code, said) == (2, "")
    assert f"the claims of {NUMBER} are not those that were read" in complaints
    assert "approval-refused" in office("audit", "show", "--event", "approval-refused")[1]
    assert json.loads(office("pending", "--json")[1])["said"] == []
    assert office("propose", NUMBER, "--key", own["clerk-1"], *read(office))[0] == 0


def test_a_whole_register_is_approved_by_its_rule_once(
    office: Run, own: dict[str, str], tmp_path: Path
) -> None:
    rows = [{**row_of(course(f"NO-CRS-{number}")), "state": "drafted"} for number in range(3)]
    holder = rows[0]["seafarer"]
    lines = [{"format": "ombord-register", "version": 1, "authority": "NO"}, {"kind": "seafarer", **holder}]  # type: ignore[dict-item]
    for row in rows:
        row.pop("seafarer")
        lines.append(
            {"kind": "certificate", "seafarer_id": holder["seafarer_id"], **row, "state": "in-force"}
        )  # type: ignore[index,call-overload]
    extract = tmp_path / "register.jsonl"
    extract.write_bytes(b"".join(json_dumps(line) + b"\n" for line in lines))
    assert office("import", str(extract))[0] == 0
    assert office("pending", "--state", "in-force")[1] == "".join(f"NO-CRS-{n}: course\n" for n in range(3))
    words = ("approve", "--rule", RULE, "--key", own["engine-1"], "--state", "in-force")
    refused = office("print", "--out", str(tmp_path / "early"))
    assert refused[0] == 1
    assert "S7 approval" in refused[2]
    assert office(*words, "--type", "medical")[0] == 2
    assert office(*words, "--type", "course")[1] == f"3 approved by {RULE}\n"
    assert office(*words)[1] == f"0 approved by {RULE}\n"
    assert office("pending", "--state", "in-force")[1] == ""
    assert office("print", "--out", str(tmp_path / "paper"))[0] == 0


DRAFT_FILES: list[tuple[bytes, str]] = [
    (b"[1]", "certificate 1: no mapping"),
    (b"- a: &b 1\n  c: *b\n", "aliases"),
    (b"a: 1\na: 2\n", "a key stands twice"),
    (b"\xff", "not YAML or JSON"),
    (b"{", "not YAML or JSON"),
    (b"[" * 400, "not YAML or JSON"),
    (b'{"format":"ombord-register","version":1,"authority":"SE"}', "line 1: the extract is of authority SE"),
    (b'{"format":"ombord-register","version":1,"authority":"NO"}\n{"kind":"ship"}', 'line 2: "kind"'),
    (b"x" * (draft_file.MAX_FILE + 1), "more than 16 MB"),
]


@pytest.mark.parametrize(("data", "says"), DRAFT_FILES)
def test_a_file_that_is_no_file_of_drafts_is_refused_with_its_line(data: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        list(draft_file.read(data, "NO"))


def test_yaml_and_rows_of_an_extract_say_the_same(tmp_path: Path) -> None:
    row = row_of(course())
    holder = row["seafarer"]
    assert isinstance(holder, dict)
    own = {"kind": "certificate", "seafarer_id": holder["seafarer_id"], **row_of(course(), seafarer=None)}
    head = {"format": "ombord-register", "version": 1, "authority": "NO"}
    lines = b"\n".join(json_dumps(one) for one in (head, {"kind": "seafarer", **holder}, own))
    (from_rows,) = draft_file.read(lines, "NO")
    yaml = f"type: course\ndocument_number: {COURSE}\nissue_date: 2026-11-22\nmedical: {{hearing: true}}\n"
    (from_yaml,) = draft_file.read(yaml.encode(), "NO")
    assert from_rows.members["seafarer"] == holder
    assert from_yaml.members == {
        "type": "course",
        "document_number": COURSE,
        "issue_date": "2026-11-22",
        "medical": {"hearing": True},
    }


def test_a_ships_document_is_drafted_and_printed_once_it_is_approved(
    run: Run, own: dict[str, str], tmp_path: Path
) -> None:
    policy = members()
    policy["types"]["safe-manning"] = {"persons": 1, "roles": ["officer"], "per_hour": 10}
    policy["keys"]["NO-2026a"]["signs"].append("safe-manning")
    path = str(policy_at(tmp_path / "policy.json", policy))
    ours = {"signing_policy": path, "approver_passphrase": PASSPHRASE}
    ship = tmp_path / "ship.yaml"
    ship.write_text(
        "document_number: NO-MSM-0001\nflag: NO\nship: {name: Havørn, gt: 8500, kw: 6000, "
        "type: general-cargo, area: near-coastal, ums: true}\nposts: [{capacity_code: master}]\n",
        encoding="utf-8",
    )
    words = ("manning", str(ship), "--out", str(tmp_path / "paper"))
    code, said, complaints = run(*words, **ours)
    assert (code, said) == (0, "")
    assert "it is drafted: once it is approved" in complaints
    assert complaints.rstrip().endswith("run this again")
    keyed = run("--idempotency-key", "manning-key-0001", *words, **ours)[2]
    assert "run this again under a new idempotency key" in keyed
    (line,) = run("pending", "--json", **ours)[1].splitlines()
    seen = ("--yes", "--claims", json.loads(line)["claims_hash"])
    approve = ("approve", "NO-MSM-0001", "--key", own["anna-1"], *seen)
    assert run(*approve, **ours)[1] == "NO-MSM-0001: in-force\n"
    assert run("--idempotency-key", "manning-key-0001", *words, **ours) == (0, "", keyed)
    assert run(*words, **ours)[1].startswith("1 printed into")
