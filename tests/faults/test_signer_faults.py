"""A signer that dies in the middle, is mute, lies or is another one: nothing it said is released."""

import os
import socket
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from support.approvers import Bureau, course, members
from support.custody import PASSPHRASE
from support.desk import MEDICAL, NUMBER, PHONE, Desk
from support.faults_invariants import check_register
from support.faults_register import Rows
from support.faults_rounds import rounds
from support.issuer_app import KEYS, HandClock, issuer_settings
from support.signer_process import SignerProcess
from support.simulator import seeded_signer

from issuer.adapters.database import Database
from issuer.domain.errors import IssuerError, SigningDeferred
from issuer.services.custody.authority_keys import ask_signer
from issuer.services.issuing.issuer import CredentialIssuer, IssueRequest, Refusal
from keys.custody import policy_file, sealed_file
from keys.custody.signer_client import SignerClient
from keys.custody.signer_protocol import receive, send
from keys.encoding import json_dumps

RIGHT: Final = KEYS.signers["NO-2026a"]
WRONG: Final = seeded_signer("somebody else")
Behaviour = Callable[[socket.socket, dict[str, Any]], None]


def signatures(signer: Any, texts: list[str]) -> dict[str, object]:
    made = [urlsafe_b64encode(signer.sign(text.encode())).rstrip(b"=").decode() for text in texts]
    return {"answers": [{"signature": one} for one in made]}


def texts(asked: dict[str, Any]) -> list[str]:
    return [text for text, _ in asked["drafts"]]


def refusing(check: str) -> Behaviour:
    return lambda at, asked: send(
        at, {"answers": [{"refused": check, "reason": "today"} for _ in texts(asked)]}
    )


def sign(at: socket.socket, asked: dict[str, Any]) -> None:
    send(at, signatures(RIGHT, texts(asked)))


def half(at: socket.socket, asked: dict[str, Any]) -> None:
    whole = json_dumps(signatures(RIGHT, texts(asked)))
    at.sendall(len(whole).to_bytes(4, "big") + whole[: len(whole) // 2])


FAULTS: Final[dict[str, tuple[Behaviour, str]]] = {
    "hangs up": (lambda at, asked: None, "persisted"),
    "dies in the middle of its answer": (half, "persisted"),
    "sends noise": (lambda at, asked: at.sendall(os.urandom(64)), "persisted"),
    "promises a gigabyte": (lambda at, asked: at.sendall(b"\x40" + bytes(40)), "persisted"),
    "answers nothing": (lambda at, asked: send(at, {"answers": []}), "persisted"),
    "answers too much": (lambda at, asked: send(at, signatures(RIGHT, [*texts(asked), "x.y"])), "persisted"),
    "says something else": (lambda at, asked: send(at, {"head": "x", "drafts": 3}), "persisted"),
    "signs with another key": (lambda at, asked: send(at, signatures(WRONG, texts(asked))), "void"),
    "signs something else": (
        lambda at, asked: send(at, signatures(RIGHT, [f"{text}x" for text in texts(asked)])),
        "void",
    ),
    "swaps two signatures": (
        lambda at, asked: send(at, signatures(RIGHT, texts(asked)[::-1])),
        "void",
    ),
    "sends zeros": (
        lambda at, asked: send(at, {"answers": [{"signature": "A" * 86} for _ in texts(asked)]}),
        "void",
    ),
    "has another clock": (refusing("S8 clock"), "persisted"),
    "has its quota": (refusing("S9 quota"), "persisted"),
    "is stopped": (refusing("S10 stopped"), "persisted"),
    "has lost its token": (refusing("S11 backend"), "persisted"),
    "finds no approval": (refusing("S7 approval"), "void"),
}  # fmt: skip


@contextmanager
def pretending(path: Path, behave: Behaviour) -> Iterator[None]:
    """Somebody at the signer's socket who behaves like that at each question."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection = listener.accept()[0]
                with connection, suppress(OSError):
                    asked = receive(connection)
                    if asked is not None:
                        behave(connection, asked)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    path.unlink()


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "register.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database.open(f"sqlite:///{path}")
    yield Desk.open(database)
    database.close()


@pytest.mark.parametrize(("behave", "left"), FAULTS.values(), ids=FAULTS)
def test_nothing_is_released_on_the_word_of_a_signer_that_fails_and_another_one_finishes(
    desk: Desk, tmp_path: Path, behave: Behaviour, left: str
) -> None:
    desk.enter()
    wanted = [
        IssueRequest(document_number=number, holder_key=PHONE, idempotency_key=number)
        for number in (NUMBER, MEDICAL)
    ]
    client = SignerClient(tmp_path / "s", timeout=5)
    issuer = CredentialIssuer(desk.database, desk.clock, replace(KEYS, guarded=client), desk.settings)
    with pretending(tmp_path / "s", behave):
        for outcome in issuer.issue_many(wanted):
            assert isinstance(outcome, Refusal)
            assert isinstance(outcome.error, IssuerError)
            assert outcome.error.hint, "and what to do?"
    assert desk.credential_states() == [left, left]
    assert "credential-logged" not in desk.events()
    client.close()
    with pretending(tmp_path / "s", sign):
        issuer.resume()
        got = [one for one in issuer.issue_many(wanted) if not isinstance(one, Refusal)]
        assert issuer.issue_many(wanted) == got
    client.close()
    assert [one.document_number for one in got] == [NUMBER, MEDICAL]
    assert desk.credential_states().count("released") == 2
    check_register(Rows(str(desk.database.engine.url)))


# The real process, killed around a question

KILLS: Final = ("while it works", "before it is asked", "before its answer is passed on")[: rounds(1, 3)]


class Relay:
    """Stands between issuer and signer, and has the signer killed around one question."""

    def __init__(self, path: Path, signer: SignerProcess) -> None:
        self.kill: str | None = None
        self._signer = signer
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                with connection, suppress(OSError):
                    asked = receive(connection)
                    if asked is not None:
                        self._pass_on(connection, asked)

    def _pass_on(self, connection: socket.socket, asked: dict[str, Any]) -> None:
        kill = self.kill if asked.get("ask") == "sign" else None
        if kill == "before it is asked":
            self._kill()
        with socket.socket(socket.AF_UNIX) as onward:
            onward.connect(str(self._signer.socket))
            send(onward, asked)
            if kill == "while it works":
                self._kill()
            answer = receive(onward)
        if kill == "before its answer is passed on":
            self._kill()
            return
        if answer is not None:
            send(connection, answer)

    def _kill(self) -> None:
        self.kill = None
        self._signer.running[-1].kill()
        self._signer.running[-1].wait()


@pytest.mark.loopback
def test_a_signer_that_is_killed_around_a_question_has_signed_each_draft_once(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
    register, home = tmp_path / "register.db", tmp_path / "h"
    register.write_bytes(sqlite_template.read_bytes())
    home.mkdir()
    sealed_file.seal(home / "keys.sealed", KEYS.signers, PASSPHRASE.encode())  # type: ignore[arg-type]
    with ExitStack() as stack:
        signer = stack.enter_context(SignerProcess(home, members(os.getuid())).ended())
        signer.ready("--new-journal")
        relay = Relay(tmp_path / "r", signer)
        stack.callback(relay.close)
        settings = issuer_settings(
            f"sqlite:///{register}",
            signer_socket=tmp_path / "r",
            signing_policy=signer.policy,
            pass_kid=KEYS.pass_kid,
        )
        database = Database.open(settings.database_url)
        stack.callback(database.close)
        desk = Desk(database, settings, HandClock(datetime.now(UTC)))
        bureau = Bureau(desk, policy_file.load(signer.policy))
        numbers = [f"NO-CRS-{number:04}" for number in range(len(KILLS))]
        desk.enter(*(course(number) for number in numbers))
        bureau.take(bureau.rule_says(*numbers), numbers)
        keys = ask_signer(settings)
        assert isinstance(keys.guarded, SignerClient)
        stack.callback(keys.guarded.close)
        issuer = CredentialIssuer(database, desk.clock, keys, settings)
        for kill, number in zip(KILLS, numbers, strict=True):
            relay.kill = kill
            with pytest.raises(SigningDeferred):
                issuer.issue(number, None, number)
            signer.ready()
            issued = issuer.issue(number, None, number)
            assert issuer.issue(number, None, number) == issued
        counted = signer.client.count()
        assert counted.drafts == counted.by_key["NO-2026a"]["course"] == len(numbers)
    check_register(Rows(settings.database_url))
