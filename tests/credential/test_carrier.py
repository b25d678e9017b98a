"""The carrier: lossless for every token it takes, bounded, and deaf to everything else."""

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.carried import HOLDER, ISSUER, NONCE, NORWAY, NOW, credential, disclosure, presented, signed
from support.strategies import credentials

from keys import jws
from keys.encoding import b64url_encode
from verifier.credential import carrier, dictionary, presentation, sd_jwt, vc
from verifier.credential.carrier import MalformedCarrier, NotOneCredential, UnknownDictionary, UnknownKind
from verifier.credential.presentation import Audience, HolderProofError

WIRE = carrier.pack(credential())
LIVE = carrier.pack(presented())
AUTHORITY_KEY = NORWAY.signers[NORWAY.certificate_kid].public_key
HEADER = b'{"alg":"ES256","kid":"NO-2026a","typ":"dc+sd-jwt"}'


def deflate(text: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, dictionary.load(1))
    return compressor.compress(text) + compressor.flush()


def wire(text: bytes, lifted: bytes = b"", *, form: int = 1, kind: int = 1, number: int = 1) -> bytes:
    """A wire of kind 1 by hand, as a packer that is not ours might write it."""
    size = bytes((len(lifted),)) if len(lifted) < 128 else bytes((len(lifted) & 127 | 128, len(lifted) >> 7))
    return bytes((kind, number)) + bytes(64) + bytes((form,)) + size + lifted + deflate(text)


def payload_of(text: bytes, lifted: bytes = b"") -> bytes:
    """The payload that marks and lifted bytes make."""
    return jws.parse(carrier.unpack(wire(HEADER + b"\n" + text, lifted)).rstrip("~")).payload


def refused(call: Callable[[], object], kind: type[MalformedCarrier] = MalformedCarrier) -> str:
    with pytest.raises(kind) as refusal:
        call()
    return str(refusal.value)


# Lossless


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(credential(), id="credential"),
        pytest.param(presented(), id="presentation by time"),
        pytest.param(presented(Audience.CHALLENGE), id="presentation by challenge"),
        pytest.param(credential()[:-1], id="plain JWS"),
        pytest.param(signed({"_sd": [disclosure("a", 1)[1]]}, disclosure("a", 1)[0]), id="one disclosure"),
        pytest.param(signed({}, *(disclosure(n, "x")[0] for n in range(200))), id="200 disclosures"),
        pytest.param(signed(b""), id="empty payload"),
        pytest.param(signed(bytes(range(256)) * 3), id="bytes that are no text"),
        pytest.param(signed(b'{\r\n\t"iat": 1795262584,\n "x":"\x1f"}'), id="pretty-printed"),
        pytest.param(signed(b"\n\n\n"), id="separators"),
        pytest.param(signed({"a": "z" * 14_000}), id="long and uniform"),
    ],
)
def test_a_token_comes_back_byte_for_byte(text: str) -> None:
    assert carrier.unpack(carrier.pack(text)) == text
    assert carrier.unpack(carrier.from_qr_text(carrier.to_qr_text(carrier.pack(text)))) == text


@given(credentials, st.booleans())
def test_any_credential_of_the_model_comes_back(credential: Any, bound: bool) -> None:
    text = vc.sign(credential, ISSUER, "NO-2026a")
    if bound:
        text = presentation.make(text, HOLDER, at=NOW, nonce=NONCE, audience=Audience.TIME)
    assert carrier.unpack(carrier.pack(text)) == text


def token(payload: bytes, *disclosures: bytes) -> str:
    """An SD-JWT with a signature of zeros: the carrier checks none."""
    issued = ".".join(map(b64url_encode, (HEADER, payload, bytes(64))))
    return "~".join((issued, *map(b64url_encode, disclosures), ""))


@given(st.binary(max_size=400), st.lists(st.binary(min_size=1, max_size=60), max_size=5))
def test_any_bytes_come_back(payload: bytes, disclosures: list[bytes]) -> None:
    text = token(payload, *disclosures)
    assert carrier.unpack(carrier.pack(text)) == text
    read_alike(carrier.pack(text))


liftable = st.one_of(
    st.integers(0, 10**17).map(str),
    st.integers(10**8 // 900, 10**10 // 900).map(lambda quarters: str(quarters * 900)),
    st.dates().map(str),
    st.from_regex(r'"[0-9A-HJKMNP-TV-Z]{8}"', fullmatch=True),
    st.binary(min_size=15, max_size=60).map(lambda data: f'"{b64url_encode(data)}"'),
    st.from_regex(r'"x":"[A-Za-z0-9_-]{43}","y":"[A-Za-z0-9_-]{43}"', fullmatch=True),
    st.sampled_from(["\n", "\x00", "\x1f", "\x7f", "{", '"', "2024-02-30", "1999-13-01", "2024-02-29"]),
)


@given(st.lists(liftable, max_size=12).map("".join))
def test_anything_that_looks_liftable_comes_back(text: str) -> None:
    assert carrier.unpack(carrier.pack(token(text.encode()))) == token(text.encode())


# Refused when packing


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("no token", id="no token"),
        pytest.param("a.b.c", id="three words"),
        pytest.param(credential()[:-2], id="signature cut short"),
        pytest.param(credential().replace("~", "A~"), id="signature of 65 bytes"),
        pytest.param(credential() + "~", id="empty disclosure"),
        pytest.param(credential() + "a=~", id="loose disclosure"),
        pytest.param(credential() + "AB~", id="disclosure with spare bits"),
        pytest.param(credential() + "\n", id="line feed after"),
        pytest.param(presented() + "x", id="proof with a longer signature"),
        pytest.param(signed({"a": "z" * 15_000}), id="more than 20,000 characters"),
        pytest.param("x" * 1_000_000, id="a million characters"),
        pytest.param("ø~", id="not ASCII"),
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    assert refused(lambda: carrier.pack(text))


def test_a_holder_proof_in_another_form_is_refused_by_name() -> None:
    claims = {"iat": 1, "aud": presentation.AUD_TIME, "nonce": b64url_encode(NONCE), "sd_hash": "x"}
    reordered = {"aud": presentation.AUD_TIME, "iat": 1, "nonce": claims["nonce"]}
    hash_ = sd_jwt.sd_hash(credential())
    for payload in (claims, {**reordered, "sd_hash": hash_}, {"aud": "x"}):
        binding = jws.sign(str(payload).replace("'", '"').encode(), HOLDER, typ="kb+jwt")
        assert "holder proof" in refused(lambda binding=binding: carrier.pack(credential() + binding))  # type: ignore[misc] # bound


# Refused when unpacking


@pytest.mark.parametrize("kind", [0, 5, 255])
def test_unknown_kinds_are_refused_by_name(kind: int) -> None:
    assert f"kind {kind} " in refused(lambda: carrier.unpack(bytes((kind,)) + WIRE[1:]), UnknownKind)


@pytest.mark.parametrize("kind", [3, 4])
def test_what_is_not_one_credential_is_refused_by_name(kind: int) -> None:
    assert f"kind {kind} " in refused(lambda: carrier.unpack(bytes((kind,)) + WIRE[1:]), NotOneCredential)


@pytest.mark.parametrize("number", [0, 2, 255])
@pytest.mark.parametrize("packed", [WIRE, LIVE], ids=["credential", "presentation"])
def test_unknown_dictionaries_are_refused_by_name(packed: bytes, number: int) -> None:
    changed = packed[:1] + bytes((number,)) + packed[2:]
    assert f"dictionary {number} " in refused(lambda: carrier.unpack(changed), UnknownDictionary)


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="kind alone"),
        pytest.param(wire(HEADER + b"\n{}") + b"\x00", id="a byte after the end"),
        pytest.param(wire(HEADER + b"\n{}") + WIRE, id="two wires"),
        pytest.param(wire(HEADER), id="header alone"),
        pytest.param(wire(HEADER + b"\n{}\n[]"), id="a disclosure that the form does not count"),
        pytest.param(wire(HEADER + b"\n{}", form=3), id="disclosures that are not there"),
        pytest.param(wire(HEADER + b"\n{}\n[]", form=0), id="a plain JWS with a disclosure"),
        pytest.param(wire(HEADER + b"\n{}\n", form=2), id="an empty disclosure"),
        pytest.param(wire(HEADER + b"\n" + b"x" * 30_000), id="a bomb"),
        pytest.param(wire(HEADER + b"\n" + b"x" * 15_500), id="a token over 20,000 characters"),
        pytest.param(wire(HEADER + b"\n{}", b"\x00"), id="a lifted byte without a mark"),
        pytest.param(wire(HEADER + b"\n\x04", b"\x01\x00"), id="a mark without its bytes"),
        pytest.param(WIRE[:66] + b"\x80\x00" + deflate(HEADER + b"\n{}"), id="a length in too many bytes"),
        pytest.param(b"\x01\x01" + bytes(40_000), id="too long"),
        pytest.param(LIVE[:2] + b"\x02" + LIVE[3:], id="an unknown audience"),
        pytest.param(LIVE[:79] + wire(HEADER + b"\n{}", form=0)[2:], id="a holder proof over a plain JWS"),
    ],
)
def test_wires_that_no_packer_writes_are_refused(packed: bytes) -> None:
    assert refused(lambda: carrier.unpack(packed))


def test_every_truncation_is_refused() -> None:
    for packed in (WIRE, LIVE):
        for size in range(len(packed)):
            assert refused(lambda size=size, packed=packed: carrier.unpack(packed[:size]))  # type: ignore[misc] # bound


# Marks, one by one, as the format's page has them

AT = b"\x05" + b"\x09"
AT_LIFTED = (1_795_262_584).to_bytes(4, "big") + (1_795_219_200 // 900).to_bytes(3, "big")


@pytest.mark.parametrize(
    ("marks", "lifted", "text"),
    [
        (b"\x03", b"\x03\xe8", b"1000"),
        (b"\x03", b"\x27\x10", b"10000"),
        (b"\x04", b"\x01\x00\x00", b"65536"),
        (b"\x05", b"\x6b\x01\x88\x78", b"1795262584"),
        (b"\x06", b"\x02\x54\x0b\xe3\xff", b"9999999999"),
        (b"\x07", b"\x01\x00\x00\x00\x00\x00", b"1099511627776"),
        (b"\x08", b"\x03\x8d\x7e\xa4\xc6\x7f\xff", b"999999999999999"),
        (b"\x09", b"\x1e\x70\x3c", b"%d" % (0x1E703C * 900)),
        (b"\x05 \x0b", b"\x6b\x01\x88\x78\x00\x02", b"1795262584 1795269784"),
        (b"\x0c", b"\x00\x00", b"1920-01-01"),
        (b"\x0c", b"\xff\xff", b"2099-06-05"),
        (AT + b" \x0d", AT_LIFTED, b"17952625841795219200 2026-11-21"),
        (AT + b"\x0b \x0e", AT_LIFTED + b"\x00\x30", b"179526258417952192001795392000 2026-11-22"),
        (b"\x0f", b"\xff\xff\xff\xff\xff", b'"ZZZZZZZZ"'),
        (b"\x0f", b"\x00\x44\x32\x14\xc7", b'"01234567"'),
        (b"\x02", b"\x00", b'""'),
        (b"\x02", b"\x03\x00\x10\x83", b'"ABCD"'),
        (b"\x10", b"", b"\n"),
        (b"\x1f", b"\x05", b"\x05"),
        (
            b"\x01",
            bytes.fromhex(
                "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
            ),
            (
                b'"x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",'
                b'"y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"'
            ),
        ),
    ],
    ids=lambda value: value.hex() if isinstance(value, bytes) and len(value) < 4 else "",
)
def test_each_mark_stands_for_its_text(marks: bytes, lifted: bytes, text: bytes) -> None:
    assert payload_of(marks, lifted) == text


@pytest.mark.parametrize(
    ("marks", "lifted"),
    [
        pytest.param(b"\x00", b"", id="NUL"),
        *[pytest.param(bytes((mark,)), b"\x00" * 8, id=f"mark {mark}") for mark in range(0x11, 0x1F)],
        pytest.param(b"\x03", b"\x03\xe7", id="an integer of three digits"),
        pytest.param(b"\x04", b"\x00\xff\xff", id="an integer with a leading zero byte"),
        pytest.param(b"\x08", b"\x03\x8d\x7e\xa4\xc6\x80\x00", id="an integer of sixteen digits"),
        pytest.param(b"\x09", b"\x00\x00\x01", id="an instant in 1970"),
        pytest.param(b"\x0b", b"\x00\x01", id="hours after nothing"),
        pytest.param(b"\x0d", b"", id="the day of no instant"),
        pytest.param(b"\x05\x0d", b"\x6b\x01\x88\x78", id="the day of the second of one instant"),
        pytest.param(AT + b"\x0e", AT_LIFTED, id="the day of the third of two instants"),
        pytest.param(b"\x1f", b"\x0a", id="a line feed as another control byte"),
        pytest.param(b"\x1f", b"A", id="a control byte that is none"),
        pytest.param(b"\x01", b"\x01" * 64, id="a point off the curve"),
        pytest.param(b"\x01", b"\xff" * 64, id="coordinates beyond the field"),
        pytest.param(b"\x02", b"\x05ab", id="base64url cut short"),
    ],
)
def test_marks_that_stand_for_nothing_are_refused(marks: bytes, lifted: bytes) -> None:
    assert "lifted values" in refused(lambda: payload_of(marks, lifted))


# QR text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("ob1:BB8", id="prefix in small letters"),
        pytest.param(" OB1:BB8", id="white space before"),
        pytest.param("OB2:BB8", id="another prefix"),
        pytest.param("HC1:BB8", id="a health certificate"),
        pytest.param("https://example.org/?OB1:BB8", id="a web address"),
        pytest.param("OB1:A", id="impossible length"),
        pytest.param("OB1:GGW", id="overflow"),
        pytest.param("OB1:" + "0" * 120_003, id="too long"),
        pytest.param("OB1:BB8\n", id="line feed"),
    ],
)
def test_text_that_is_no_qr_text_is_refused(text: str) -> None:
    assert refused(lambda: carrier.from_qr_text(text))


def test_spaces_are_digits_and_never_stripped() -> None:
    packed = next(bytes((1, 1, n)) for n in range(256) if carrier.to_qr_text(bytes((1, 1, n))).endswith(" 0"))
    text = carrier.to_qr_text(packed)
    assert carrier.from_qr_text(text) == packed
    data = bytes((0, 36))  # three characters, the first of which is a space
    assert carrier.to_qr_text(data) == "OB1: 00"
    assert carrier.from_qr_text("OB1: 00") == data


def test_a_carried_credential_brings_its_holders_key_along() -> None:
    carried = carrier.read(LIVE)
    assert carried.key == HOLDER.public_key
    claims = sd_jwt.claims(carried.sd_jwt, carried.sd_jwt.jws.payload)
    assert vc.from_claims(claims, carried.key).holder_key is carried.key
    assert vc.from_claims(claims, ISSUER.public_key).holder_key == HOLDER.public_key
    claims["cnf"] = {"jwk": {**HOLDER.public_key.to_jwk(), "d": "secret"}}
    with pytest.raises(vc.MalformedCredential):
        vc.from_claims(claims, carried.key)


def test_a_plain_jws_is_read_as_no_credential() -> None:
    with pytest.raises(jws.MalformedJws, match="plain JWS"):
        carrier.read(carrier.pack(credential()[:-1]))


# Hostile wires


def read_alike(packed: bytes) -> None:
    """Taken apart or spelled out and read: the same parts of the same wires."""
    try:
        parsed = sd_jwt.parse(carrier.unpack(packed))
    except (MalformedCarrier, jws.MalformedJws):
        with pytest.raises((MalformedCarrier, jws.MalformedJws)):
            carrier.read(packed)
        return
    carried, proof, _ = carrier.read(packed)
    assert carried == parsed._replace(key_binding=None)
    assert proof == (None if parsed.key_binding is None else presentation.read(parsed))


def must_be_no_other_credential(packed: bytes) -> None:
    """It is refused, fails a signature, or is the same issuer's JWS with the same disclosures."""
    read_alike(packed)
    original = sd_jwt.parse(credential())
    try:
        parsed = sd_jwt.parse(carrier.unpack(packed))
        jws.verify(parsed.jws, AUTHORITY_KEY, typ="dc+sd-jwt")
        if parsed.key_binding is not None:
            presentation.check(parsed, HOLDER.public_key)
    except (MalformedCarrier, jws.MalformedJws, jws.SignatureMismatch, HolderProofError):
        return
    assert (parsed.jws.token, parsed.disclosures) == (original.jws.token, original.disclosures)


@pytest.mark.parametrize("packed", [WIRE, LIVE], ids=["credential", "presentation"])
def test_no_flipped_bit_makes_another_credential(packed: bytes) -> None:
    for index in range(len(packed)):
        for bit in range(8):
            must_be_no_other_credential(
                packed[:index] + bytes((packed[index] ^ 1 << bit,)) + packed[index + 1 :]
            )


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    for head in (b"", WIRE[:2], LIVE[:3]):
        must_be_no_other_credential(head + data)


@given(st.binary(max_size=200), st.binary(max_size=60), st.integers(0, 255))
def test_arbitrary_text_and_lifted_bytes_are_refused_or_read(text: bytes, lifted: bytes, form: int) -> None:
    must_be_no_other_credential(wire(text, lifted, form=form))


@settings(max_examples=300)
@given(st.data())
def test_no_splice_of_two_wires_makes_another_credential(data: st.DataObject) -> None:
    at, to = data.draw(st.integers(0, len(WIRE))), data.draw(st.integers(0, len(LIVE)))
    must_be_no_other_credential(WIRE[:at] + LIVE[to:])
    must_be_no_other_credential(LIVE[:to] + WIRE[at:])


def test_an_invented_disclosure_fits_no_digest() -> None:
    true, digest = disclosure("a", 1)
    false, _ = disclosure("a", 2)
    invented = signed({"_sd": [digest]}, true).replace(true, false)
    parsed = sd_jwt.parse(carrier.unpack(carrier.pack(invented)))
    with pytest.raises(sd_jwt.MalformedSdJwt):
        sd_jwt.claims(parsed, parsed.jws.payload)
