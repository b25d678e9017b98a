"""Type metadata: what we issue satisfies its schema, and people can read what each claim is."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker
from support import strategies
from support.passes import sea_pass
from support.simulator import Authority

from demo.extract import make_extract
from keys.encoding import json_dumps, json_object
from verifier.credential import codelists, schemas, vc
from verifier.credential.claims import MalformedCredential
from verifier.credential.model import CertificateType, Credential
from verifier.credential.schemas.build import FOLDER, render
from verifier.credential.sea_pass_claims import from_claims, pass_claims

CHECKERS = {
    kind: Draft202012Validator(schemas.schema(kind), format_checker=FormatChecker(("date",)))
    for kind in schemas.DESCRIBED
}
PASS = CertificateType.PASS
PASS_CHECKER = Draft202012Validator(schemas.schema(PASS), format_checker=FormatChecker(("date",)))
ALL = (*schemas.DESCRIBED, PASS)


@pytest.mark.parametrize("kind", ALL)
def test_each_file_is_what_the_builder_writes(kind: CertificateType) -> None:
    found = (FOLDER / f"{kind.value}.json").read_text("utf-8")
    assert found == render(kind), "run: python -m verifier.credential.schemas.build"


@pytest.mark.parametrize("kind", ALL)
def test_each_schema_is_one(kind: CertificateType) -> None:
    Draft202012Validator.check_schema(schemas.schema(kind))
    assert schemas.type_metadata(kind)["vct"] == kind.vct


@pytest.mark.parametrize("kind", ALL)
def test_each_document_and_claim_is_named_in_every_language(kind: CertificateType) -> None:
    metadata = schemas.type_metadata(kind)
    assert [entry["locale"] for entry in metadata["display"]] == list(codelists.languages())
    for claim in metadata["claims"]:
        assert [entry["locale"] for entry in claim["display"]] == list(codelists.languages())
        assert claim["sd"] == ("allowed" if claim["path"] == ["portrait"] else "never")
    labelled = {claim["path"][0] for claim in metadata["claims"]}
    envelope = {"iss", "vct", "iat", "nbf", "exp", "cnf"} | ({"status"} if kind is not PASS else set())
    assert labelled | envelope == set(schemas.schema(kind)["properties"])


@given(strategies.credentials.filter(lambda made: made.certificate.type in CHECKERS))
def test_what_the_model_allows_its_schema_allows(made: Credential) -> None:
    claims = vc.to_claims(made)
    if ("exp" in claims) is ("expiry_date" in claims):
        CHECKERS[made.certificate.type].validate(claims)


def test_every_certificate_of_the_extract_satisfies_its_schema() -> None:
    holders: dict[str, Any] = {}
    for row in make_extract("NO", 30, 1, date(2026, 11, 21)):
        if row.get("kind") == "seafarer":
            holders[str(row["seafarer_id"])] = row
        elif row.get("kind") == "certificate":
            claims = {**row, **holders[str(row["seafarer_id"])], **_envelope(str(row["type"]))}
            if "expiry_date" in claims:
                claims["exp"] = 1_900_000_000
            CHECKERS[CertificateType(str(row["type"]))].validate(claims)


WRONG: list[dict[str, Any]] = [
    {"iat": True},
    {"iat": -1},
    {"iss": "no.example"},
    {"family_name": ""},
    {"birth_date": "1986-9-26"},
    {"birth_date": "1986-02-30"},
    {"seafarer_id": "short"},
    {"gender": "female"},
    {"stcw_code": []},
    {"functions": [{"code": "navigation", "level": "supreme"}]},
    {"capacities": [{"limitations": {}}]},
    {"status": {"status_list": {"idx": -1, "uri": "https://no.example/status/1"}}},
    {"cnf": {"jwk": {"kty": "OKP"}}},
    {"exp": None},
]


@pytest.mark.parametrize(
    "name", ["iss", "nbf", "status", "seafarer_id", "family_name", "issue_date", "capacities"]
)
def test_what_no_certificate_can_be_without_the_schema_requires(name: str) -> None:
    assert name in schemas.schema(CertificateType.COMPETENCY)["required"]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_what_the_reader_refuses_the_schema_refuses(change: dict[str, Any]) -> None:
    row = next(row for row in make_extract("NO", 1, 1, date(2026, 11, 21)) if row.get("type") == "competency")
    holder = {"family_name": "Li", "birth_date": "1990-01-01"}
    claims = {**row, **holder, **_envelope("competency"), "exp": 1_900_000_000}
    vc.from_claims(claims)
    CHECKERS[CertificateType.COMPETENCY].validate(claims)
    with pytest.raises(MalformedCredential):
        vc.from_claims(claims | change)
    assert not CHECKERS[CertificateType.COMPETENCY].is_valid(claims | change)


def pass_of_twelve(**changes: Any) -> dict[str, Any]:
    return json_object(json_dumps(pass_claims(sea_pass(Authority("NO"))))) | changes


def with_member(place: int, **changes: Any) -> dict[str, Any]:
    claims = pass_of_twelve()
    member = claims["certificates"][place] | changes
    claims["certificates"][place] = {name: value for name, value in member.items() if value is not None}
    return claims


def test_a_pass_satisfies_its_schema_with_its_portrait_too() -> None:
    PASS_CHECKER.validate(pass_of_twelve())
    PASS_CHECKER.validate(pass_of_twelve(portrait="UklGRg"))


WRONG_PASSES = {
    "no certificates": pass_of_twelve(certificates=[]),
    "33 of them": pass_of_twelve(certificates=pass_of_twelve()["certificates"] * 3),
    "no lists": pass_of_twelve(lists=[]),
    "a list twice": pass_of_twelve(lists=["https://no.example/status/1"] * 2),
    "large portrait": pass_of_twelve(portrait="A" * 8_001),
    "a pass in it": with_member(1, type="pass"),
    "no place": with_member(1, idx=None),
    "no number": with_member(1, document_number=None),
    "competency without a capacity": with_member(0, capacities=None),
    "medical without findings": with_member(11, medical=None),
    "medical until further notice": with_member(11, expiry_date=None),
}


@pytest.mark.parametrize("claims", WRONG_PASSES.values(), ids=WRONG_PASSES.keys())
def test_what_is_no_pass_the_reader_and_the_schema_refuse(claims: dict[str, Any]) -> None:
    assert not PASS_CHECKER.is_valid(claims)
    with pytest.raises(MalformedCredential):
        from_claims(claims)


def test_labels_and_titles_fall_back_to_english_and_to_the_name() -> None:
    medical = CertificateType.MEDICAL
    assert schemas.title(medical, "nb") == "Helseerklæring"
    assert schemas.title(medical, "fi") == "Medical certificate"
    assert schemas.title(CertificateType.PASS) == "Seafarer's pass"
    assert schemas.label(medical, ("medical", "lookout"), "da") == "Egnet til udkig"
    assert schemas.label(medical, ("medical", "lookout"), "fi") == "Fit for look-out duties"
    assert schemas.label(medical, ("rank",)) == "rank"


def _envelope(kind: str) -> dict[str, Any]:
    return {
        "iss": "https://no.example",
        "vct": f"urn:ombord:{kind}:1",
        "iat": 1_795_262_400,
        "nbf": 1_704_150_000,
        "status": {"status_list": {"idx": 4711, "uri": "https://no.example/status/1"}},
    }
