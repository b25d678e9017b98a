"""An auditor's check of two checkpoints: what it says, and with which exit code."""

from pathlib import Path

import pytest
from support.ship_store import Run, ombord_verify

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency import consistency
from keys.transparency.checkpoint import Checkpoint, LogKey, sign
from keys.transparency.merkle import Frontier, Node, leaf_hash, prove_consistency

ORIGIN = "certificates.sdir.example/no/log"
SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
NEXT_SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(1, 33)))
KEY, NEXT_KEY = (LogKey(ORIGIN, one.public_key).text for one in (SIGNER, NEXT_SIGNER))
LEAVES = [leaf_hash(b"%d" % n) for n in range(12)]
REWRITTEN = [*LEAVES[:2], leaf_hash(b"rewritten"), *LEAVES[3:]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the auditor keeps what the authority has published."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "key", KEY + "\n")
    for size in (0, 5, 12):
        write(tmp_path / f"{size}", note(size))
    write(tmp_path / "5-12", proof(5, 12))
    write(tmp_path / "rewritten-5", note(5, REWRITTEN))
    write(tmp_path / "rewritten-12", note(12, REWRITTEN))
    write(tmp_path / "rewritten-5-12", proof(5, 12, REWRITTEN))
    write(tmp_path / "next-12", note(12, signer=NEXT_SIGNER))
    write(tmp_path / "other-12", note(12, origin="other.example/log"))
    write(tmp_path / "forged-12", note(12).replace("\n12\n", "\n11\n"))
    write(tmp_path / "empty", "")
    write(tmp_path / "steering-12", note(12, origin="\u202eevil"))
    return tmp_path


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def note(
    size: int,
    leaves: list[bytes] = LEAVES,
    *,
    signer: SoftwareSigner = SIGNER,
    origin: str = ORIGIN,
) -> str:
    return sign(Checkpoint(origin, size, Frontier().append(leaves[:size])[0].root), signer)


def proof(old: int, new: int, leaves: list[bytes] = LEAVES) -> str:
    stored = {Node(0, at): leaf for at, leaf in enumerate(leaves)} | dict(Frontier().append(leaves)[1])
    return consistency.to_text(prove_consistency(old, new, lambda nodes: [stored[one] for one in nodes]))


def check(*words: str, key: str = KEY) -> Run:
    return ombord_verify("log", "check", *words, "--key", key)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["5", "12", "--proof", "5-12"], 0, "CONSISTENT: certificates.sdir.example/no/log grew from 5 to 12"),
        (["12", "12"], 0, "CONSISTENT: certificates.sdir.example/no/log: the same 12 entries in both"),
        (["12", "12", "--proof", "5-12"], 0, "CONSISTENT"),
        (["0", "12"], 0, "grew from 0 to 12"),
        (["5", "rewritten-5"], 1, "REWRITTEN: certificates.sdir.example/no/log has signed two different"),
        (["5", "rewritten-12", "--proof", "5-12"], 1, "NOT PROVEN: the proof does not lead to the root of"),
        (["5", "rewritten-12", "--proof", "rewritten-5-12"], 1, "if none fits, the log was rewritten"),
        (["5", "12", "--proof", "empty"], 1, "NOT PROVEN: an empty proof"),
        (["5", "forged-12", "--proof", "5-12"], 1, "REJECTED: forged-12: the signature in the name of"),
        (
            ["5", "12"],
            2,
            "CANNOT TELL: certificates.sdir.example/no/log grew from 5 to 12 entries, and there is",
        ),
        (["12", "5", "--proof", "5-12"], 2, "hint: name the smaller one first"),
        (
            ["5", "next-12", "--proof", "5-12"],
            2,
            "CANNOT TELL: next-12: no key of the log that is known here",
        ),
        (["5", "other-12", "--proof", "5-12"], 2, "of the log other.example/log, not of certificates"),
        (["5", "steering-12", "--proof", "5-12"], 2, "\\u{202e}evil"),
    ],
)
def test_auditor_is_told_what_two_checkpoints_show(
    folder: Path, words: list[str], code: int, says: str
) -> None:
    run = check(*words)
    assert (run.code, run.err) == (code, "")
    assert says in run.out
    assert ("hint: " in run.out) == (code > 0)
    assert run.out.isascii()


def test_key_lies_in_a_file_too_and_a_log_may_change_keys(folder: Path) -> None:
    assert check("5", "12", "--proof", "5-12", key="key").code == 0
    both = check("5", "next-12", "--proof", "5-12", "--key", NEXT_KEY)
    assert (both.code, both.out.partition(":")[0]) == (0, "CONSISTENT")


@pytest.mark.parametrize(
    ("words", "key", "says"),
    [
        (["5"], KEY, "required: NEW"),
        (["5", "nowhere"], KEY, "nowhere: No such file"),
        (["5", "."], KEY, ".: Is a directory"),
        (["5", "empty"], KEY, "empty: a checkpoint is lines of text"),
        (["5", "5-12"], KEY, "5-12: a checkpoint is lines of text"),
        (["5", "12", "--proof", "12"], KEY, "12: a proof is lines of base64|12: a line of the proof"),
        (["5", "12", "--proof", "nowhere"], KEY, "nowhere: No such file"),
        (["5", "12"], "nowhere", "nowhere: No such file"),
        (["5", "12"], "empty", "--key: a log's key is written NAME"),
        (["5", "12"], KEY[:-4], "--key: the log's key"),
        (["5", "12", "--key", LogKey("x", SIGNER.public_key).text], KEY, "keys of two logs"),
    ],
)
def test_unusable_arguments_and_files_are_named(folder: Path, words: list[str], key: str, says: str) -> None:
    run = check(*words, key=key)
    assert (run.code, run.out) == (3, "")
    assert any(one in run.err for one in says.split("|"))
    assert "hint: " in run.err
