"""The preset dictionary: rebuilt byte for byte from its lists, within bounds, no names of people in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.carried import HOLDER, ISSUER, MASTER, NOW

from verifier.credential import carrier, codelists, dictionary, vc
from verifier.credential.dictionaries import build, specimens
from verifier.credential.dictionary import DamagedDictionary, UnknownDictionary
from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    Credential,
    StatusReference,
)

CHECKOUT = Path(__file__).resolve().parent.parent.parent
NAMES = CHECKOUT / "demo" / "names.json"


def packed(certificate: Certificate, issuer: str, *, kid: str = "NO-2026a") -> int:
    """Bytes of the wire of this certificate from this issuer."""
    start, end = vc.issue_times(certificate, "Europe/Oslo", NOW)
    credential = Credential(
        issuer=issuer,
        issued_at=NOW + timedelta(seconds=1),
        not_before=start,
        expires=end,
        holder_key=HOLDER.public_key,
        status=StatusReference(f"{issuer}/status/1", 101_234),
        certificate=certificate,
    )
    return len(carrier.pack(vc.sign(credential, ISSUER, kid)))


def test_the_script_rebuilds_the_committed_file_byte_for_byte() -> None:
    for path, content in build.files().items():
        assert Path(path).read_bytes() == content, "run python -m verifier.credential.dictionaries.build"


def test_it_fits_deflates_window_with_room_for_the_text() -> None:
    assert len(dictionary.load(1)) <= build.MAX_BYTES < dictionary.MAX_BYTES == 32 * 1024


def test_every_flag_and_every_type_has_its_fragment() -> None:
    data = dictionary.load(1).decode("utf-8")
    for flag in codelists.flags().values():
        assert f'"kid":"{flag.code}-2026a"' in data
        assert flag.issuer in data
    for kind in CertificateType:
        assert f'{kind.value}:1","iat":' in data
    assert specimens.CUT not in data


def test_no_name_of_a_synthetic_seafarer_is_in_it() -> None:
    if not NAMES.is_file():
        pytest.skip("the demo's names are not in this checkout")
    data = dictionary.load(1).decode("utf-8")
    ports = json.loads((Path(build.__file__).with_name("words.json")).read_text(encoding="utf-8"))["ports"]
    places = {port for of_flag in ports.values() for port in of_flag}
    held = {name for name in _texts(json.loads(NAMES.read_text(encoding="utf-8"))) if f'"{name}"' in data}
    assert held <= places


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def test_a_flag_in_the_dictionary_fits_version_11() -> None:
    for flag in codelists.flags().values():
        certificate = replace(
            MASTER,
            issuing_country=flag.code,
            issuing_authority=flag.own_name or flag.authority,
            document_number=f"{flag.code}-26-104729",
        )
        assert packed(certificate, flag.issuer, kid=f"{flag.code}-2026a") <= 241  # what 11-M holds


def test_an_issuer_that_nobody_foresaw_still_works() -> None:
    certificate = replace(
        MASTER,
        issuing_country="XK",
        issuing_authority="Ministria e Infrastrukturës, Drejtoria Detare",
        document_number="A/2026/000.417",
        issue_place="Prishtinë",
        remarks=(
            "Valid only together with the original diploma of the nautical faculty, number 4417 of 12 June, "
            "and a letter of acceptance from the shipowner."
        ),
        capacities=(CapacityGrant("pilot-exempt"),),
    )
    assert len(str(certificate.remarks)) >= 140
    size = packed(certificate, "https://detare.rks-gov.net/kredencialet/v2", kid="k1")
    assert size <= 434  # what 16-M holds


def test_an_unknown_number_is_refused_by_name() -> None:
    with pytest.raises(UnknownDictionary, match="dictionary 7 "):
        dictionary.load(7)


def test_a_damaged_file_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(dictionary.load(1))
    data[-1] ^= 1
    (tmp_path / "0001.bin").write_bytes(data)
    monkeypatch.setattr(dictionary, "_FOLDER", str(tmp_path))
    with pytest.raises(DamagedDictionary):
        dictionary.load.__wrapped__(1)
