"""Checkpoints of logs in sea packs: carried when asked for, kept aboard, and a rewritten log is named."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.log_keys import SIGNER
from support.ship_store import Shore, ombord_verify
from support.simulator import NOW, Authority

from keys.signer import SoftwareSigner
from keys.transparency import consistency
from keys.transparency.checkpoint import Checkpoint, sign
from keys.transparency.entry import leaf
from keys.transparency.merkle import Frontier, Node, prove_consistency
from keys.trust.directory import LOG
from verifier import checkpoints, pack, pack_logs
from verifier.pack import PackError
from verifier.pack_logs import Carried

ORIGIN = "no.example/log"
LEAVES = [leaf(bytes(16), b"%d" % n) for n in range(40)]


def note(size: int, *, other: bool = False, origin: str = ORIGIN, signer: SoftwareSigner = SIGNER) -> str:
    """A checkpoint of the log, or of one in which the first entry is another."""
    leaves = [LEAVES[39] if other else LEAVES[0], *LEAVES[1:size]]
    return sign(Checkpoint(origin, size, Frontier().append(leaves)[0].root), signer)


def proof(old: int, new: int) -> str:
    nodes = {Node(0, n): one for n, one in enumerate(LEAVES[:new])}
    nodes |= dict(Frontier().append(LEAVES[:new])[1])
    return consistency.to_text(prove_consistency(old, new, lambda wanted: [nodes[one] for one in wanted]))


class Port:
    """A shore that publishes a log, and a ship that takes its packs."""

    def __init__(self, folder: Path) -> None:
        norway = Authority("NO", at=NOW)
        norway.add_key(LOG, signer=SIGNER)
        self.shore = Shore(folder / "shore", norway, Authority("DK", at=NOW))
        self.log = folder / "log"
        self.log.mkdir()
        self.plain = self.shore.pack()

    def publish(self, size: int, *, since: int = 0, **changes: object) -> None:
        made = note(size, **changes)  # type: ignore[arg-type] # as a test says
        (self.log / "checkpoint").write_text(made)
        (self.log / f"{size}.checkpoint").write_text(made)
        if since:
            (self.log / f"{size}.proof").write_text(proof(since, size))

    def pack(self, name: str, *more: str) -> Path:
        out = self.shore.folder / name
        places = (
            "--directory",
            self.shore.folder / "directory",
            "--lists",
            self.shore.folder / "lists-sea.pack",
        )
        made = ombord_verify("pack", "build", *places, "--logs", self.log, "--out", out, *more)
        assert made.code == 0, made.err
        return out

    def take_in(self, file: Path) -> str:
        done = ombord_verify("pack", "import", file, "--root", self.shore.root)
        assert done.code == 0, done.err
        return done.out


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Port:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    return Port(tmp_path)


def shown() -> dict[str, object]:
    found: dict[str, object] = ombord_verify("pack", "show", "--json").report["authorities"][1]["log"]
    return found


def test_checkpoints_come_with_packs_and_a_log_that_grew_is_shown_to(port: Port) -> None:
    port.take_in(port.plain)
    assert shown() is None
    port.publish(5)
    assert "log" not in port.take_in(port.pack("first"))
    port.publish(9, since=5)
    assert "NO: its log grew from 5 to 9 entries; none of the old ones changed" in port.take_in(
        port.pack("b")
    )
    port.publish(12, since=9)
    (port.log / "12.proof").unlink()
    assert "the pack has no proof that none of the old ones changed" in port.take_in(port.pack("c"))
    assert port.take_in(port.pack("again")).count("log") == 0
    log = shown()
    assert (log["origin"], log["entries"], log["checkpoints"], log["findings"]) == (ORIGIN, 12, 3, [])
    assert "log 12 entries, a checkpoint that came" in ombord_verify("pack", "show").out


def test_a_rewritten_log_is_named_for_ever_and_the_evidence_kept(port: Port, tmp_path: Path) -> None:
    port.publish(5)
    port.take_in(port.pack("first"))
    port.publish(5, other=True)
    said = port.take_in(port.pack("second"))
    finding = "NO: LOG REWRITTEN: two trees of 5 entries are signed; both are kept as evidence"
    assert finding in said
    for size in range(6, 40):
        port.publish(size)
        port.take_in(port.pack(str(size)))
    assert shown()["findings"] == [finding]
    assert finding in ombord_verify("pack", "show").out
    kept = json.loads((tmp_path / "home" / checkpoints.FILE).read_bytes())["logs"]["NO"]["met"]
    assert [one["note"] for one in kept][:2] == [note(5), note(5, other=True)]


def test_what_contradicts_without_two_signatures_convicts_nobody(port: Port) -> None:
    port.publish(5)
    first = port.pack("first")
    port.take_in(first)
    contents = pack.read(first.read_bytes())
    stranger = SoftwareSigner.generate(SIGNER.algorithm)
    for changed, says in (
        (
            {"log/NO.checkpoint": note(5, other=True, signer=stranger).encode()},
            "passed over: no key of the log",
        ),
        ({"log/NO.checkpoint": b"nonsense\n"}, "passed over: a checkpoint is lines"),
        ({"log/DK.checkpoint": note(5, origin="dk.example/log").encode()}, "DK: a checkpoint of its log"),
        ({"log/NO.checkpoint": note(7).encode(), "log/NO.5.proof": bytes(64)}, "NOT PROVEN"),
    ):
        file = first.with_name("changed")
        file.write_bytes(pack.build({**contents.files, **changed}, contents.lists))
        assert says in port.take_in(file)
    assert (shown()["entries"], shown()["findings"]) == (7, [])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("log/NO.txt", b"x\n"),
        ("log/no.checkpoint", b"x\n"),
        ("log/NO.05.proof", b"x\n"),
        ("log/NO.5.proof", b"x\n"),  # of no checkpoint
        ("log/a/NO.checkpoint", b"x\n"),
        ("log/NO.checkpoint", b"x" * (pack_logs.MAX_CHECKPOINT + 1)),
    ],
)
def test_a_pack_with_something_else_in_the_logs_folder_is_refused(port: Port, name: str, data: bytes) -> None:
    contents = pack.read(port.plain.read_bytes())
    file = port.plain.with_name("changed")
    file.write_bytes(pack.build({**contents.files, name: data}, contents.lists))
    done = ombord_verify("pack", "import", file, "--root", port.shore.root)
    assert (done.code, "the sea pack holds" in done.err) == (3, True)


def test_updates_and_exports_carry_the_newest_checkpoint(
    port: Port, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port.publish(5)
    first = port.pack("first")
    port.publish(9, since=5)
    update = port.pack("update", "--since", str(first))
    assert set(pack.read(update.read_bytes()).files) == {"log/NO.checkpoint", "log/NO.5.proof"}
    port.take_in(first)
    assert "none of the old ones changed" in port.take_in(update)
    assert ombord_verify("pack", "export", tmp_path / "out.pack").code == 0
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "another"))
    port.take_in(tmp_path / "out.pack")
    assert shown()["entries"] == 9


def test_a_log_beside_the_lists_is_no_list(port: Port) -> None:
    port.publish(5)
    lists = port.shore.folder / "lists-sea.pack"
    port.log.rename(lists / "log")
    ashore, out = port.shore.folder, port.shore.folder / "again"
    done = ombord_verify("pack", "build", ashore / "directory", "--lists", lists, "--out", out)
    assert done.code == 0, done.err
    assert out.read_bytes() == port.plain.read_bytes()


def test_a_damaged_file_of_checkpoints_stops_no_import_and_is_kept(port: Port, tmp_path: Path) -> None:
    port.publish(5)
    file = port.pack("first")
    port.take_in(file)
    home = tmp_path / "home"
    (home / checkpoints.FILE).write_text("{")
    assert "damaged" in ombord_verify("pack", "show").out
    assert "kept as checkpoints.damaged, and begun anew" in port.take_in(file)
    assert (home / "checkpoints.damaged").read_text() == "{"
    assert shown()["entries"] == 5


def test_a_folder_that_is_no_log_of_the_directory_is_not_packed(port: Port) -> None:
    for text, says in (
        (note(5, origin="se.example/log"), "the directory knows nobody whose log is se.example/log"),
        (note(5, signer=SoftwareSigner.generate(SIGNER.algorithm)), "no key of the log"),
        ("x\n", "a checkpoint is lines"),
    ):
        (port.log / "checkpoint").write_text(text)
        places = ("--directory", port.shore.folder / "directory", "--logs", port.log, "--out", port.log / "o")
        done = ombord_verify("pack", "build", *places)
        assert (done.code, says in done.err) == (3, True), done.err


@given(
    st.dictionaries(
        st.from_regex("log/[A-Z.a-z0-9]{1,12}", fullmatch=True), st.binary(min_size=1, max_size=9)
    )
)
def test_whatever_lies_there_is_read_or_refused(logs: dict[str, bytes]) -> None:
    try:
        found = pack_logs.read(logs)
    except PackError:
        return
    files = {
        name: data for flag, one in found.items() for name, data in pack_logs.files_of(flag, one).items()
    }
    assert files == logs
    assert all(isinstance(one, Carried) for one in found.values())
