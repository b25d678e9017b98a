"""Checkpoints: signed notes that anybody's reader takes, read strictly, believed under a known key alone."""

import base64
from contextlib import suppress
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from support.simulator import seeded_signer

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.transparency.checkpoint import (
    MAX_SIGNATURES,
    Checkpoint,
    CheckpointError,
    ForgedSignature,
    LogKey,
    UnknownSigner,
    parse,
    sign,
    verify,
)
from keys.transparency.merkle import EMPTY_ROOT, MAX_SIZE

ORIGIN = "certificates.sdir.example/no/log"
SIGNER = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))
KEY = LogKey(ORIGIN, SIGNER.public_key)
ROOT = sha256(b"a root").digest()
CHECKPOINT = Checkpoint(ORIGIN, 1_000_000, ROOT)
NOTE = sign(CHECKPOINT, SIGNER)
# The example of c2sp.org/tlog-checkpoint.
THEIRS = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9"
    "nTo+zyWE+xeMcTOAYQ8=\n"
)
# Of Go's checksum database, as cmd/go has it.
GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def test_specifications_own_example_is_read() -> None:
    checkpoint, (signature,) = parse(THEIRS.encode())
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert (signature.name, len(signature.signature)) == (checkpoint.origin, 64)
    assert checkpoint.text == THEIRS.partition("\n\n")[0] + "\n"


def test_gos_own_key_is_read_and_has_the_id_that_go_gives_it() -> None:
    key = LogKey.from_text(GO_KEY)
    assert (key.name, key.key_id.hex(), key.text) == ("sum.golang.org", "033de0ae", GO_KEY)


def test_note_is_what_a_second_reader_of_the_specification_expects() -> None:
    body, _, line = NOTE.rpartition("\n\n")
    text = (body + "\n").encode()
    assert text == f"{ORIGIN}\n1000000\n{base64.b64encode(ROOT).decode()}\n".encode()
    dash, name, encoded = line.removesuffix("\n").split(" ")
    assert (dash, name) == ("—", ORIGIN)
    data = base64.b64decode(encoded, validate=True)
    raw = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
    assert data[:4] == sha256(ORIGIN.encode() + b"\x0a\x01" + raw).digest()[:4]
    Ed25519PublicKey.from_public_bytes(raw).verify(data[4:], text)


def test_what_was_signed_verifies_and_signing_again_gives_the_same_bytes() -> None:
    assert verify(NOTE.encode(), [KEY], origin=ORIGIN) == CHECKPOINT
    assert sign(CHECKPOINT, SIGNER) == NOTE


@given(st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32), st.lists(st.text("abc +—", min_size=1)))
def test_every_checkpoint_is_read_as_it_was_written(size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root, tuple(extensions))
    assert verify(sign(checkpoint, SIGNER).encode(), [KEY], origin=ORIGIN) == checkpoint


@given(st.data())
def test_note_with_any_bit_flipped_is_not_believed(data: st.DataObject) -> None:
    note = bytearray(NOTE.encode())
    note[data.draw(st.integers(0, len(note) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CheckpointError):
        verify(bytes(note), [KEY], origin=ORIGIN)


def test_signatures_of_others_are_passed_over_as_the_specification_demands() -> None:
    witness = "— witness.example/w1 " + base64.b64encode(b"abcd" + bytes(72)).decode() + "\n"
    large = "— witness.example/pq " + base64.b64encode(b"efgh" + bytes(5_000)).decode() + "\n"
    namesake = f"— {ORIGIN} " + base64.b64encode(b"ijkl" + bytes(64)).decode() + "\n"
    body, _, own = NOTE.rpartition("\n\n")
    many = f"{body}\n\n{witness}{large * 14}{namesake}{own}"
    assert verify(many.encode(), [KEY], origin=ORIGIN) == CHECKPOINT
    with pytest.raises(UnknownSigner):
        verify(f"{body}\n\n{witness}{namesake}".encode(), [KEY], origin=ORIGIN)


def test_forged_signature_voids_a_note_that_another_known_key_has_signed() -> None:
    other = SoftwareSigner.generate(Algorithm.ED25519)
    next_key = LogKey(ORIGIN, other.public_key)
    forged = f"— {ORIGIN} " + base64.b64encode(next_key.key_id + bytes(64)).decode() + "\n"
    assert verify((NOTE + forged).encode(), [KEY], origin=ORIGIN) == CHECKPOINT
    with pytest.raises(ForgedSignature, match=ORIGIN):
        verify((NOTE + forged).encode(), [KEY, next_key], origin=ORIGIN)


def test_witness_alone_does_not_make_a_checkpoint_the_logs() -> None:
    witness = SoftwareSigner.generate(Algorithm.ED25519)
    own = LogKey("witness.example/w1", witness.public_key)
    data = own.key_id + witness.sign(CHECKPOINT.text.encode())
    line = f"— {own.name} {base64.b64encode(data).decode()}\n"
    assert verify((NOTE + line).encode(), [KEY, own], origin=ORIGIN) == CHECKPOINT
    with pytest.raises(UnknownSigner):
        verify(f"{CHECKPOINT.text}\n{line}".encode(), [KEY, own], origin=ORIGIN)


def test_note_of_a_key_that_follows_is_believed_under_either() -> None:
    follower = SoftwareSigner.generate(Algorithm.ED25519)
    keys = [KEY, LogKey(ORIGIN, follower.public_key)]
    assert verify(sign(CHECKPOINT, follower).encode(), keys, origin=ORIGIN) == CHECKPOINT
    with pytest.raises(UnknownSigner, match="no key of the log that is known here"):
        verify(sign(CHECKPOINT, follower).encode(), [KEY], origin=ORIGIN)


def test_checkpoint_of_another_log_is_not_this_ones() -> None:
    other = Checkpoint("other.example/log", 1, ROOT)
    key = LogKey("other.example/log", SIGNER.public_key)
    with pytest.raises(UnknownSigner, match="not of " + ORIGIN):
        verify(sign(other, SIGNER).encode(), [key, KEY], origin=ORIGIN)


LINE = NOTE.rpartition("\n\n")[2]
ROOT_LINE = base64.b64encode(ROOT).decode()


@pytest.mark.parametrize(
    ("note", "says"),
    [
        (b"", "an empty line"),
        (NOTE[:-1].encode(), "an empty line"),
        (NOTE.replace("\n\n", "\n").encode(), "an empty line"),
        (NOTE.partition("\n\n")[0].encode() + b"\n\n", "an empty line"),
        (NOTE.encode() + b"\n", "lines of text"),
        (NOTE.encode().replace(b"1000000", b"01000000"), "lines are"),
        (NOTE.encode().replace(b"1000000", b"+1000000"), "lines are"),
        (NOTE.encode().replace(b"1000000", b"1 000 000"), "lines are"),
        (NOTE.encode().replace(b"1000000", "١".encode()), "lines are"),
        (NOTE.encode().replace(b"1000000", b"9" * 19), "a log of 9999"),
        (NOTE.encode().replace(b"1000000", b"0"), "none of a log of 0"),
        (NOTE.encode().replace(b"\n", b"\r\n"), "control"),
        (NOTE.encode().replace(b"1000000", b"1000000\t"), "control"),
        (NOTE.encode().replace(b"1000000", b"1000000\xff"), "UTF-8"),
        (f"\n{NOTE}".encode(), "lines are"),
        (f"\n1\n{ROOT_LINE}\n\n{LINE}".encode(), "empty line"),
        (f"{ORIGIN}\n1\n{ROOT_LINE[:-1]}\n\n{LINE}".encode(), "the root hash is not base64"),
        (f"{ORIGIN}\n1\n{ROOT_LINE[:-2]}1=\n\n{LINE}".encode(), "the root hash is not base64"),
        (f"{ORIGIN}\n1\nAAAA\n\n{LINE}".encode(), "the root hash is none"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n{LINE.replace('—', '-')}".encode(), "signature line"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n— no+name AAAAAAAA\n".encode(), "signature line"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n— no\u00a0name AAAAAAAA\n".encode(), "signature line"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n—  AAAAAAAA\n".encode(), "signature line"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n— name\n".encode(), "signature line"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n— name AAAA AAAA\n".encode(), "not base64"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n— name AAAAAA==\n".encode(), "too short"),
        (f"{ORIGIN}\n1\n{ROOT_LINE}\n\n{LINE * (MAX_SIGNATURES + 1)}".encode(), "65 signature lines"),
        (b"x" * 300_000, "at most"),
    ],
)  # fmt: skip
def test_text_that_is_no_checkpoint_says_why(note: bytes, says: str) -> None:
    with pytest.raises(CheckpointError, match=says):
        parse(note)


@given(st.binary(max_size=300) | st.text("—\n+ aA1=", max_size=200).map(str.encode))
def test_reader_of_anything_ends_in_a_checkpoint_or_its_error(note: bytes) -> None:
    with suppress(CheckpointError):
        parse(note)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (("", 1, ROOT), "empty line"),
        (("two\nlines", 1, ROOT), "control"),
        ((ORIGIN, -1, ROOT), "a log of -1"),
        ((ORIGIN, 1, ROOT[1:]), "root hash"),
        ((ORIGIN, 0, ROOT), "root hash"),
        ((ORIGIN, 1, ROOT, ("",)), "empty line"),
    ],
)
def test_checkpoint_that_nobody_could_read_is_not_made(values: tuple[str, int, bytes], says: str) -> None:
    with pytest.raises(CheckpointError, match=says):
        Checkpoint(*values)


def test_empty_log_has_a_checkpoint_too() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert verify(sign(empty, SIGNER).encode(), [KEY], origin=ORIGIN) == empty


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is written NAME"),
        (ORIGIN, "is written NAME"),
        ("a b+00000000+AAAA", "is written NAME"),
        ("name+00000000+A", "not base64"),
        ("name+00000000+AAAA", "no Ed25519 key"),
        (KEY.text.replace(ORIGIN, "other.example/log"), "do not belong together"),
        (KEY.text.replace(KEY.key_id.hex(), "00000000"), "do not belong together"),
        (KEY.text.replace(KEY.key_id.hex(), KEY.key_id.hex().upper()), "do not belong together"),
    ],
)
def test_text_that_is_no_key_of_a_log_says_why(text: str, says: str) -> None:
    with pytest.raises(CheckpointError, match=says):
        LogKey.from_text(text)


def test_key_of_another_kind_signs_no_checkpoint() -> None:
    with pytest.raises(CheckpointError, match="Ed25519 keys alone"):
        sign(CHECKPOINT, seeded_signer("certificates"))
    with pytest.raises(CheckpointError, match="cannot name a key"):
        sign(Checkpoint("a log", 1, ROOT), SIGNER)
