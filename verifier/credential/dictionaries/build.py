"""Builds the carrier's preset dictionary from code lists, the model's own claims and a few words.

    python -m verifier.credential.dictionaries.build          writes the file and its hash
    python -m verifier.credential.dictionaries.build --check  compares, and changes nothing

Deterministic: the same lists make the same bytes. What saves most stands last, where matches cost least.
Hardly any text is written by hand: specimens are made through the model, serialised and lifted as real
credentials are, and cut where real ones differ. Dictionaries change until release 1.0, then never again.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from itertools import product
from typing import Any, Final

from keys.encoding import json_dumps
from keys.jwk import PublicKey
from verifier.credential import codelists, vc
from verifier.credential.lifting import lift
from verifier.credential.model import (
    ALWAYS_EXPIRES,
    Acceptance,
    CapacityGrant,
    Certificate,
    CertificateType,
    Credential,
    Endorsement,
    FunctionGrant,
    Gender,
    Holder,
    Level,
    Limitations,
    MedicalCertificate,
    MedicalFitness,
    Official,
    Reference,
    StatusReference,
)

NUMBER: Final = 1
# The text to be packed pushes the far end out of deflate's window of 32 KiB.
MAX_BYTES: Final = 31_000

_FOLDER: Final = os.path.dirname(os.path.abspath(__file__))
_CUT: Final = "§"  # stands in a specimen for what differs between credentials
_ALWAYS_EXPIRES: Final = (*ALWAYS_EXPIRES, CertificateType.RECOGNITION)
_ID: Final = "00000000"  # any seafarer id: it is lifted
_SIGNED: Final = datetime(2026, 1, 1, 12, 0, 1, tzinfo=UTC)
_FIRST: Final = datetime(2025, 2, 28, 23, 0, tzinfo=UTC)
_END: Final = datetime(2030, 2, 28, 23, 0, tzinfo=UTC)
_KEY: Final = PublicKey.from_point(
    bytes.fromhex("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
)
_INDEX: Final = {2: 20_000, 3: 100_000}  # lifted in two bytes, in three


def build() -> bytes:
    """The dictionary's bytes."""
    fragments = [
        *_plain_words(),
        *_flags(),
        *_rare_types(),
        *_medicals(),
        *_names_of_types(),
        *_bodies(),
        *_frames(),
    ]
    return _join([fragment.encode("utf-8") for fragment in fragments])


def _join(fragments: list[bytes]) -> bytes:
    """From the end: what a later fragment holds already is left out."""
    data = b""
    for fragment in reversed(fragments):
        if fragment not in data:
            data = fragment + data
    if len(data) > MAX_BYTES:
        raise ValueError(f"a dictionary of {len(data)} bytes; at most {MAX_BYTES} are of use")
    return data


# Far end: words


def _plain_words() -> Iterator[str]:
    """Generic issuers, then codes that no specimen below has."""
    yield '{"alg":"ES256","typ":"dc+sd-jwt","kid":"{"alg":"EdDSA","kid":"'
    yield "http://127.0.0.1:http://localhost:https://www.issuer.certificates.maritime.example/api/v1/status-lists/"
    for entries in (codelists.ship_types(), codelists.trade_areas(), codelists.regulations()):
        yield "".join(f'"{code}",' for code in entries)


def _flags() -> Iterator[str]:
    """Each flag: header and issuer, status list, authority, ports."""
    words = _words()
    for flag in codelists.flags().values():
        credential = _specimen(CertificateType.COMPETENCY, flag=flag)
        text = _text(credential)
        start, rest = text.split("competency:1", 1)
        status = rest.index(flag.issuer.removeprefix("https://credentials."))
        number = rest.index('"document_number":"') + len('"document_number":"')
        ports = "".join(f'{port}","' for port in words["ports"].get(flag.code, ()))
        titles = "".join(f'{title}"}}' for title in words["own_titles"].get(flag.code, ()))
        english = f'{flag.authority}","' if flag.own_name else ""
        yield english + ports + titles + start + rest[status:number] + flag.code


@cache
def _words() -> dict[str, Any]:
    with open(os.path.join(_FOLDER, "words.json"), encoding="utf-8") as file:
        words: dict[str, Any] = json.load(file)
    return words


# Middle: what types differ in


def _rare_types() -> Iterator[str]:
    """Members that few credentials have."""
    limits = Limitations(
        max_gt=500,
        max_kw=3_000,
        areas=("near-coastal",),
        ship_types=("oil-tanker",),
        propulsion=("motor",),
        without=("ecdis",),
        text=_CUT,
    )
    master = (CapacityGrant("master", limits), CapacityGrant("chief-mate", Limitations(max_gt=3_000)))
    for kind in CertificateType:
        if kind in (CertificateType.MEDICAL, CertificateType.RECOGNITION):
            continue
        specimen = _specimen(
            kind,
            capacities=master,
            endorsement_number=_CUT,
            revalidation_date=date(2025, 3, 3),
            replaces=_CUT,
            rests_on=Reference("NO", _CUT),
            acceptance=Acceptance(flags=("NO",), areas=("near-coastal",)),
            remarks=_CUT,
        )
        yield from _pieces(_text(specimen))


def _medicals() -> Iterator[str]:
    for lookout, areas, restrictions in (
        (False, ("near-coastal",), _CUT),
        (True, (), None),
    ):
        fitness = MedicalFitness(
            identity_checked=True,
            hearing=True,
            hearing_unaided=True,
            visual_acuity=True,
            colour_vision=True,
            colour_test_date=date(2024, 5, 5),
            lookout=lookout,
            areas=areas,
            restrictions=restrictions,
            free_from_aggravated_condition=True,
            examination_date=date(2025, 2, 2),
            practitioner=_CUT,
            review_informed=True,
        )
        yield from _pieces(_text(_specimen(CertificateType.MEDICAL, fitness=fitness, stcw_code=("I/9",))))


def _names_of_types() -> Iterator[str]:
    for kind in reversed(CertificateType):
        yield f'{kind.value}:1","iat":\x05,"nbf":\x09,"'


def _bodies() -> Iterator[str]:
    """From the regulation to the place of issue, for each post at its level."""
    for capacity in reversed(list(codelists.capacities().values())):
        regulation, level = str(capacity.facts["regulation"]), Level(str(capacity.facts["level"]))
        codes = _FUNCTIONS.get(capacity.code) or _FUNCTIONS[str(capacity.facts["department"])]
        functions = tuple(FunctionGrant(code, level) for code in codes)
        text = _text(
            _specimen(
                CertificateType.COMPETENCY,
                stcw_code=(regulation,),
                functions=functions,
                capacities=(CapacityGrant(capacity.code),),
            )
        )
        yield next(piece for piece in _pieces(text) if "stcw_code" in piece).partition('"stcw_code":["')[2]


_FUNCTIONS: Final = {
    "deck": ("navigation", "cargo", "ship-operation"),
    "engine": ("marine-engineering", "electrical", "maintenance", "ship-operation"),
    "radio": ("radio",),
    "electro-technical-officer": ("electrical", "maintenance", "ship-operation"),
}


# Near end: what every credential has


def _frames() -> Iterator[str]:
    """Times, key, status and the fields around names, in all their variants; the most frequent last."""
    titles = _words()["titles"]
    yield "".join(f'{title}"}}' for title in reversed(titles))
    for gender, expires, bound, size in product(
        (None, Gender.MALE, Gender.FEMALE), (False, True), (False, True), _INDEX
    ):
        text = _text(
            _specimen(
                CertificateType.COMPETENCY, gender=gender, expires=expires, bound=bound, index=_INDEX[size]
            )
        )
        yield from _pieces(text.partition("urn:ombord:")[2])


def _pieces(text: str) -> Iterable[str]:
    return [piece for piece in text.split(_CUT) if len(piece) > 3]


def _text(credential: Credential) -> str:
    """Header and payload as deflate will see them."""
    header = json_dumps(
        {"alg": "ES256", "kid": f"{credential.certificate.issuing_country}-2026a", "typ": vc.TYP}
    )
    text, _ = lift([header, json_dumps(vc.to_claims(credential))])
    return text.decode("utf-8")


def _specimen(
    kind: CertificateType,
    *,
    flag: codelists.Flag | None = None,
    gender: Gender | None = None,
    expires: bool = True,
    bound: bool = True,
    index: int = 100_000,
    **fields: Any,
) -> Credential:
    certificate_class: Any = {
        CertificateType.MEDICAL: MedicalCertificate,
        CertificateType.RECOGNITION: Endorsement,
    }.get(kind, Certificate)
    issuer = flag.issuer if flag else "https://credentials." + _CUT
    expires = expires or kind in _ALWAYS_EXPIRES
    fields.setdefault("stcw_code", (_CUT,))
    certificate = certificate_class(
        type=kind,
        document_number=_CUT,
        issuing_country=flag.code if flag else "NO",
        issuing_authority=(flag.own_name or flag.authority) if flag else _CUT,
        holder=Holder(
            seafarer_id=_ID, family_name=_CUT, given_name=_CUT, birth_date=date(1980, 4, 4), gender=gender
        ),
        issue_date=date(2025, 3, 1),
        issue_place=_CUT,
        expiry_date=date(2030, 2, 28) if expires else None,
        official=Official(_CUT, _CUT, _CUT),
        **fields,
    )
    return Credential(
        issuer=issuer,
        issued_at=_SIGNED,
        not_before=_FIRST,
        expires=_END if expires else None,
        holder_key=_KEY if bound else None,
        status=StatusReference(f"{issuer}/status/1", index),
        certificate=certificate,
    )


def main(arguments: list[str]) -> int:
    """Write the dictionary and its hash, or with --check say whether they are what would be written."""
    data = build()
    path, manifest_path = (os.path.join(_FOLDER, name) for name in (f"{NUMBER:04}.bin", "manifest.json"))
    entry = {"number": NUMBER, "bytes": len(data), "sha256": sha256(data).hexdigest()}
    manifest = (json.dumps([entry], indent=2) + "\n").encode("ascii")
    if arguments == ["--check"]:
        with open(path, "rb") as file, open(manifest_path, "rb") as manifest_file:
            same = (file.read(), manifest_file.read()) == (data, manifest)
        print(
            "up to date" if same else "error: the dictionary is not what its lists make\nhint: build it again"
        )
        return 0 if same else 1
    for name, content in ((path, data), (manifest_path, manifest)):
        with open(name, "wb") as file:
            file.write(content)
    print(f"dictionary {NUMBER}: {len(data)} bytes, SHA-256 {entry['sha256']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
