"""A power cut: what was not flushed is gone, and nothing of it had been acknowledged."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from support.faults_flushing import cut_the_power
from support.faults_hooks import Fault
from support.faults_rounds import SEED, Stage, play, rounds
from support.faults_workload import WORKLOADS

from keys.custody.journal import Entry, Journal, JournalError

BATCHES = 12


@pytest.mark.parametrize("workload", ["life", "lost phone", "mass", "approved"][: rounds(1, 4)])
def test_power_cut_takes_nothing_that_was_acknowledged(sqlite_stage: Stage, workload: str) -> None:
    draw = random.Random(f"{SEED} {workload}")
    points, _, answers = sqlite_stage.unharmed(workload)
    anywhere = [draw.randrange(1, points + 1) for _ in range(rounds(0, 0.1))]
    # Above all just after an answer: nothing that waits for the disk has come since.
    just_after = answers if anywhere else answers[1:3]
    for at, how in [*((at, None) for at in just_after), *((at, draw) for at in anywhere)]:

        def mend(how: random.Random | None = how) -> object:
            return cut_the_power(sqlite_stage.record, how)

        play(sqlite_stage, workload, [Fault(at)], mend=mend, flushes=True)


def test_power_cut_after_the_last_answer_takes_nothing_at_all(sqlite_stage: Stage) -> None:
    points, _, _ = sqlite_stage.unharmed("life")
    url = sqlite_stage.fresh()
    sqlite_stage.clear()
    ended = sqlite_stage.run(url, "life", Fault(points), 0, flushes=True)
    assert ended.fault is not None
    before = list(sqlite_stage.published.rglob("*.*"))
    cut_the_power(sqlite_stage.record)
    assert len(ended.answers) >= len(WORKLOADS["life"]) - 1
    again = sqlite_stage.run(url, "life", None, 1)
    assert {key: again.answers[key] for key in ended.answers} == ended.answers
    assert len(list(sqlite_stage.published.rglob("*.*"))) == len(before)


def entries(batch: int) -> list[Entry]:
    return [
        Entry(sha256(b"%d %d" % (batch, one)).digest(), bytes(64), batch, "course", "NO-2026a")
        for one in range(batch % 3 + 1)
    ]


@contextmanager
def flushes(monkeypatch: pytest.MonkeyPatch, path: Path) -> Iterator[list[int]]:
    """How long the journal was at each flush."""
    found: list[int] = []
    flush = os.fsync

    def noting(handle: int) -> None:
        flush(handle)
        if path.exists():
            found.append(path.stat().st_size)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", noting)
        yield found


def test_journal_keeps_every_answered_signature_wherever_the_power_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each answer, and in the middle of each write: only what nobody was told of may be gone."""
    path = tmp_path / "journal"
    answered: list[tuple[int, list[Entry]]] = []  # the size that was flushed when they were
    with flushes(monkeypatch, path) as flushed:
        journal = Journal(path, new=True)
        for batch in range(1, BATCHES):
            journal.append(entries(batch))
            answered.append((flushed[-1], entries(batch)))
        journal.close()
    whole = path.read_bytes()
    assert answered[-1][0] == len(whole), "the last answer was given before its flush"
    draw = random.Random(SEED)
    for size, later in zip([0, *(size for size, _ in answered)], answered, strict=False):
        for left in {size, later[0], draw.randrange(size, later[0] + 1), max(size, later[0] - 1)}:
            for end in (b"", bytes(later[0] - left)):  # cut off, or blocks that were never written
                copy = tmp_path / "copy"
                copy.write_bytes(whole[:left] + end)
                if left < answered[0][0] and left < len(whole.partition(b"\n")[0]) + 1:
                    continue  # the making of a journal itself: the next test
                opened = Journal(copy)
                for _, told in [one for one in answered if one[0] <= left]:
                    assert all(opened.lookup(one.draft) == one for one in told)
                opened.close()
                for kept in tmp_path.glob("copy*"):
                    kept.unlink()


def test_journal_whose_first_line_was_lost_is_no_journal(tmp_path: Path) -> None:
    """A signer whose home was restored to the middle of its first start signs nothing twice by mistake."""
    path = tmp_path / "journal"
    Journal(path, new=True).close()
    whole = path.read_bytes()
    for left in range(len(whole)):
        path.write_bytes(b"x" + whole[1:left])
        with pytest.raises(JournalError):
            Journal(path)
