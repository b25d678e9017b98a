"""Writes the carrier's vectors: `PYTHONPATH=.:tests python tests/vectors/make_carrier.py`.

A directory per vector, named as its expectation. Tokens, once written, stay: ES256 signatures are random. Of
a muster, `token.txt` has one token on each line.
Wires follow the dictionary, which may change until release 1.0.
"""

import zlib
from pathlib import Path
from textwrap import wrap

from support import crews, passes
from support.carried import HOLDER, ISSUER, MASTER, NONCE, NORWAY, NOW, disclosure, signed
from support.scenario import PHONE

from keys import jws
from keys.encoding import json_dumps
from keys.signer import SoftwareSigner
from verifier.credential import base45, carrier, dictionary, muster, presentation
from verifier.credential.presentation import Audience

FOLDER = Path(__file__).with_name("carrier")
PASS = passes.sea_pass(NORWAY)


def tokens() -> dict[str, str]:
    """Name and token of each vector that unpacks."""
    bound, paper = NORWAY.issue(MASTER, HOLDER), NORWAY.issue(MASTER)
    name, digest = disclosure("portrait", "UklGRg")
    return {
        "competency_unpacks": bound,
        "competency-on-paper_unpacks": paper,
        "presentation-by-time_unpacks": presentation.make(
            bound, HOLDER, at=NOW, nonce=NONCE, audience=Audience.TIME
        ),
        "presentation-by-challenge_unpacks": presentation.make(
            bound, HOLDER, at=NOW, nonce=NONCE, audience=Audience.CHALLENGE
        ),
        "plain-jws_unpacks": jws.sign(json_dumps({"iss": "https://no.example"}), ISSUER, typ=None),
        "one-disclosure_unpacks": signed({"vct": "urn:ombord:pass:1", "_sd": [digest]}, name),
        "pass_unpacks": passes.issue(NORWAY, PASS),
        "presentation-of-a-pass_unpacks": presentation.make(
            passes.issue(NORWAY, PASS), PHONE, at=NOW, nonce=NONCE, audience=Audience.TIME
        ),
        "safe-manning_unpacks": crews.sign_manning(NORWAY, crews.manning()),
        "every-mark_unpacks": signed(EVERY_MARK),
        "muster-of-one_unpacks": show(bound, HOLDER),
        "muster-of-twelve_unpacks": "\n".join(several()),
        "muster-with-disclosures_unpacks": "\n".join(
            (show(signed({"_sd": [digest]}, name), HOLDER), signed({"a": 1}), signed({"_sd": [digest]}, name))
        ),
        "control-bytes_unpacks": signed(b'{\r\n\t"a": "\x00\x1f\x7f"\n}'),
    }


def several() -> list[str]:
    """Twelve certificates of one seafarer, the last but one on paper; a proof over the first."""
    first, *others = [
        NORWAY.issue(one, None if index == 10 else PHONE) for index, one in enumerate(passes.twelve())
    ]
    return [show(first, PHONE), *others]


def show(token: str, phone: SoftwareSigner) -> str:
    """With a proof by time."""
    return presentation.make(token, phone, at=NOW, nonce=NONCE, audience=Audience.TIME)


EVERY_MARK = (
    b'{"iat":1795262584,"nbf":1768431600,"exp":1926111600,"cnf":{"jwk":{"kty":"EC","crv":"P-256",'
    b'"x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}},'
    b'"idx":1234,"numbers":[12345,123456,123456789,12345678901,1234567890123,123456789012345,99999,-54321],'
    b'"issue_date":"2026-01-15","expiry_date":"2031-01-14","birth_date":"1984-03-02","no_date":"2026-02-30",'
    b'"seafarer_id":"7K3QX9TV","digest":"n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",\n"end":""}'
)


def refused(wire: bytes, live: bytes, together: bytes) -> dict[str, bytes]:
    """Name and wire of each vector that is refused."""
    form = 2 + 64
    lifted_end = form + 2 + wire[form + 1]
    return {
        "empty_refused": b"",
        "cut-short_refused": wire[:-1],
        "trailing-byte_refused": wire + b"\0",
        "unknown-kind-5_refused": b"\x05" + wire[1:],
        "unknown-dictionary-2_refused": b"\x01\x02" + wire[2:],
        "one-disclosure-missing_refused": wire[:form] + b"\x02" + wire[form + 1 :],
        "lifted-byte-left-over_refused": (
            wire[: form + 1]
            + bytes((wire[form + 1] + 1,))
            + wire[form + 2 : lifted_end]
            + b"\0"
            + wire[lifted_end:]
        ),
        "point-off-the-curve_refused": _with_text(wire, b"\n\x01", b"\x01" * 64),
        "integer-of-three-digits_refused": _with_text(wire, b"\n\x03", b"\x03\xe7"),
        "inflates-beyond-20000-bytes_refused": _with_text(wire, b"\n" + b"x" * 40_000, b""),
        "token-beyond-20000-characters_refused": _with_text(wire, b"\n" + b"x" * 15_500, b""),
        "presentation-for-unknown-audience_refused": live[:2] + b"\x02" + live[3:],
        "presentation-of-a-plain-jws_refused": live[: 79 + 64] + b"\x00" + live[79 + 65 :],
        "repeated-point-that-is-not-there_refused": _with_text(wire, b"\n\x11", b""),
        "muster-cut-short_refused": together[:-1],
        "muster-with-a-trailing-byte_refused": together + b"\0",
        "muster-of-none_refused": _muster(live, b"", []),
        "muster-of-65_refused": _muster(live, b"\n".join([b"{}"] * 130), [0] * 65),
        "muster-one-part-missing_refused": _muster(live, b'{"alg":"ES256"}\n{}\n{"alg":"ES256"}', [0, 0]),
        "muster-with-one-part-too-many_refused": _muster(live, b'{"alg":"ES256"}\n{}\n{}', [0]),
        "muster-with-an-empty-disclosure_refused": _muster(live, b'{"alg":"ES256"}\n{}\n', [1]),
        "muster-with-one-credential-twice_refused": _muster(
            live, b"\n".join([b'{"alg":"ES256"}\n{}'] * 2), [0, 0]
        ),
        "muster-that-follows-from-others-instants_refused": _muster(
            live, b'{"alg":"ES256"}\n\x05\x05 \x0d\n{"alg":"ES256"}\n\x0d', [0, 0], b"\x6b\x01\x88\x78" * 2
        ),
        "muster-inflates-beyond-80000-bytes_refused": _muster(
            live, b'{"alg":"ES256"}\n' + b"x" * 80_000, [0]
        ),
        "muster-with-a-token-beyond-20000-characters_refused": _muster(
            live, b'{"alg":"ES256"}\n' + b"x" * 15_500, [0]
        ),
        "muster-for-unknown-audience_refused": together[:2] + b"\x02" + together[3:],
    }


def _muster(live: bytes, text: bytes, disclosures: list[int], lifted: bytes = b"") -> bytes:
    """By hand, with the proof of another presentation and signatures of zeros."""
    head = (
        b"\x03" + live[1:79] + bytes((len(disclosures),)) + bytes(64 * len(disclosures)) + bytes(disclosures)
    )
    return head + len(lifted).to_bytes(3, "big") + lifted + carrier.deflate(text)


def _with_text(wire: bytes, text: bytes, lifted: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, dictionary.load(1))
    deflated = compressor.compress(b'{"alg":"ES256"}' + text) + compressor.flush()
    return wire[: 2 + 64] + bytes((1, len(lifted))) + lifted + deflated


def main() -> None:
    """Write all vectors."""
    for name, token in tokens().items():
        folder = FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "token.txt"
        if not path.exists():
            path.write_text(token, encoding="ascii")
        text = path.read_text(encoding="ascii")
        first, *others = text.split("\n")
        _write(folder, muster.pack(first, others) if name.startswith("muster") else carrier.pack(first))
    names = ("competency_unpacks", "presentation-by-time_unpacks", "muster-of-twelve_unpacks")
    for name, wire in refused(*map(_read, names)).items():
        folder = FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, wire)


def _write(folder: Path, wire: bytes) -> None:
    (folder / "wire.hex").write_text("\n".join(wrap(wire.hex(), 64)) + "\n", encoding="ascii")
    (folder / "qr.txt").write_text(carrier.PREFIX + base45.encode(wire), encoding="ascii")


def _read(name: str) -> bytes:
    return bytes.fromhex((FOLDER / name / "wire.hex").read_text(encoding="ascii"))


if __name__ == "__main__":
    main()
