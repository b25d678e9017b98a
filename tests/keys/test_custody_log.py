"""Checkpoints of the log through the signer: read strictly, never a smaller log, never another root."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from support.custody import AT, SIGNERS, claims, policy_members, signing_input, status_list
from support.custody import policy as policy_of

from keys.algorithms import Algorithm
from keys.custody.backend import SealedBackend
from keys.custody.journal import Journal
from keys.custody.log_heads import LogHeads, LogHeadsError
from keys.custody.signer_client import SignerClient, SignerRefused
from keys.custody.signer_process import SignerServer
from keys.custody.signing_case import Answer, Signed, Wanted
from keys.custody.signing_desk import SigningDesk
from keys.custody.signing_draft import DraftError, checkpoint_text, read
from keys.custody.signing_policy import Check, Refusal
from keys.custody.stop_switch import StopSwitch
from keys.signer import SoftwareSigner
from keys.transparency.anchor import Anchor
from keys.transparency.checkpoint import Checkpoint, LogKey, sign, verify

KID: Final = "NO-log-2026a"
KEY: Final = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
ORIGIN: Final = "no.example/log"
ANCHOR: Final = Anchor(17, "ab" * 32)


def root(name: object) -> bytes:
    return sha256(str(name).encode()).digest()


def asked(size: int, name: object = "", *, origin: str = ORIGIN, kid: str = KID, at: int = 17) -> Wanted:
    """A checkpoint of the log of `size` entries, whose root is named by the size unless told."""
    found = Checkpoint(origin, size, root(name or size), (Anchor(at, "ab" * 32).line,))
    return Wanted(checkpoint_text(kid, found.text), ())


def members() -> dict[str, Any]:
    found = policy_members()
    found["keys"][KID] = {"signs": ["log"], "from": "2026-01-01", "until": "2028-01-01"}
    found["types"]["log"] = {"per_hour": 100}
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


@contextmanager
def desk(home: Path) -> Iterator[SigningDesk]:
    path = home / "journal"
    with ExitStack() as ending:
        journal = Journal(path, new=not path.exists())
        ending.callback(journal.close)
        one = _desk(home, journal)
        ending.callback(one.close)
        yield one


def _desk(home: Path, journal: Journal) -> SigningDesk:
    heads = LogHeads(home / "heads", expected=any(purpose == "log" for _, purpose in journal.counts))
    backend = SealedBackend({**SIGNERS, KID: KEY})
    one = SigningDesk(
        policy_of(members()), journal, backend, StopSwitch(home / "stop"), clock=lambda: AT, heads=heads
    )
    one.start()
    return one


def check(answer: Answer) -> Check:
    assert isinstance(answer, Refusal), answer
    return answer.check


def test_a_checkpoint_is_signed_over_its_own_text_and_again_the_same(tmp_path: Path) -> None:
    with desk(tmp_path) as one:
        first, second = (one.sign([asked(5)], [])[0] for _ in range(2))
    assert isinstance(first, Signed)
    assert first == second
    KEY.public_key.verify(asked(5).text.partition("\n")[2].encode(), first.signature)


def test_a_log_grows_and_the_signer_signs_no_smaller_one_nor_another_root_after_a_restart(
    tmp_path: Path,
) -> None:
    with desk(tmp_path) as one:
        small, large = one.sign([asked(5), asked(8)], [])
        assert isinstance(small, Signed)
        assert isinstance(large, Signed)
        refused = [check(one.sign([wanted], [])[0]) for wanted in (asked(7), asked(8, "another"))]
    with desk(tmp_path) as one:
        refused += [check(one.sign([wanted], [])[0]) for wanted in (asked(7), asked(8, "another"))]
        assert refused == [Check.LOG] * 4
        assert one.sign([asked(5)], []) == [small]  # what was signed before is repeated
        # the same tree with a newer head of the audit trail, and a larger one
        assert all(isinstance(each, Signed) for each in one.sign([asked(8, at=18), asked(9)], []))


def test_heads_that_were_lost_or_damaged_are_a_reason_not_to_start(tmp_path: Path) -> None:
    with desk(tmp_path) as one:
        one.sign([asked(5)], [])
    heads = tmp_path / "heads"
    text = heads.read_text()
    for damage in ("", text[:-1], text.replace(" 5 ", " 05 "), text * 2, "x" * 70_000 + "\n"):
        heads.write_text(damage)
        with pytest.raises(LogHeadsError), desk(tmp_path):
            pass
    heads.unlink()
    with pytest.raises(LogHeadsError, match="is missing, and the journal has checkpoints"), desk(tmp_path):
        pass
    heads.write_text(text)
    with desk(tmp_path) as one:
        assert check(one.sign([asked(4)], [])[0]) is Check.LOG


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (asked(5, kid="NO-log-2027a"), Check.KEY),
        (asked(5, kid="NO-status-2026a"), Check.PURPOSE),
        (asked(5, origin="dk.example/log"), Check.ISSUER),
        (asked(5, origin="https://no.example/log"), Check.ISSUER),
    ],
)
def test_a_checkpoint_of_another_log_or_under_another_key_is_refused(
    tmp_path: Path, wanted: Wanted, refusal: Check
) -> None:
    with desk(tmp_path) as one:
        assert check(one.sign([wanted], [])[0]) is refusal
    assert not (tmp_path / "heads").exists()


GOOD: Final = asked(5).text


@pytest.mark.parametrize(
    "text",
    [
        GOOD.removeprefix("log "),
        GOOD.replace("log NO", "log  NO"),
        GOOD.replace("\n5\n", "\n05\n"),
        GOOD.replace("\n5\n", "\n-5\n"),
        GOOD[:-1],
        GOOD + "\n",
        GOOD + "another extension\n",
        GOOD + ANCHOR.line + "\n",
        GOOD.replace("audit 17", "audit 017"),
        GOOD.replace("audit 17", "audit"),
        GOOD.replace("q6s=", "q6t="),  # another spelling of the same hash
        GOOD.replace("no.example", "nø.example"),
        GOOD.replace("no.example", "no.example" + "x" * 1_000),
        GOOD.replace("\n", "\r\n"),
        GOOD + "\x00\n",
        "eyJhbGciOiJFZERTQSJ9\n.e30",
        "\n",
    ],
)
def test_what_is_no_checkpoint_in_its_one_spelling_is_no_draft(text: str) -> None:
    assert read(GOOD).checkpoint is not None
    with pytest.raises(DraftError):
        read(text)


def test_a_key_of_the_log_signs_no_credential_and_no_list(tmp_path: Path) -> None:
    made = claims("course")
    texts = signing_input(made, KID), status_list(kid=KID)
    with desk(tmp_path) as one:
        for text in texts:
            assert check(one.sign([Wanted(text, ())], [])[0]) is Check.PURPOSE


@pytest.fixture
def client(tmp_path: Path) -> Iterator[SignerClient]:
    """A client of a signer process, in this one."""
    with desk(tmp_path) as one:
        server = SignerServer(one, tmp_path / "s", peer=lambda _: 0)
        running = threading.Thread(target=server.serve)
        running.start()
        asking = SignerClient(tmp_path / "s", timeout=10)
        yield asking
        asking.close()
        server.end()
        running.join()


def test_a_note_is_signed_through_the_socket_and_a_log_that_shrank_is_not(client: SignerClient) -> None:
    signer = client.signer(KID)
    line = (ANCHOR.line,)
    note = sign(Checkpoint(ORIGIN, 8, root(8), line), signer)
    assert verify(note.encode(), [LogKey(ORIGIN, KEY.public_key)], origin=ORIGIN).size == 8
    assert sign(Checkpoint(ORIGIN, 8, root(8), line), signer) == note
    for size, name in ((7, 7), (8, "another")):
        with pytest.raises(SignerRefused, match="S12 log"):
            sign(Checkpoint(ORIGIN, size, root(name), line), signer)
    assert client.count().by_key[KID] == {"log": 1}
