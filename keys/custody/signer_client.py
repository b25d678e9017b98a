"""Ask the signer process: for signatures, for its keys and counts, to stop. Safe to share among threads.

Asking again is always safe: the same draft gets the same bytes. So a connection that breaks is made again
once, and only then is the signer said to be gone.
"""

import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from keys.algorithms import Algorithm, SignatureMismatch
from keys.custody import CustodyError
from keys.custody.signer_protocol import (
    MAX_FRAME,
    FrameError,
    read_sign_answer,
    receive,
    send,
    sign_request,
)
from keys.custody.signing_case import Answer, Signed, Wanted
from keys.custody.signing_draft import text_below
from keys.custody.signing_policy import Check, Refusal
from keys.encoding import Json
from keys.jwk import JwkError, PublicKey

TIMEOUT: Final = 60.0
SIDE_BY_SIDE: Final = 4  # requests of one long list: while one is answered, the next are already signed
PART: Final = 500  # drafts in each of them: the first is signed while the second is written
_ROOM: Final = MAX_FRAME // 2  # of text in one request, which leaves some for escapes


class SignerError(CustodyError):
    """No signature came from the signer process."""


class SignerGone(SignerError):
    """The signer process does not answer."""

    hint = "start it (ombord-keys signer serve) or wait, then ask again: the same draft gets the same bytes"


class SignerGarbage(SignerError):
    """What answered is not our signer, or not one of this version."""

    hint = "check who listens at that socket before anything else is issued"


class SignerOfAnotherVersion(SignerGarbage):
    """The signer does not understand what it is asked."""

    hint = "start the signer again with the version of the issuer (docs/custody.md: A new version)"


class SignerDenied(SignerError):
    """The signer does not take such questions from this user."""

    hint = "the uid that asks belongs under clients, or operators, in the signer's policy"


class SignerRefused(SignerError):
    """The signer will not sign this; `check` is the rule of docs/custody.md that it names."""

    hint = "see docs/custody.md: What a refusal means"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"the signer refused ({refusal.check.value}): {refusal.reason}")
        self.check, self.refusal = refusal.check, refusal


_KINDS: Final[Mapping[str, type[SignerError]]] = {
    "ending": SignerGone,
    "denied": SignerDenied,
    "frame": SignerOfAnotherVersion,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerCount:
    """For the daily reconciliation: log = database = the signer's distinct drafts."""

    drafts: int
    by_key: Mapping[str, Mapping[str, int]]  # by key id and purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """A signing input (`header.payload`) and the approvals for it, as `approval.approve` made them.

    A pass has no approvals: its `evidence` are the credentials that it sums up, in its order, as compact JWS.
    """

    text: str
    approvals: Sequence[str] = ()
    evidence: Sequence[str] = ()


class SignerClient:
    """Connections to one signer, kept for the next question."""

    def __init__(self, path: Path, *, timeout: float = TIMEOUT) -> None:
        """`timeout` in seconds, for each step of a question."""
        self._path, self._timeout = path, timeout
        self._idle: list[socket.socket] = []
        self._lock = Lock()

    def sign(self, drafts: Sequence[ToSign]) -> list[Answer]:
        """Signed or Refusal for each draft, in their order; a refusal of one stops no other.

        The signer has verified what it signed; whoever keeps the token reads it back as a stranger would.
        Raises SignerGone, SignerGarbage.
        """
        requests = list(_requests(drafts))
        if len(requests) <= 1:
            return self._sign(requests[0]) if requests else []
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return [answer for answers in pool.map(self._sign, requests) for answer in answers]

    def public_keys(self) -> dict[str, PublicKey]:
        """The keys behind this signer, by key id. Raises SignerGone, SignerGarbage."""
        keys = self._ask({"ask": "keys"}).get("keys")
        try:
            if isinstance(keys, list):
                return {str(one["kid"]): PublicKey.from_jwk(one) for one in keys if isinstance(one, dict)}
        except (JwkError, KeyError) as error:
            raise SignerGarbage(f"{self._path}: {error}") from None
        raise SignerGarbage(f"{self._path}: no keys in its answer")

    def count(self) -> SignerCount:
        """How many distinct drafts were ever signed. Raises SignerGone, SignerGarbage."""
        answer = self._ask({"ask": "count"})
        match answer:
            case {"drafts": int(drafts), "by_key": dict(by_key)}:
                found = {
                    kid: {purpose: one for purpose, one in each.items() if isinstance(one, int)}
                    for kid, each in by_key.items()
                    if isinstance(each, dict)
                }
                if sum(sum(each.values()) for each in found.values()) == drafts:
                    return SignerCount(drafts=drafts, by_key=found)
        raise SignerGarbage(f"{self._path}: no count in its answer")

    def status(self) -> dict[str, Json]:
        """Policy version, why it is stopped if it is, how much was signed. Raises SignerError."""
        return self._ask({"ask": "status"})

    def stop(self, reason: str) -> None:
        """No more signatures from now on, until `resume`. Raises SignerGone, SignerGarbage."""
        self._ask({"ask": "stop", "reason": reason})

    def resume(self) -> None:
        """Let signing go on: an operator's to say. Raises SignerGone, SignerGarbage."""
        self._ask({"ask": "resume"})

    def signer(self, kid: str) -> "RemoteSigner":
        """The `Signer` of a key that needs no approvals, such as the one for status lists.

        Raises SignerGone, SignerGarbage; SignerRefused where the signer has no such key.
        """
        keys = self.public_keys()
        if kid not in keys:
            raise SignerRefused(Refusal(Check.KEY, f"it has no key {kid}"))
        return RemoteSigner(self, kid, keys[kid])

    def close(self) -> None:
        """End idle connections; those in use end with their question."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _sign(self, drafts: Sequence[ToSign]) -> list[Answer]:
        tokens: dict[str, int] = {}
        wanted = [
            Wanted(one.text, [tokens.setdefault(token, len(tokens)) for token in one.approvals], one.evidence)
            for one in drafts
        ]
        answer = self._ask(sign_request(wanted, list(tokens)))
        try:
            return read_sign_answer(answer, len(wanted))
        except FrameError as error:
            self.close()
            raise SignerGarbage(f"{self._path}: {error}") from None

    def _ask(self, message: Mapping[str, object]) -> dict[str, Json]:
        """One question; on a connection that has broken, once more on a new one."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is not None:
            try:
                return self._exchange(connection, message)
            except SignerGone:
                self.close()  # the signer was started again: none of the others is good either
        return self._exchange(self._connect(), message)

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._timeout)
        try:
            connection.connect(str(self._path))
        except OSError as error:
            connection.close()
            raise SignerGone(f"no signer at {self._path}: {error.strerror or error}") from None
        return connection

    def _exchange(self, connection: socket.socket, message: Mapping[str, object]) -> dict[str, Json]:
        try:
            with suppress(BrokenPipeError):  # whoever is turned away is told why before it has asked
                send(connection, message)
            answer = receive(connection)
        except FrameError as error:
            connection.close()
            raise SignerGarbage(f"{self._path}: {error}") from None
        except OSError as error:
            connection.close()
            raise SignerGone(f"the signer at {self._path} went away: {error.strerror or error}") from None
        if answer is None:
            connection.close()
            raise SignerGone(f"the signer at {self._path} went away without an answer")
        if "error" in answer:
            connection.close()
            raise _KINDS.get(str(answer.get("kind")), SignerGarbage)(
                f"the signer at {self._path} says: {answer['error']}"
            )
        with self._lock:
            self._idle.append(connection)
        return answer


class RemoteSigner:
    """The `Signer` port for one key of the signer process: what needs no approval is signed at once."""

    __slots__ = ("_client", "_kid", "public_key")

    def __init__(self, client: SignerClient, kid: str, public_key: PublicKey) -> None:
        self._client, self._kid = client, kid
        self.public_key = public_key

    @property
    def algorithm(self) -> Algorithm:
        """What it signs with."""
        return self.public_key.algorithm

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes over a signing input, a list's statement, a checkpoint. Raises SignerError's kinds."""
        text = message.decode("ascii")
        wanted = text_below(self._kid, text)
        answer = self._client.sign([ToSign(text=wanted)])[0]
        if not isinstance(answer, Signed):
            raise SignerRefused(answer)
        try:
            self.public_key.verify(message, answer.signature)
        except SignatureMismatch as error:
            raise SignerGarbage(f"its signature is not one over what was asked: {error}") from None
        return answer.signature


def _requests(drafts: Sequence[ToSign]) -> Iterator[list[ToSign]]:
    """Parts that a frame has room for; an approval of many drafts is sent once with each part."""
    part: list[ToSign] = []
    sent: set[str] = set()
    size = 0
    for one in drafts:
        own = len(one.text) + sum(map(len, one.evidence))
        size += own + sum(len(token) for token in set(one.approvals) - sent)
        if part and (len(part) == PART or size > _ROOM):
            yield part
            part, sent = [], set()
            size = own + sum(len(token) for token in set(one.approvals))
        part.append(one)
        sent.update(one.approvals)
    if part:
        yield part
