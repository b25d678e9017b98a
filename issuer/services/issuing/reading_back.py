"""Read a signed credential back as a stranger would: here, or in bulk in a process that holds no private key.

Run as a module it is that process: public keys come first on standard input, then one line for each batch;
each answer is one line. Checking takes four times as long as signing: in bulk it gets a core of its own.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import orjson

from keys import jws
from keys.jwk import PublicKey
from keys.said import Said
from verifier.credential import sd_jwt
from verifier.credential.claims import Claims, MalformedCredential


class Signed(NamedTuple):
    """A signed text, and what it must say."""

    token: str
    kid: str
    document_number: str
    idx: int
    was_read: bool = False  # what it says was, before it was signed: all that is new is the signature


def objection(signed: Signed, key: PublicKey) -> str | None:
    """Why a verifier that has `key` would not accept the signed text, or None."""
    try:
        parsed = sd_jwt.parse(signed.token)
        payload = jws.verify(parsed.jws, key, typ=sd_jwt.TYP)
        said = None if signed.was_read else _said(sd_jwt.claims(parsed, payload))
    except (jws.MalformedJws, jws.SignatureMismatch, MalformedCredential) as error:
        return f"the signed text: {error}"
    if parsed.jws.kid != signed.kid:
        return "the signed text names another key"
    if said is None:
        return None
    if (said.document_number, said.idx) != (signed.document_number, signed.idx):
        return "the signed text is of another certificate or status entry"
    return None if said.contradiction is None else str(said.contradiction)


class _Said(NamedTuple):
    """What a signed text says, and why its dates cannot all be true (row C4b)."""

    document_number: str
    idx: int
    contradiction: Said | None


def _said(claims: Claims) -> _Said:
    """By the reader of its kind. Raises MalformedCredential."""
    # In bulk all was read before: the other process then starts in half the time.
    from verifier.credential import safe_manning_claims, vc
    from verifier.credential.model import CertificateType

    if claims.get("vct") == CertificateType.SAFE_MANNING.vct:
        manning = safe_manning_claims.from_claims(claims)
        against = safe_manning_claims.contradiction(manning)
        return _Said(manning.document.document_number, manning.status.idx, against)
    credential = vc.from_claims(claims)
    number = credential.certificate.document_number
    return _Said(number, credential.status.idx, vc.date_contradiction(credential))


class SecondReader:
    """The other process, and the one conversation that it has at a time."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._turn = threading.Lock()

    def objections(self, batch: Sequence[Signed]) -> list[str | None] | None:
        """An answer for each, or None when the process is gone: then read here."""
        send, receive = self._process.stdin, self._process.stdout
        if send is None or receive is None:
            return None
        with self._turn:
            try:
                send.write(orjson.dumps([list(signed) for signed in batch]) + b"\n")
                send.flush()
                answer = receive.readline()
            except OSError:
                return None
        answers: list[str | None] = orjson.loads(answer) if answer else []
        return answers if len(answers) == len(batch) else None


@contextmanager
def second_reader(keys: Mapping[str, PublicKey]) -> Iterator[SecondReader]:
    """Start the process with these public keys, and none of our settings; end it afterwards."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OMBORD_")}
    command = [sys.executable, "-m", "issuer.services.issuing.reading_back"]
    process = subprocess.Popen(  # noqa: S603 -- ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        reader = SecondReader(process)
        if process.stdin is not None:
            process.stdin.write(orjson.dumps({kid: key.to_jwk() for kid, key in keys.items()}) + b"\n")
        yield reader
    finally:
        process.kill()
        process.communicate()


def _serve() -> None:
    lines = iter(sys.stdin.buffer.readline, b"")
    keys = {kid: PublicKey.from_jwk(jwk) for kid, jwk in orjson.loads(next(lines)).items()}
    for line in lines:
        batch = [Signed(*fields) for fields in orjson.loads(line)]
        answers = [objection(signed, keys[signed.kid]) for signed in batch]
        sys.stdout.buffer.write(orjson.dumps(answers) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
