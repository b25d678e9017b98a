"""Type metadata: what we issue satisfies its schema, and people can read what each claim is."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker
from support import strategies

from demo.extract import make_extract
from verifier.credential import schemas, vc
from verifier.credential.claims import MalformedCredential
from verifier.credential.codelists import LANGUAGES
from verifier.credential.model import CertificateType, Credential
from verifier.credential.schemas.build import FOLDER, render

CHECKERS = {
    kind: Draft202012Validator(schemas.schema(kind), format_checker=FormatChecker(("date",)))
    for kind in schemas.DESCRIBED
}


@pytest.mark.parametrize("kind", schemas.DESCRIBED)
def test_each_file_is_what_the_builder_writes(kind: CertificateType) -> None:
    found = (FOLDER / f"{kind.value}.json").read_text("utf-8")
    assert found == render(kind), "run: python -m verifier.credential.schemas.build"


@pytest.mark.parametrize("kind", schemas.DESCRIBED)
def test_each_schema_is_one(kind: CertificateType) -> None:
    Draft202012Validator.check_schema(schemas.schema(kind))
    assert schemas.type_metadata(kind)["vct"] == kind.vct


@pytest.mark.parametrize("kind", schemas.DESCRIBED)
def test_each_document_and_claim_is_named_in_every_language(kind: CertificateType) -> None:
    metadata = schemas.type_metadata(kind)
    assert [entry["locale"] for entry in metadata["display"]] == list(LANGUAGES)
    for claim in metadata["claims"]:
        assert [entry["locale"] for entry in claim["display"]] == list(LANGUAGES)
        assert claim["sd"] == "never"
    labelled = {claim["path"][0] for claim in metadata["claims"]}
    assert labelled | {"iss", "vct", "iat", "nbf", "exp", "cnf", "status"} == set(
        schemas.schema(kind)["properties"]
    )


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
