"""`ombord-issuer`: what operators type, and what they are told when something is wrong."""

import json
import os
import shlex
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.desk import HEAD, NUMBER, SEAFARER
from support.issuer_app import KEYS
from support.issuer_cli import Run

from demo import faces
from issuer.adapters.database import Database
from keys.encoding import json_dumps
from keys.trust.allow_list import AllowList


def certificates(extract: Path, state: str = "in-force") -> list[dict[str, str]]:
    rows = [json.loads(line) for line in extract.read_bytes().splitlines()[1:]]
    tomorrow = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    good = [row for row in rows if row["kind"] == "certificate" and row["state"] == state]
    return [row for row in good if row.get("expiry_date", "9999-12-31") > tomorrow]


def test_import_reports_and_repeats(run: Run, extract: Path) -> None:
    rows = len(extract.read_bytes().splitlines()) - 1
    assert run("import", str(extract))[:2] == (0, f"{rows} added, 0 changed, 0 unchanged, 0 rejected\n")
    assert run("import", str(extract))[:2] == (0, f"0 added, 0 changed, {rows} unchanged, 0 rejected\n")


def test_import_names_bad_rows_and_says_so_in_its_exit_code(run: Run, extract: Path) -> None:
    extract.write_bytes(extract.read_bytes() + b'{"kind":"ship"}\n' * 30)
    code, output, complaints = run("import", str(extract))
    assert (code, "30 rejected" in output) == (1, True)
    assert complaints.count('"kind" is neither') == 20
    assert "and 10 more" in complaints


def test_a_certificates_whole_life(run: Run, extract: Path, tmp_path: Path) -> None:
    run("import", str(extract))
    one, two, three, *_ = [row["document_number"] for row in certificates(extract)]
    assert run("print", one, two, "--out", str(tmp_path / "paper"))[0] == 0
    assert (tmp_path / "paper" / f"{one}.svg").exists()
    assert run("suspend", one, "--reason", "a casualty")[0] == 0
    assert run("reinstate", one)[0] == 0
    assert run("revoke", one, "--as", "cancelled")[:2] == (0, f"{one} is cancelled; publish to tell ships\n")
    assert run("revoke", two)[0] == 0
    code, output, complaints = run("replace", three, "--by", "NO-NEW-1")
    assert (code, output) == (2, "")
    assert f"a copy of {three} under it, say --copy" in complaints
    code, output, _ = run("replace", three, "--by", "NO-NEW-1", "--copy")
    assert (code, output) == (
        0,
        f"{three} is replaced by NO-NEW-1, a copy of {three}; publish to tell ships\n",
    )
    code, output, _ = run("publish", "--out", str(tmp_path / "public"))
    assert (code, "1.jwt" in output) == (0, True)
    code, _, complaints = run("print", one, "--out", str(tmp_path / "paper"))
    assert code == 1
    assert f"error: certificate {one} is not signed: cancelled" in complaints


def test_allow_list_of_a_stolen_key_needs_no_private_key(run: Run, extract: Path, tmp_path: Path) -> None:
    run("import", str(extract))
    one = certificates(extract)[0]["document_number"]
    run("print", one, "--out", str(tmp_path / "paper"))
    words = ("allow-list", KEYS.certificate_kid, "--out", str(tmp_path / "list.bin"))
    code, output, complaints = run(*words, sealed_keys="/nowhere", passphrase="")
    assert (code, output) == (0, f"1 credentials of NO-2026a in {tmp_path}/list.bin\n")
    assert "--state allow-list-only" in complaints
    assert len(AllowList.read((tmp_path / "list.bin").read_bytes(), "NO-2026a")) == 1
    code, output, complaints = run("allow-list", "NO-2020a", "--out", str(tmp_path / "other.bin"))
    assert (code, output, "keys that signed credentials: NO-2026a" in complaints) == (2, "", True)
    assert not (tmp_path / "other.bin").exists()


def test_offer_for_scripts_and_for_people(run: Run, extract: Path, tmp_path: Path) -> None:
    run("import", str(extract))
    row = certificates(extract)[0]
    code, output, _ = run("offer", row["seafarer_id"], "--json", "--qr", str(tmp_path / "offer.svg"))
    assert code == 0
    made = json.loads(output)
    assert made["link"].startswith("openid-credential-offer://")
    assert len(made["tx_code"]) == 6
    assert (tmp_path / "offer.svg").read_text().startswith("<")
    code, output, _ = run("offer", "--certificate", row["document_number"])
    assert (code, "1 certificates, until" in output) == (0, True)
    code, output, complaints = run("rebind", row["seafarer_id"])
    assert (code, "transaction code" in output) == (0, True)
    assert "0 credentials of the old phone are replaced" in complaints


def test_export_goes_to_a_file_or_to_standard_output(run: Run, extract: Path, tmp_path: Path) -> None:
    run("import", str(extract))
    code, output, _ = run("export")
    assert (code, len(output.splitlines())) == (0, len(extract.read_bytes().splitlines()))
    assert run("export", str(tmp_path / "out.jsonl"))[0] == 0
    assert (tmp_path / "out.jsonl").read_text() == output
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o077 == 0  # personal data


def test_photographs_one_by_one_and_by_the_folder_and_out_again(
    run: Run, extract: Path, tmp_path: Path
) -> None:
    run("import", str(extract))
    rows = [json.loads(line) for line in extract.read_bytes().splitlines()]
    one, two, three = [row["seafarer_id"] for row in rows if row.get("kind") == "seafarer"]
    assert faces.main([str(extract), str(tmp_path / "faces")]) == 0
    file = str(tmp_path / "faces" / f"{one}.jpg")
    assert run("portrait", one, file)[:2] == (0, f"{one}: the photograph is stored\n")
    (tmp_path / "faces" / f"{three}.jpg").write_bytes(b"no face")
    (tmp_path / "faces" / "00000000.png").write_bytes((tmp_path / "faces" / f"{two}.jpg").read_bytes())
    (tmp_path / "faces" / "notes.txt").write_text("not looked at")
    code, output, complaints = run("portraits", str(tmp_path / "faces"))
    assert (code, output) == (1, "1 stored, 1 unchanged, 2 refused\n")
    assert f"{three}.jpg: that is no JPEG, PNG or WebP picture" in complaints
    assert "00000000.png: no certificates of seafarer 00000000" in complaints
    assert run("export", str(tmp_path / "out.jsonl"), "--portraits", str(tmp_path / "out"))[0] == 0
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sorted([one, two])
    assert run("portraits", str(tmp_path / "out"))[:2] == (0, "0 stored, 2 unchanged, 0 refused\n")
    assert run("export", str(tmp_path / "out.jsonl"), "--portraits", str(tmp_path / "out"))[0] == 0
    assert run("portrait", one, "--remove")[0] == 0
    code, _, complaints = run("export", str(tmp_path / "out.jsonl"), "--portraits", str(tmp_path / "out"))
    assert code == 2
    assert f"holds a picture that the register does not: {one}" in complaints
    assert run("portraits", str(tmp_path / "out"))[:2] == (0, "1 stored, 1 unchanged, 0 refused\n")


def test_of_two_pictures_of_one_seafarer_neither_is_taken(run: Run, extract: Path, tmp_path: Path) -> None:
    run("import", str(extract))
    folder = tmp_path / "faces"
    assert faces.main([str(extract), str(folder)]) == 0
    one, *others = sorted(folder.iterdir())
    one.with_suffix(".png").write_bytes(others[0].read_bytes())
    code, output, complaints = run("portraits", str(folder))
    assert (code, output) == (1, f"{len(others)} stored, 0 unchanged, 2 refused\n")
    assert complaints.count("another picture is of the same seafarer") == 2
    assert run("portrait", one.stem, "--remove")[0] == 2  # none was stored


def test_safe_manning_document_of_a_file_becomes_paper(run: Run, extract: Path, tmp_path: Path) -> None:
    run("import", str(extract))
    file = tmp_path / "ship.yaml"
    file.write_text(
        "document_number: NO-MSM-7\nflag: NO\nship: {name: Nordlys}\nposts: [{capacity_code: master}]\n"
    )
    code, output, complaints = run("manning", str(file), "--out", str(tmp_path / "paper"), "--pdf")
    assert (code, "1 printed into" in output) == (0, True), complaints
    assert "NO-MSM-7, Nordlys: entered" in complaints
    names = {path.suffix for path in (tmp_path / "paper").iterdir()}
    assert names == {".txt", ".svg", ".pdf", ".csv"}
    assert "as it was entered" in run("manning", str(file), "--out", str(tmp_path / "paper"))[2]
    assert run("suspend", "NO-MSM-7")[0] == 0
    code, _, complaints = run("manning", str(file), "--out", str(tmp_path / "paper"))
    assert (code, "is not signed: suspended" in complaints) == (1, True)


@pytest.mark.parametrize(
    ("words", "environment", "says"),
    [
        (["import", "/nowhere.jsonl"], {}, "No such file"),
        (["suspend", "NO-NONE"], {}, "no certificate NO-NONE"),
        (["offer"], {}, "needs a seafarer id or document numbers"),
        (["offer", SEAFARER], {}, f"no certificates of seafarer {SEAFARER}"),
        (["rebind", "00000000"], {}, "no certificates of seafarer"),
        (["publish"], {"passphrase": "wrong"}, "wrong passphrase"),
        (["publish"], {"sealed_keys": "/nowhere"}, "No such file"),
        (["publish"], {"certificate_kid": "NO-1999"}, "no key NO-1999"),
        (["print"], {}, "no certificate is in force"),
        (["export"], {"flag": "norway"}, "flag"),
        (["export"], {"database_url": "sqlite:////nowhere/x.db"}, "no register at /nowhere/x.db"),
        (["export"], {"database_url": "oracle://x"}, "oracle"),
        (["export", "/nowhere/x.jsonl"], {}, "cannot be written"),
        (["publish", "--out", "/dev/null/x"], {}, "cannot be written"),
        (["revoke", NUMBER, "--as", "eaten"], {}, "eaten"),
        (["portrait", SEAFARER], {}, "give a photograph or --remove"),
        (["portrait", SEAFARER, "/nowhere.jpg"], {}, "No such file"),
        (["portrait", SEAFARER, "/dev/zero"], {}, "pipe or device"),
        (["portrait", SEAFARER, __file__], {}, "no JPEG, PNG or WebP picture"),
        (["portrait", SEAFARER, "--remove"], {}, "no photograph of seafarer"),
        (["portraits", "/nowhere"], {}, "No such file"),
        (["manning", "/nowhere.yaml"], {}, "No such file"),
        (["manning", __file__], {}, "error: "),
        (["fly"], {}, "No such command"),
    ],
)
def test_bad_input_ends_in_an_error_and_no_traceback(
    run: Run, words: list[str], environment: dict[str, str], says: str
) -> None:
    code, _, complaints = run(*words, **environment)
    assert code == 2
    assert says in complaints
    assert "rror: " in complaints
    assert "Traceback" not in complaints


@pytest.mark.parametrize(
    "words", [["revoke", NUMBER], ["offer", SEAFARER], ["export"], ["print"], ["publish"]]
)
def test_in_the_wrong_folder_a_command_says_so_and_makes_nothing(
    run: Run, words: list[str], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code, output, complaints = run(*words, database_url=f"sqlite:///{elsewhere}/ombord.db")
    assert (code, output) == (2, "")
    assert f"error: there is no register at {elsewhere}/ombord.db" in complaints
    assert "OMBORD_DATABASE_URL" in complaints
    assert list(elsewhere.iterdir()) == []


def test_relative_address_is_shown_in_full(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ombord.db").touch()  # there, and no register yet
    _, _, complaints = run("export", database_url="sqlite:///ombord.db")
    assert f"there is no register at {tmp_path}/ombord.db" in complaints


def test_publishing_before_the_first_credential_says_that_there_is_no_list(run: Run, tmp_path: Path) -> None:
    code, _, complaints = run("publish", "--out", str(tmp_path / "public"))
    assert (code, "there is no status list yet" in complaints) == (0, True)


def test_import_makes_a_register_once_and_says_where(run: Run, extract: Path, tmp_path: Path) -> None:
    new = f"sqlite:///{tmp_path}/new.db"
    assert run("import", str(tmp_path / "misspelt.jsonl"), database_url=new)[0] == 2
    assert not (tmp_path / "new.db").exists()
    assert f"made a new register at {tmp_path}/new.db" in run("import", str(extract), database_url=new)[2]
    assert "made a new register" not in run("import", str(extract), database_url=new)[2]
    assert run("export", database_url=new)[0] == 0


@pytest.mark.parametrize("words", [["offer"], ["offer", "00000000"], ["rebind", "00000000"]])
def test_whom_to_offer_to_is_missing_or_unknown_and_the_hint_says_what_to_give(
    run: Run, words: list[str]
) -> None:
    code, _, complaints = run(*words)
    assert code == 2
    assert "hint: " in complaints
    assert "seafarer's id" in complaints


def test_extract_of_another_authority_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dk.jsonl").write_bytes(json_dumps({**HEAD, "authority": "DK"}))
    code, _, complaints = run("import", str(tmp_path / "dk.jsonl"))
    assert (code, "is of authority DK" in complaints) == (2, True)


def test_no_passphrase_and_nobody_to_ask(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = json.loads((tmp_path / "ombord.yaml").read_text())
    (tmp_path / "ombord.yaml").write_text(json.dumps({**config, "passphrase": None}))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    code, _, complaints = run("publish")
    assert (code, "OMBORD_PASSPHRASE" in complaints) == (2, True)


@pytest.mark.loopback
def test_serve_makes_a_register_too_and_says_where(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Database] = []
    monkeypatch.setattr("issuer.logs.configure", lambda: None)  # it changes logging for the whole process
    monkeypatch.setattr("uvicorn.Server.run", lambda server, sockets: [one.close() for one in sockets])
    monkeypatch.setattr("issuer.serving._application", lambda services: opened.append(services.database))
    new = f"sqlite:///{tmp_path}/served.db"
    assert f"made a new register at {tmp_path}/served.db" in run("serve", "--port", "0", database_url=new)[2]
    opened[0].close()


@pytest.mark.loopback
def test_port_in_use_says_so(run: Run) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    code, _, complaints = run("serve", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1]))
    taken.close()
    assert (code, "address already in use" in complaints) == (2, True)
    assert "hint: " in complaints


NO_TEXT = "\udcff"  # what Python makes of the byte FF in an argument


@pytest.mark.parametrize(
    "words",
    [
        ["suspend", NO_TEXT],
        ["reinstate", NO_TEXT],
        ["revoke", NO_TEXT],
        ["replace", NO_TEXT],
        ["replace", NUMBER, "--by", NO_TEXT],
        ["suspend", NUMBER, "--reason", NO_TEXT],
        ["suspend", NUMBER, "--reason", "a\x1b[2Jb"],
        ["print", NO_TEXT],
        ["offer", NO_TEXT],
        ["offer", "--certificate", NO_TEXT],
        ["rebind", NO_TEXT],
        ["import", NO_TEXT],
        ["export", f"/nowhere/{NO_TEXT}"],
    ],
)
def test_argument_that_is_no_text_is_refused(run: Run, words: list[str]) -> None:
    code, output, complaints = run(*words)
    assert (code, output) == (2, "")
    assert complaints.startswith("error: ")
    assert "Traceback" not in complaints


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_port_that_no_machine_has_is_refused(run: Run, port: str) -> None:
    code, _, complaints = run("serve", f"--port={port}")
    assert (code, "port" in complaints) == (2, True)


def test_print_pdf_writes_a_page_for_each_code(run: Run, extract: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="typst is not installed: it comes with the issuer extra")
    run("import", str(extract))
    code, said, _ = run("print", "--pdf", "--out", str(tmp_path / "paper"))
    assert code == 0, said
    codes = sorted(path.stem for path in (tmp_path / "paper").glob("*.txt"))
    pages = sorted((tmp_path / "paper").glob("*.pdf"))
    assert [path.stem for path in pages] == codes != []
    assert all(path.read_bytes().startswith(b"%PDF-1.7") for path in pages)


def test_nothing_that_is_printed_moves_the_cursor_or_turns_text_around(run: Run, tmp_path: Path) -> None:
    code, _, complaints = run("import", str(tmp_path / "a\x1b[2J\u202eb.jsonl"))
    assert code == 2
    assert r"a\u{001b}[2J\u{202e}b.jsonl" in complaints
    (tmp_path / "no.jsonl").write_bytes(json_dumps(HEAD) + b'\n{"kind":"seafarer","x\\u202e\\u001b[2J":1}\n')
    complaints = run("import", str(tmp_path / "no.jsonl"))[2]
    assert complaints.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("command", "streams", "said"),
    [
        ("export", ">/dev/full", True),
        ("import {extract}", ">/dev/full", True),
        ("export", ">&-", True),
        ("import {extract}", ">&-", True),
        ("suspend NO-NONE", "2>&-", False),
        ("suspend NO-NONE", "2>/dev/full", False),
        ("suspend NO-NONE", "<&- >/dev/null 2>&-", False),
    ],
)
def test_output_that_cannot_be_written_ends_in_a_sentence(
    run: Run, extract: Path, tmp_path: Path, command: str, streams: str, said: bool
) -> None:
    run("import", str(extract))
    program = f"{shlex.quote(sys.executable)} -c 'from issuer.cli import main; main()'"
    words = f"--config {tmp_path}/ombord.yaml {command.format(extract=extract)}"
    outside = {name: value for name, value in os.environ.items() if not name.startswith("OMBORD_")}
    done = subprocess.run(
        ["bash", "-c", f"{program} {words} {streams}"],
        env=outside,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert ("error: standard output" in done.stderr) == said
