"""Writes the vectors of status for ships: `PYTHONPATH=.:tests python tests/vectors/make_status.py`.

A directory per vector, named as its expectation. Ed25519 signs the same bytes each time; the one blob that
ES256 has signed, once written, stays. What is refused is signed too: only what its name says is wrong.
"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

from support.ship_lists import Series, changed, random_states
from support.simulator import DAY, NOW, Authority, directory, seeded_signer

from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner
from keys.trust.directory import STATUS
from keys.trust.list_header import MAX_NUMBER
from verifier import rice
from verifier.ship_status import apply_delta, verify_snapshot
from verifier.statement import Statement, sign
from verifier.status import StatusList

FOLDER = Path(__file__).with_name("status")
NORWAY, DENMARK = Authority("NO"), Authority("DK")
NORWEGIAN = seeded_signer("vectors NO", Algorithm.ED25519)
DANISH = seeded_signer("vectors DK", Algorithm.ED25519)
NORWAY.add_key(STATUS, signer=NORWEGIAN)
DENMARK.add_key(STATUS, signer=DANISH)

ONE = changed(bytes(16), {5: 1})
SMALL = changed(bytes(16), {5: 1, 6: 2, 63: 3})  # 64 entries
FIRST = random_states(2_000, 40)
SECOND = changed(FIRST, {3: 1, 1_700: 2, 1_999: 3})
THIRD = changed(SECOND, {3: 0, 4: 1})
IN_A_ROW = changed(bytes(500), dict.fromkeys(range(100, 200), 1))
DENSE = bytes(range(256))


class Vector(NamedTuple):
    """A blob and, for a delta, the list that it builds on."""

    blob: bytes
    base: Statement | None = None
    base_states: bytes = b""


def vectors() -> dict[str, Vector]:
    """Every vector by its name."""
    series = Series(NORWAY, FIRST, SECOND, THIRD, THIRD, signer=NORWEGIAN)
    first, second, third = series.statements[:3]
    snapshot, delta = series.snapshot(2), series.delta(1, 2)
    return {
        "snapshot_reads": Vector(snapshot),
        "snapshot-of-number-1_reads": Vector(series.snapshot(1)),
        "snapshot-by-ES256_reads": Vector(Series(NORWAY, SMALL).snapshot()),
        "snapshot-without-an-end_reads": Vector(_signed(SMALL, exp=None)),
        "snapshot-of-the-last-number_reads": Vector(_signed(SMALL, number=MAX_NUMBER, before=FIRST)),
        "snapshot-of-all-valid_reads": Vector(_signed(bytes(16))),
        "snapshot-as-dense-as-its-states_reads": Vector(_signed(DENSE)),
        "snapshot-with-a-named-parameter_reads": Vector(_signed(IN_A_ROW)),
        "delta-from-the-number-before_reads": Vector(delta, first, FIRST),
        "delta-over-two-numbers_reads": Vector(series.delta(1, 3), first, FIRST),
        "delta-back-to-valid_reads": Vector(series.delta(2, 3), second, SECOND),
        "delta-without-changes_reads": Vector(series.delta(3, 4), third, THIRD),
        "delta-on-other-states_refused": Vector(delta, first, THIRD),
        "delta-from-another-number_refused": Vector(series.delta(2, 3), first, SECOND),
        "delta-signed-before-its-base_refused": Vector(delta, replace(first, iat=NOW), FIRST),
        "delta-from-number-0_refused": Vector(delta.replace(b"\x3c" + bytes([first.key_hint, 1]),
                                                            b"\x3c" + bytes([first.key_hint, 2]), 1),
                                              first, FIRST),
        "empty_refused": Vector(b""),
        "cut-short_refused": Vector(snapshot[:-1]),
        "trailing-byte_refused": Vector(snapshot + b"\0"),
        "unknown-kind-3_refused": Vector(b"\x03" + snapshot[1:]),
        "unknown-flag_refused": Vector(b"\x01ZZ" + snapshot[3:]),
        "another-flags-list_refused": Vector(b"\x01DK" + snapshot[3:]),
        "another-flags-key_refused": Vector(_signed(SMALL, signer=DANISH)),
        "certificate-key_refused": Vector(_signed(SMALL, signer=NORWAY.signers[NORWAY.certificate_kid])),
        "another-key-hint_refused": Vector(_signed(SMALL, hint=first.key_hint ^ 1)),
        "number-spelled-too-long_refused": Vector(snapshot[:5] + b"\x82\x00" + snapshot[6:]),
        "number-2-to-the-31_refused": Vector(snapshot[:5] + b"\x80\x80\x80\x80\x08" + snapshot[6:]),
        "first-number-with-a-past_refused": Vector(_signed(SMALL, past=b"p" * 16)),
        "later-number-without-a-past_refused": Vector(_signed(SMALL, number=2, before=FIRST, past=bytes(16))),
        "2-to-the-31-entries_refused": Vector(_signed(SMALL, size=b"\x80\x80\x80\x80\x01")),
        "usual-parameter-named_refused": Vector(_signed(ONE, "010 1 00101 1 1 00101 1")),
        "parameter-25_refused": Vector(_signed(ONE, "010 1 11001 1 1" + f"{5:025b}" + "1")),
        "entry-with-two-states_refused": Vector(
            _signed(changed(bytes(16), {5: 3}), "010 0 010 0 1 00101 00101 1 1")
        ),
        "place-outside-the-list_refused": Vector(_signed(bytes(16), "010 0 1 1 00000 001")),
        "bit-in-the-padding_refused": Vector(_signed(ONE, "010 0 1 1 00101 1 1")),
        "byte-of-padding_refused": Vector(_signed(ONE, "010 0 1 1 00101 1" + "0" * 12)),
    }  # fmt: skip


def _signed(
    states: bytes,
    code: str | None = None,
    *,
    number: int = 1,
    before: bytes | None = None,
    exp: object = NOW + 59 * DAY,
    signer: SoftwareSigner = NORWEGIAN,
    hint: int | None = None,
    past: bytes | None = None,
    size: bytes | None = None,
) -> bytes:
    """A snapshot by hand, as the format's page has it, with parts that only a hostile signer would write."""
    iat = NOW - DAY
    statement = sign(
        states, uri=NORWAY.status_uri, number=number, iat=iat, exp=exp, before=before, signer=signer,  # type: ignore[arg-type]
    )  # fmt: skip
    if past is not None:
        statement = replace(statement, before=past)
        statement = replace(statement, signature=signer.sign(statement.message))
    seconds = int(iat.timestamp()) - 1_577_836_800
    body = rice.encode(states) if code is None else _bits(code)
    return b"".join(
        (
            b"\x01NO\x011",
            _varint(number),
            seconds.to_bytes(4, "big"),
            bytes([0 if exp is None else (NOW + 59 * DAY - iat) // timedelta(days=1)]),
            bytes([statement.key_hint if hint is None else hint]),
            _varint(len(states) // 2) if size is None else size,
            statement.before,
            statement.signature,
            body,
        )
    )


def _varint(number: int) -> bytes:
    groups = []
    while number > 127:
        groups.append(number % 128 + 128)
        number //= 128
    return bytes([*groups, number])


def _bits(text: str) -> bytes:
    text = text.replace(" ", "")
    length = -(-len(text) // 8)
    return int(text.ljust(8 * length, "0"), 2).to_bytes(length, "big")


def trusted() -> dict[str, object]:
    """The flags' status prefixes and status keys, as a second decoder needs them."""
    return {
        "prefixes": {one.flag: one.entry.status_prefix for one in (NORWAY, DENMARK)},
        "keys": {
            one.flag: [key.key.to_jwk() for key in one.keys.values() if STATUS in key.purposes]
            for one in (NORWAY, DENMARK)
        },
    }


def main() -> None:
    """Write all vectors."""
    FOLDER.mkdir(exist_ok=True)
    _write(FOLDER / "trusted.json", trusted())
    for name, vector in vectors().items():
        folder = FOLDER / name
        folder.mkdir(exist_ok=True)
        if "ES256" in name and (folder / "blob.hex").exists():
            continue
        (folder / "blob.hex").write_text("\n".join(wrap(vector.blob.hex(), 64)) + "\n", encoding="ascii")
        if vector.base is not None:
            iat = int(vector.base.iat.timestamp())
            base = {"uri": vector.base.uri, "number": vector.base.number, "iat": iat}
            _write(folder / "base.json", base | {"states": vector.base_states.hex()})
        if name.endswith("_reads"):
            _write(folder / "list.json", _list(vector))


def _list(vector: Vector) -> dict[str, object]:
    known, base = directory(NORWAY, DENMARK), vector.base
    if base is None:
        found = verify_snapshot(vector.blob, directory=known)
    else:
        held = StatusList(
            uri=base.uri, issuer=NORWAY.iss, iat=base.iat, exp=None, bits=2, states=vector.base_states,
            number=base.number,
        )  # fmt: skip
        found = apply_delta(held, vector.blob, directory=known)
    return {
        "uri": found.uri,
        "number": found.number,
        "iat": int(found.iat.timestamp()),
        "exp": None if found.exp is None else int(found.exp.timestamp()),
        "states": found.states.hex(),
    }


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
