"""A muster: several credentials in one stream, lossless, bounded, and with one proof over the first."""

from collections.abc import Callable, Sequence
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import passes
from support.carried import (
    HOLDER,
    ISSUER,
    MASTER,
    NONCE,
    NORWAY,
    NOW,
    credential,
    disclosure,
    presented,
    signed,
)
from support.scenario import PHONE, show
from support.strategies import credentials

from keys import jws
from keys.encoding import b64url_encode
from verifier.credential import carrier, muster, presentation, sd_jwt, vc
from verifier.credential.carrier import MalformedCarrier
from verifier.credential.model import Credential
from verifier.credential.presentation import Audience

TWELVE = [NORWAY.issue(one, PHONE) for one in passes.twelve()]
LIVE = [show(TWELVE[0]), *TWELVE[1:]]
WIRE = muster.pack(LIVE[0], LIVE[1:])


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(MalformedCarrier) as refusal:
        call()
    return str(refusal.value)


def came_back(texts: Sequence[str]) -> bytes:
    wire = muster.pack(texts[0], texts[1:])
    assert muster.unpack(wire) == list(texts)
    return wire


def test_twelve_certificates_come_back_byte_for_byte() -> None:
    assert came_back(LIVE) == WIRE


def test_what_they_repeat_is_carried_once() -> None:
    """Each certificate but the first costs its signature and little more: the holder's key travels once."""
    alone = sum(len(carrier.pack(text)) for text in LIVE)
    assert len(WIRE) < 0.6 * alone
    assert WIRE.count(PHONE.public_key.coordinates()) == 1


def test_other_forms_come_back_too() -> None:
    text, digest = disclosure("portrait", "UklGRg")
    came_back([presented()])
    came_back([presented(Audience.CHALLENGE), NORWAY.issue(MASTER)])
    came_back([show(signed({"_sd": [digest]}, text)), signed({"a": 1}), signed({"_sd": [digest]}, text)])
    came_back(
        [presented(), *(signed({"n": n}, *(disclosure(n, "x")[0] for _ in range(1))) for n in range(63))]
    )


def test_wires_of_one_credential_are_read_alike() -> None:
    assert muster.unpack(carrier.pack(presented())) == [presented()]
    assert muster.read(carrier.pack(presented())) == (carrier.read(carrier.pack(presented())),)


def test_what_is_read_is_what_the_tokens_say() -> None:
    found = muster.read(WIRE)
    assert [one.sd_jwt.text for one in found] == TWELVE
    assert found[0].proof == presentation.read(sd_jwt.parse(LIVE[0]))
    assert [one.proof for one in found[1:]] == [None] * 11
    assert [one.key for one in found] == [PHONE.public_key] * 12


def test_a_key_belongs_to_the_credential_that_has_it() -> None:
    paper, other = NORWAY.issue(MASTER), NORWAY.issue(MASTER, HOLDER)
    found = muster.read(muster.pack(LIVE[0], [paper, other, TWELVE[1]]))
    assert [one.key for one in found] == [PHONE.public_key, None, HOLDER.public_key, PHONE.public_key]


@settings(max_examples=30)
@given(st.lists(credentials, min_size=1, max_size=6))
def test_any_credentials_of_the_model_come_back(found: list[Credential]) -> None:
    texts = list(dict.fromkeys(vc.sign(one, ISSUER, "NO-2026a") for one in found))
    came_back([presentation.make(texts[0], HOLDER, at=NOW, nonce=NONCE, audience=Audience.TIME), *texts[1:]])


@given(st.lists(st.binary(max_size=120), min_size=1, max_size=5, unique=True))
def test_any_bytes_come_back(payloads: list[bytes]) -> None:
    head = b64url_encode(b'{"alg":"ES256","kid":"NO-2026a","typ":"dc+sd-jwt"}')
    texts = [f"{head}.{b64url_encode(payload)}.{b64url_encode(bytes(64))}~" for payload in payloads]
    came_back([show(texts[0]), *texts[1:]])


liftable = st.sampled_from(
    [
        *('"7K3QX9TV"', '"8K3QX9TV"', "1984-03-02", "1985-03-02", "1795262584", "1768431600", "1926111600"),
        *(
            f'"x":"{key["x"]}","y":"{key["y"]}"'
            for key in (HOLDER.public_key.to_jwk(), PHONE.public_key.to_jwk())
        ),
        *("2026-01-15", "2031-01-14", "\x11", "\x12", "\x13", "\n", "x"),
    ]
)


@given(st.lists(st.lists(liftable, max_size=8).map("".join), min_size=1, max_size=4, unique=True))
def test_repetitions_come_back_in_whatever_order(payloads: list[str]) -> None:
    texts = [signed(payload.encode()) for payload in payloads]
    came_back([show(texts[0]), *texts[1:]])
    for text in texts:
        assert carrier.unpack(carrier.pack(text)) == text


@pytest.mark.parametrize(
    ("first", "others"),
    [
        pytest.param(credential(), [], id="no proof"),
        pytest.param(presented(), [show(TWELVE[1])], id="a second proof"),
        pytest.param(presented(), [credential()], id="one credential twice"),
        pytest.param(presented(), [TWELVE[1], TWELVE[1]], id="another twice"),
        pytest.param(presented(), [credential()[:-1]], id="a plain JWS"),
        pytest.param(presented(), ["nonsense"], id="no token"),
        pytest.param(presented() + "x", [], id="a proof with a longer signature"),
        pytest.param(presented(), [signed({"n": n}) for n in range(64)], id="sixty-five"),
        pytest.param(presented(), [signed({"a": "z" * 15_000})], id="one too long"),
        pytest.param(
            presented(), [signed({"a": "z" * 14_000, "n": n}) for n in range(5)], id="together too long"
        ),
        pytest.param(presented(), ["x" * 1_000_000], id="a million characters"),
    ],
)
def test_anything_else_is_refused_when_packed(first: str, others: list[str]) -> None:
    assert refused(lambda: muster.pack(first, others))


def test_every_truncation_is_refused() -> None:
    for size in range(len(WIRE)):
        assert refused(lambda size=size: muster.unpack(WIRE[:size]))  # type: ignore[misc] # bound
    assert refused(lambda: muster.unpack(WIRE + b"\0"))
    assert refused(lambda: muster.unpack(b"\x03\x01" + bytes(90_000)))


def test_another_dictionary_or_kind_is_refused_by_name() -> None:
    assert "dictionary 2 " in refused(lambda: muster.unpack(b"\x03\x02" + WIRE[2:]))
    assert "kind 5 " in refused(lambda: muster.unpack(b"\x05" + WIRE[1:]))
    assert "moving frames" in refused(lambda: muster.unpack(b"\x04" + WIRE[1:]))


@pytest.mark.parametrize("mark", [b"\x10", b"\x11", b"\x12", b"\x13", b"\x0d", b"\x0e"])
def test_a_text_of_nothing_but_marks_is_refused_in_little_time(mark: bytes) -> None:
    """80,000 marks, each of which stands for up to a hundred bytes."""
    key = HOLDER.public_key.coordinates()
    lifted = key + bytes(5) + bytes(2) + b"\x6b\x01\x88\x78" * 3
    text = b"{}\n\x01\x0f\x0c\x05,\x05,\x05"
    text += mark * (80_000 - len(text))
    packed = WIRE[:79] + b"\x01" + bytes(65) + len(lifted).to_bytes(3, "big") + lifted + carrier.deflate(text)
    started = process_time()
    assert refused(lambda: muster.unpack(packed))
    assert process_time() - started < 0.5  # 0.05 s where it was measured


@settings(max_examples=400)
@given(st.lists(st.tuples(st.integers(0, len(WIRE) - 1), st.integers(0, 7)), min_size=1, max_size=3))
def test_flipped_bits_are_refused_or_make_no_other_signed_credential(flips: list[tuple[int, int]]) -> None:
    wire = bytearray(WIRE)
    for at, bit in flips:
        wire[at] ^= 1 << bit
    key = NORWAY.signers[NORWAY.certificate_kid].public_key
    try:
        texts = muster.unpack(bytes(wire))
    except MalformedCarrier:
        return
    for text in texts:
        try:
            parsed = sd_jwt.parse(text)
            jws.verify(parsed.jws, key, typ="dc+sd-jwt")
        except (jws.MalformedJws, jws.SignatureMismatch):
            continue
        assert parsed.text in TWELVE


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(tail: bytes) -> None:
    assert refused(lambda: muster.unpack(b"\x03\x01" + tail))
