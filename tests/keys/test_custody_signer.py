"""The signer process and its client: what is signed once, what never, and what is thrown at its socket."""

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
from support.custody import (
    AT,
    CERTIFICATES_KEY,
    PASSPHRASE,
    SIGNERS,
    STATUS_KEY,
    approved,
    approved_together,
    policy_members,
    status_list,
)
from support.custody import policy as policy_of
from support.signer_process import SignerProcess

from keys.custody import sealed_file, signer_process
from keys.custody.backend import BackendError, BackendGone, SealedBackend
from keys.custody.checking_process import CheckingProcess, ToCheck
from keys.custody.journal import Journal
from keys.custody.signer_client import (
    SignerClient,
    SignerDenied,
    SignerGarbage,
    SignerGone,
    SignerOfAnotherVersion,
    SignerRefused,
    ToSign,
)
from keys.custody.signer_process import SignerServer, SocketError
from keys.custody.signer_protocol import MAX_FRAME, FrameError, read_sign_request
from keys.custody.signing_case import Signed, Wanted
from keys.custody.signing_desk import SigningDesk
from keys.custody.signing_policy import Check, Refusal
from keys.custody.steady_clock import ClockJumped
from keys.custody.stop_switch import StopSwitch
from keys.encoding import json_object
from keys.jwk import PublicKey

UID: Final = os.getuid()
KEYS: Final = {kid: signer.public_key for kid, signer in SIGNERS.items()}


class Signer:
    """A signer in this process, whose clock, user and keys a test decides."""

    def __init__(self, home: Path, members: dict[str, Any] | None = None) -> None:
        self.home, self.members = home, members or policy_members(UID)
        self.now, self.uid = AT, UID
        self.backend: Any = None  # the sealed keys
        self.running: threading.Thread | None = None
        self.clients: list[SignerClient] = []

    def clock(self) -> int:
        if self.now < 0:
            raise ClockJumped("the clock was set")
        return self.now

    def start(self) -> SignerClient:
        path = self.home / "signer.journal"
        self.journal = Journal(path, new=not path.exists())
        stop = StopSwitch(self.home / "signer.stop")
        self.desk = SigningDesk(
            policy_of(self.members),
            self.journal,
            self.backend or SealedBackend(SIGNERS),
            stop,
            clock=self.clock,
        )
        self.desk.start()
        self.server = SignerServer(self.desk, self.home / "s", peer=lambda _: self.uid)
        self.ended: list[Exception] = []
        self.running = threading.Thread(target=self._serve)
        self.running.start()
        self.clients.append(SignerClient(self.home / "s", timeout=10))
        return self.clients[-1]

    def _serve(self) -> None:
        try:
            self.server.serve()
        except Exception as error:  # noqa: BLE001 - told to the test
            self.ended.append(error)
        finally:
            self.journal.close()

    def end(self) -> None:
        if self.running is not None:
            self.server.end()
            self.running.join()
            self.running = None


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[Signer]:
    one = Signer(tmp_path)
    yield one
    one.end()
    for client in one.clients:
        client.close()


def signature(answer: object) -> bytes:
    found = getattr(answer, "signature", None)
    assert isinstance(found, bytes), answer
    return found


def refusal(answer: object) -> Check:
    assert isinstance(answer, Refusal), answer
    return answer.check


def test_what_is_approved_is_signed_and_the_rest_of_the_batch_is_told_why(signer: Signer) -> None:
    client = signer.start()
    good, bad = approved(1), approved(2)
    other = ToSign(text=approved(3).text, approvals=bad.approvals)
    answers = client.sign([good, ToSign(text="nonsense"), other, ToSign(text=good.text), bad])
    KEYS[CERTIFICATES_KEY].verify(good.text.encode(), signature(answers[0]))
    KEYS[CERTIFICATES_KEY].verify(bad.text.encode(), signature(answers[4]))
    assert [refusal(one) for one in answers[1:4]] == [Check.DRAFT, Check.APPROVAL, Check.APPROVAL]
    assert client.sign([]) == []


def test_the_same_draft_gets_the_same_bytes_also_at_once_and_after_a_restart(signer: Signer) -> None:
    client = signer.start()
    drafts = approved_together(range(300))
    twice = client.sign([drafts[0], drafts[0], *drafts])
    assert len({signature(one) for one in twice[:3]}) == 1
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: client.sign(drafts), range(4)))
    assert all(one == twice[2:] for one in found)
    assert client.count().by_key == {CERTIFICATES_KEY: {"course": 300}}
    signer.end()
    client = signer.start()
    assert client.sign(drafts) == twice[2:]
    assert client.sign([ToSign(text=drafts[0].text)]) == twice[:1]  # it was approved when it was signed
    assert client.count().drafts == 300


def test_many_clients_are_answered_side_by_side_and_counted_once(signer: Signer) -> None:
    clients = [signer.start(), *(SignerClient(signer.home / "s") for _ in range(7))]
    lists = [approved_together(range(n * 50, n * 50 + 100)) for n in range(8)]  # each overlaps the next
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: pair[0].sign(pair[1]), zip(clients, lists, strict=True)))
    for n in range(7):
        assert answers[n][50:] == answers[n + 1][:50]
    assert clients[0].count().drafts == 450
    for one in clients:
        one.close()


def test_more_than_one_request_holds_is_asked_in_parts(signer: Signer) -> None:
    client = signer.start()
    answers = client.sign(approved_together(range(1_000)) + approved_together(range(900, 1_900)))
    assert len(answers) == 2_000
    assert answers[900:1_000] == answers[1_000:1_100]
    assert client.count().drafts == 1_900


def test_quotas_go_on_after_a_restart_and_the_hour_slides(signer: Signer) -> None:
    signer.members["types"]["course"]["per_hour"] = 3
    client = signer.start()
    drafts = approved_together(range(5))
    assert [isinstance(one, Refusal) for one in client.sign(drafts)] == [False] * 3 + [True] * 2
    signer.end()
    client = signer.start()
    assert [refusal(one) for one in client.sign(drafts[3:])] == [Check.QUOTA] * 2
    assert not any(isinstance(one, Refusal) for one in client.sign(drafts[:3]))
    signer.now += 3_600
    assert not any(isinstance(one, Refusal) for one in client.sign(drafts[3:]))


def test_a_clock_that_was_set_back_signs_nothing(signer: Signer) -> None:
    client = signer.start()
    first = client.sign([approved(1)])
    signer.now = -1
    assert [refusal(one) for one in client.sign([approved(2)])] == [Check.CLOCK]
    assert client.sign([approved(1)]) == first  # nothing is signed for it
    signer.now = AT
    assert signature(client.sign([approved(2)])[0])


def test_stop_is_at_once_for_everybody_and_outlives_a_restart(signer: Signer) -> None:
    client = signer.start()
    done = approved(1)
    before = client.sign([done])
    client.stop("a forged approval was found")
    assert refusal(client.sign([approved(2)])[0]) is Check.STOPPED
    assert refusal(client.sign([done])[0]) is Check.STOPPED
    signer.end()
    client = signer.start()
    status = client.status()
    assert status["stopped"] == f"a forged approval was found (user {UID})"
    signer.desk.policy = policy_of({**signer.members, "operators": []})
    with pytest.raises(SignerDenied, match="no operator"):
        client.resume()
    assert refusal(client.sign([approved(2)])[0]) is Check.STOPPED
    signer.desk.policy = policy_of(signer.members)
    client.resume()
    assert client.sign([done]) == before
    (signer.home / "signer.stop").touch()  # an operator's own hand
    assert refusal(client.sign([approved(3)])[0]) is Check.STOPPED


def test_stop_of_issuing_lets_status_lists_be_signed_and_never_narrows_a_stop_of_everything(
    signer: Signer,
) -> None:
    client = signer.start()
    lists = client.signer(STATUS_KEY)
    client.stop("issuing: a forged approval was found")
    assert refusal(client.sign([approved(1)])[0]) is Check.STOPPED
    text = status_list()
    lists.public_key.verify(text.encode(), lists.sign(text.encode()))
    client.stop("everything")
    client.stop("issuing: once more")
    assert refusal(client.sign([ToSign(text=text)])[0]) is Check.STOPPED
    assert client.status()["stopped"] == f"everything (user {UID})"


def test_a_user_whom_the_policy_does_not_know_is_turned_away(signer: Signer) -> None:
    client = signer.start()
    signer.uid = UID + 1
    for ask in (client.status, client.count, lambda: client.sign([approved(1)]), lambda: client.stop("x")):
        with pytest.raises(SignerDenied, match=f"user {UID + 1} may not ask"):
            ask()
    signer.uid = UID
    assert client.status()["stopped"] is None


def test_the_kernel_says_who_is_at_the_other_end() -> None:
    from keys.custody.signer_process import peer_uid

    one, other = socket.socketpair()
    with one, other:
        assert peer_uid(one) == UID


def test_signer_of_before_passes_had_evidence_is_said_to_be_one(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(message: dict[str, Any]) -> tuple[list[Wanted], list[str]]:
        """As it read drafts then."""
        if any(len(draft) != 2 for draft in message["drafts"]):
            raise FrameError("a draft is its text and the places of its approvals, 4 at most")
        return read_sign_request(message)

    monkeypatch.setattr(signer_process, "read_sign_request", read)
    client = signer.start()
    with pytest.raises(SignerOfAnotherVersion, match="says: a draft is its text and the places") as refused:
        client.sign([ToSign(text=status_list(), evidence=["a.credential.itself"])])
    assert "start the signer again with the version of the issuer" in refused.value.hint
    assert isinstance(client.sign([ToSign(text=status_list())])[0], Signed)


def test_lists_are_signed_through_the_signer_port_and_certificates_are_not(signer: Signer) -> None:
    client = signer.start()
    lists = client.signer(STATUS_KEY)
    text = status_list()
    lists.public_key.verify(text.encode(), lists.sign(text.encode()))
    assert (lists.public_key, lists.algorithm) == (KEYS[STATUS_KEY], "ES256")
    with pytest.raises(SignerRefused, match="S7 approval") as refused:
        client.signer(CERTIFICATES_KEY).sign(approved(1).text.encode())
    assert refused.value.check is Check.APPROVAL
    with pytest.raises(SignerGarbage, match="not one over what was asked"):
        client.signer(CERTIFICATES_KEY).sign(text.encode())  # under another key than it is for
    with pytest.raises(SignerRefused, match="no key SE-2026a"):
        client.signer("SE-2026a")
    assert client.public_keys() == KEYS


def frame(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


GARBAGE: Final = {
    "no length": b"GET / HTTP/1.1\r\n\r\n",
    "too long": (MAX_FRAME + 1).to_bytes(4, "big") + b"{}",
    "cut short": frame(b"{}" * 50)[:-1],
    "no JSON": frame(b"hello"),
    "no object": frame(b"[]"),
    "a name twice": frame(b'{"ask":"status","ask":"status"}'),
    "deep": frame(b'{"a":' * 1_000),
    "no question": frame(b"{}"),
    "another question": frame(b'{"ask":"private keys"}'),
    "a question and more": frame(b'{"ask":"status","x":1}'),
    "no drafts": frame(b'{"ask":"sign","approvals":[],"drafts":[]}'),
    "drafts that are none": frame(b'{"ask":"sign","approvals":[],"drafts":[1]}'),
    "an approval that is not there": frame(b'{"ask":"sign","approvals":[],"drafts":[["a",[0]]]}'),
    "a negative place": frame(b'{"ask":"sign","approvals":["a"],"drafts":[["a",[-1]]]}'),
    "too many": frame(b'{"ask":"sign","approvals":[],"drafts":[' + b"1," * 1_000 + b"1]}"),
    "an approval that is no text": frame(b'{"ask":"sign","approvals":[1],"drafts":[["a",[0]]]}'),
    "stop without a reason": frame(b'{"ask":"stop"}'),
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_garbage_gets_a_reason_and_the_signer_goes_on(signer: Signer, data: bytes) -> None:
    client = signer.start()
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(signer.home / "s"))
        raw.sendall(data)
        raw.shutdown(socket.SHUT_WR)
        answer = raw.recv(65_536)
        assert json_object(answer[4:])["error"]
    assert client.status()["drafts"] == 0


def answering(path: Path, answer: Callable[[socket.socket], None]) -> threading.Thread:
    """Somebody else at the signer's socket, who takes one question."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def once() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(65_536)
            answer(connection)

    thread = threading.Thread(target=once)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        frame(b"{}"),
        frame(b'{"answers":[]}'),
        frame(b'{"answers":[{"signature":"AAAA"}]}'),
        frame(b'{"answers":[{"signature":"%s","x":1}]}' % (b"A" * 86)),
        frame(b'{"answers":[{"refused":"because","reason":"x"}]}'),
        frame(b'{"answers":[true]}'),
        frame(b"not JSON"),
        frame(b"{}" * 9)[:-3],
    ],
)  # fmt: skip
def test_a_client_takes_no_garbage_for_a_signature(tmp_path: Path, answer: bytes) -> None:
    thread = answering(tmp_path / "s", lambda connection: connection.sendall(answer))
    with pytest.raises(SignerGarbage):
        SignerClient(tmp_path / "s", timeout=5).sign([approved(1)])
    thread.join()


def test_a_signer_that_is_not_there_hangs_up_or_keeps_silent_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SignerGone, match="no signer at"):
        SignerClient(tmp_path / "s").status()
    thread = answering(tmp_path / "s", lambda _: None)
    with pytest.raises(SignerGone, match="went away"):
        SignerClient(tmp_path / "s").status()
    thread.join()
    (tmp_path / "s").unlink()
    silent = threading.Event()
    thread = answering(tmp_path / "s", lambda _: silent.wait(10) and None)
    with pytest.raises(SignerGone, match="timed out"):
        SignerClient(tmp_path / "s", timeout=0.05).status()
    silent.set()
    thread.join()


class Fallible:
    """Keys that do as a test says."""

    def __init__(self) -> None:
        self.sealed = SealedBackend(SIGNERS)
        self.errors: list[Exception] = []
        self.at_opening: list[Exception] = []
        self.wrong = False
        self.threads: set[int] = set()
        self.openings = 0

    def open(self) -> dict[str, PublicKey]:
        self.openings += 1
        self.threads.add(threading.get_ident())
        if self.at_opening:
            raise self.at_opening.pop()
        return dict(self.sealed.open())

    def sign(self, kid: str, message: bytes) -> bytes:
        self.threads.add(threading.get_ident())
        if self.errors:
            raise self.errors.pop()
        return self.sealed.sign(kid, message + b"!" if self.wrong else message)

    def close(self) -> None:
        self.threads.add(threading.get_ident())


def test_a_token_that_comes_back_is_taken_up_and_one_thread_alone_touches_it(signer: Signer) -> None:
    keys = signer.backend = Fallible()
    client = signer.start()
    keys.errors = [BackendGone("pulled out")]
    assert signature(client.sign([approved(1)])[0])
    keys.errors, keys.at_opening = [BackendGone("pulled out")], [BackendGone("still out")]
    assert refusal(client.sign([approved(2)])[0]) is Check.BACKEND
    assert signature(client.sign([approved(2)])[0])
    assert client.count().drafts == 2
    client.close()
    signer.end()
    assert len(keys.threads) == 1


def test_what_was_not_signed_in_the_end_does_not_count_and_what_is_asked_twice_counts_once(
    signer: Signer,
) -> None:
    keys = signer.backend = Fallible()
    signer.members["types"]["course"]["per_hour"] = 3
    client = signer.start()
    first, second, third, fourth = approved_together(range(4))
    keys.errors = [BackendError("no power")]
    answers = client.sign([first, first, second, third, fourth])
    assert [refusal(one) for one in answers[:2]] == [Check.BACKEND] * 2
    assert refusal(answers[4]) is Check.QUOTA  # three were let through together, and one of them failed
    again = client.sign([first, first, fourth])
    assert signature(again[0]) == signature(again[1])
    assert refusal(again[2]) is Check.QUOTA
    assert client.count().drafts == 3


def test_a_wrong_pin_is_not_tried_again(signer: Signer) -> None:
    keys = signer.backend = Fallible()
    client = signer.start()
    keys.errors, keys.at_opening = [BackendGone("pulled out")], [BackendError("wrong PIN")]
    for _ in range(3):
        assert refusal(client.sign([approved(1)])[0]) is Check.BACKEND
    assert keys.openings == 2


def test_a_signature_that_does_not_verify_is_neither_given_out_nor_journaled(signer: Signer) -> None:
    keys = signer.backend = Fallible()
    client = signer.start()
    keys.wrong = True
    assert [refusal(one) for one in client.sign([approved(1), approved(1)])] == [Check.BACKEND] * 2
    assert client.count().drafts == 0
    keys.wrong = False
    assert signature(client.sign([approved(1)])[0])


def test_a_second_process_verifies_and_without_it_the_first_does() -> None:
    good = SIGNERS[STATUS_KEY].sign(b"message")
    found = [ToCheck(STATUS_KEY, b"message", good), ToCheck(STATUS_KEY, b"other", good)]
    checking = CheckingProcess(KEYS)
    assert checking(found) == [True, False]
    checking._process.kill()
    assert checking(found) == [True, False]
    assert checking(found[1:]) == [False]
    checking.close()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda keys: keys.update({"NO-2026z": dict(keys[CERTIFICATES_KEY])}), "there is none"),
        (lambda keys: keys[CERTIFICATES_KEY].update(public=KEYS[STATUS_KEY].to_jwk()), "another than"),
    ],
)
def test_keys_that_are_not_the_policys_are_not_begun_with(
    signer: Signer, change: Callable[[dict[str, Any]], None], why: str
) -> None:
    change(signer.members["keys"])
    with pytest.raises(BackendError, match=why):
        signer.start()
    signer.journal.close()


def test_a_journal_that_cannot_be_written_ends_the_signer(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signer.start()

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(SignerGone, match="Input/output error"):
            client.sign([approved(1)])
        assert signer.running is not None
        signer.running.join(10)
    assert "Input/output error" in str(signer.ended[0])
    assert not (signer.home / "s").exists()


def test_a_folder_that_others_may_write_is_no_place_for_a_socket(signer: Signer) -> None:
    signer.home.chmod(0o777)
    with pytest.raises(SocketError, match="others may write"):
        signer.start()
    signer.desk.close()
    signer.journal.close()
    signer.home.chmod(0o700)


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignerProcess]:
    monkeypatch.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
    home = tmp_path / "p"
    home.mkdir()
    sealed_file.seal(home / "keys.sealed", SIGNERS, PASSPHRASE.encode())
    with SignerProcess(home, policy_members(UID)).ended() as one:
        yield one


def now_approved(numbers: Sequence[int]) -> list[ToSign]:
    return approved_together(numbers, iat=int(time.time()))


def test_a_killed_signer_gives_the_same_bytes_when_it_is_asked_again(process: SignerProcess) -> None:
    drafts = now_approved(range(1_000))
    running = process.ready("--new-journal")
    first = process.client.sign(drafts[:10])
    journal = process.home / "h" / "signer.journal"
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(process.client.sign, drafts)
        size = journal.stat().st_size
        while journal.stat().st_size == size and not asked.done():
            time.sleep(0.001)
        running.kill()
        running.wait()
        assert asked.done() or isinstance(asked.exception(20), SignerGone)
    before = journal.read_bytes()
    process.ready()
    again = process.client.sign(drafts)
    assert again[:10] == first
    kept = before[: [closing.end() for closing in re.finditer(rb"\n= [^\n]*\n", before)][-1]]
    for draft, answer in zip(drafts, again, strict=True):
        KEYS[CERTIFICATES_KEY].verify(draft.text.encode(), signature(answer))
    assert journal.read_bytes().startswith(kept)
    assert len(kept.splitlines()) > 10
    assert process.client.count().drafts == 1_000


def test_of_two_started_at_once_one_refuses_and_both_end_as_told(process: SignerProcess) -> None:
    first = process.ready("--new-journal")
    code, said = process.said(process.start())
    assert code == 1
    assert "another signer has" in said
    assert signature(process.client.sign(now_approved([1]))[0])
    code, said = process.said(process.start("--new-journal"))
    assert (code, "is there already" in said) == (1, True)
    first.send_signal(signal.SIGTERM)
    code, said = process.said(first)
    assert (code, said) == (0, "Ended; 1 drafts were signed in all\n")
    assert not (process.home / "h" / "signer.sock").exists()


def test_operators_commands_stop_it_say_how_it_stands_and_let_it_go_on(process: SignerProcess) -> None:
    process.ready("--new-journal")
    process.client.sign([*now_approved([1, 2]), ToSign(text=status_list(iat=int(time.time())))])
    assert "Signing is stopped" in process.command("stop", "--reason", "drill")
    assert refusal(process.client.sign(now_approved([3]))[0]) is Check.STOPPED
    said = process.command("status")
    assert "stopped  drill" in said
    assert "NO-2026a course 2" in said
    assert "NO-status-2026a status 1" in said
    assert "goes on" in process.command("resume")
    assert signature(process.client.sign(now_approved([3]))[0])


def test_without_its_journal_a_signer_does_not_start(process: SignerProcess) -> None:
    code, said = process.said(process.start())
    assert code == 1
    assert "is missing: what was signed before would be signed again" in said
