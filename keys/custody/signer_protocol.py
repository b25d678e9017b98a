"""What goes over the signer's socket: frames of JSON, each after its length in four bytes, bounded both ways.

A connection asks and is answered in turn. Whatever is not a frame of this kind ends the connection.
"""

import socket
from collections.abc import Mapping, Sequence
from typing import Final

from keys.custody.signing_case import Answer, Signed, Wanted
from keys.custody.signing_policy import Check, Refusal
from keys.encoding import EncodingError, Json, b64url_decode, b64url_encode, json_dumps, json_object
from keys.pass_shape import MAX_MEMBERS

MAX_FRAME: Final = 8 << 20  # bytes
MAX_DRAFTS: Final = 1_000  # in one request; a client with more asks several times
MAX_APPROVALS: Final = 4  # of one draft
MAX_EVIDENCE: Final = MAX_MEMBERS  # credentials of one pass
_LENGTH: Final = 4


class FrameError(ValueError):
    """Bytes that are no frame of this protocol; says why."""


def send(connection: socket.socket, message: Mapping[str, object]) -> None:
    """One frame. Raises OSError; FrameError for one that is too long."""
    data = json_dumps(message)
    if len(data) > MAX_FRAME:
        raise FrameError(f"a message of {len(data)} bytes; at most {MAX_FRAME} are sent")
    connection.sendall(len(data).to_bytes(_LENGTH, "big") + data)


def receive(connection: socket.socket, *, within: float | None = None) -> dict[str, Json] | None:
    """The next frame, or None where the other side has ended. Raises FrameError, OSError.

    Its first byte may take as long as the socket's own timeout says, the rest `within` seconds at each step.
    """
    first = connection.recv(1)
    if not first:
        return None
    if within is not None:
        connection.settimeout(within)
    size = int.from_bytes(first + _exactly(connection, _LENGTH - 1), "big")
    if size > MAX_FRAME:
        raise FrameError(f"a frame of {size} bytes; at most {MAX_FRAME} are read")
    try:
        return json_object(_exactly(connection, size), max_size=MAX_FRAME)
    except EncodingError as error:
        raise FrameError(str(error)) from None


def _exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes; memory grows with what has come, not with what was promised."""
    parts = []
    while size:
        part = connection.recv(min(size, 1 << 20))
        if not part:
            raise FrameError("the frame is cut short")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def sign_request(wanted: Sequence[Wanted], approvals: Sequence[str]) -> dict[str, object]:
    """The question that `read_sign_request` reads."""
    # A signer of before passes had evidence reads drafts without any, as it always did.
    drafts = [
        [one.text, list(one.approvals), *([list(one.evidence)] if one.evidence else [])] for one in wanted
    ]
    return {"ask": "sign", "approvals": list(approvals), "drafts": drafts}


def read_sign_request(message: Mapping[str, Json]) -> tuple[list[Wanted], list[str]]:
    """The drafts and approvals of a question. Raises FrameError."""
    drafts, approvals = message.get("drafts"), message.get("approvals")
    if message.keys() != {"ask", "drafts", "approvals"} or not isinstance(drafts, list):
        raise FrameError("a request to sign has exactly drafts and approvals")
    if not 1 <= len(drafts) <= MAX_DRAFTS:
        raise FrameError(f"a request for {len(drafts)} signatures; from 1 to {MAX_DRAFTS} are made at once")
    if not isinstance(approvals, list) or len(approvals) > MAX_APPROVALS * MAX_DRAFTS:
        raise FrameError(f"approvals are a list of at most {MAX_APPROVALS * MAX_DRAFTS}")
    tokens = [one for one in approvals if isinstance(one, str)]
    if len(tokens) != len(approvals):
        raise FrameError("an approval is text")
    return [_wanted(one, len(tokens)) for one in drafts], tokens


def _wanted(value: Json, approvals: int) -> Wanted:
    match value:
        case [str(text), [*places], *rest] if len(places) <= MAX_APPROVALS and len(rest) <= 1:
            found = [one for one in places if type(one) is int and 0 <= one < approvals]
            if len(found) == len(places):
                return Wanted(text, found, _evidence(rest[0]) if rest else ())
    raise FrameError(f"a draft is its text and the places of its approvals, {MAX_APPROVALS} at most")


def _evidence(value: Json) -> list[str]:
    if isinstance(value, list) and len(value) <= MAX_EVIDENCE:
        tokens = [one for one in value if isinstance(one, str)]
        if len(tokens) == len(value):
            return tokens
    raise FrameError(f"what a pass sums up are the texts of at most {MAX_EVIDENCE} credentials")


def sign_answer(answers: Sequence[Answer]) -> dict[str, object]:
    """The answer that `read_sign_answer` reads."""
    return {
        "answers": [
            {"signature": b64url_encode(one.signature)} if isinstance(one, Signed) else _refused(one)
            for one in answers
        ]
    }


def _refused(refusal: Refusal) -> dict[str, object]:
    waiting = {} if refusal.wait is None else {"wait": refusal.wait}
    return {"refused": refusal.check.value, "reason": refusal.reason, **waiting}


def read_sign_answer(message: Mapping[str, Json], expected: int) -> list[Answer]:
    """As many answers as drafts were asked for. Raises FrameError."""
    answers = message.get("answers")
    if not isinstance(answers, list) or len(answers) != expected:
        raise FrameError(f"not {expected} answers")
    return [_answer(one) for one in answers]


def _answer(value: Json) -> Answer:
    match value:
        case {"signature": str(text), **rest} if not rest:
            try:
                signature = b64url_decode(text)
            except EncodingError as error:
                raise FrameError(f"signature: {error}") from None
            if len(signature) == 64:
                return Signed(signature)
        case {"refused": str(check), "reason": str(reason), **rest} if rest.keys() <= {"wait"}:
            wait = rest.get("wait")
            try:
                return Refusal(Check(check), reason, wait if type(wait) is int else None)
            except ValueError:
                raise FrameError(f"a refusal of an unknown kind: {check[:64]}") from None
    raise FrameError("an answer is neither a signature nor a refusal")
