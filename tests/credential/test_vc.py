"""SD-JWT VC claims: what is written is read back, and nothing else is read."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import strategies

from keys import jws
from keys.encoding import json_dumps, json_object
from keys.signer import SoftwareSigner
from verifier.credential import vc
from verifier.credential.model import (
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

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOLDER = Holder(
    seafarer_id="VJM6QBEP",
    family_name="Østergård",
    given_name="Ingrid",
    birth_date=date(1986, 9, 26),
    gender=Gender.FEMALE,
)
COMPETENCY = Certificate(
    type=CertificateType.COMPETENCY,
    document_number="NO-24-118402",
    issuing_country="NO",
    issuing_authority="Sjøfartsdirektoratet",
    holder=HOLDER,
    stcw_code=("II/2",),
    functions=(FunctionGrant("navigation", Level.MANAGEMENT), FunctionGrant("cargo", Level.MANAGEMENT)),
    capacities=(CapacityGrant("master", Limitations(max_gt=2999)),),
    issue_date=date(2024, 1, 2),
    issue_place="Haugesund",
    expiry_date=date(2029, 1, 1),
    official=Official("Haugen", "Kari", "Senior Adviser"),
)
MEDICAL = MedicalCertificate(
    type=CertificateType.MEDICAL,
    document_number="NO-25-633890",
    issuing_country="NO",
    issuing_authority="Sjøfartsdirektoratet",
    holder=HOLDER,
    stcw_code=("I/9",),
    issue_date=date(2025, 12, 6),
    expiry_date=date(2027, 12, 5),
    fitness=MedicalFitness(
        identity_checked=True,
        hearing=True,
        visual_acuity=True,
        lookout=True,
        free_from_aggravated_condition=True,
        examination_date=date(2025, 12, 6),
        practitioner="Dr. Tor Aasen",
        review_informed=True,
    ),
)
RECOGNITION = Endorsement(
    type=CertificateType.RECOGNITION,
    document_number="NO-24-623211",
    issuing_country="NO",
    issuing_authority="Sjøfartsdirektoratet",
    holder=HOLDER,
    issue_date=date(2024, 1, 2),
    recognises=Reference("DK", "DK104551"),
)


def credential(certificate: Certificate = COMPETENCY, **changes: Any) -> Credential:
    start, end = vc.issue_times(certificate, "Europe/Oslo", NOW)
    made = Credential(
        issuer="https://no.example",
        issued_at=NOW,
        not_before=start,
        expires=end,
        holder_key=strategies.HOLDER_KEYS[0],
        status=StatusReference("https://no.example/status/1", 4711),
        certificate=certificate,
    )
    return replace(made, **changes)


# Round trip


@given(strategies.credentials)
def test_what_is_written_is_read_back(made: Credential) -> None:
    claims = json_object(json_dumps(vc.to_claims(made)))
    assert vc.from_claims(claims) == made


@given(strategies.credentials, st.randoms(use_true_random=False))
def test_reading_depends_on_no_order(made: Credential, random: Any) -> None:
    assert vc.from_claims(_shuffled(vc.to_claims(made), random)) == made


@given(strategies.certificates())
def test_a_register_row_is_read_back(made: Certificate) -> None:
    claims = vc.certificate_claims(made)
    assert None not in claims.values()
    assert vc.certificate_from_claims(made.type, claims) == made


def test_claims_stand_in_the_order_that_the_dictionary_was_built_for() -> None:
    assert list(vc.to_claims(credential())) == [
        "iss",
        "vct",
        "iat",
        "nbf",
        "exp",
        "cnf",
        "status",
        "issuing_country",
        "issuing_authority",
        "document_number",
        "seafarer_id",
        "family_name",
        "given_name",
        "birth_date",
        "gender",
        "stcw_code",
        "functions",
        "capacities",
        "issue_date",
        "issue_place",
        "expiry_date",
        "family_name_issuing_officer",
        "given_name_issuing_officer",
        "title_issuing_officer",
    ]


def test_paper_has_no_key_and_until_further_notice_no_end() -> None:
    certificate = replace(COMPETENCY, expiry_date=None)
    claims = vc.to_claims(credential(certificate, holder_key=None))
    assert {"cnf", "exp", "expiry_date"}.isdisjoint(claims)


def test_names_are_normalised_before_they_are_signed() -> None:
    holder = replace(HOLDER, family_name="A\u030aberg")
    claims = vc.certificate_claims(replace(COMPETENCY, holder=holder))
    assert claims["family_name"] == "\u00c5berg"


def test_unknown_claims_are_tolerated_and_never_ours() -> None:
    claims = vc.to_claims(credential()) | {"rank": "admiral", "vct#integrity": "sha256-x"}
    assert vc.from_claims(claims) == credential()


def test_a_naive_time_is_never_signed_as_local_time() -> None:
    with pytest.raises(ValueError, match="time zone"):
        vc.to_claims(credential(issued_at=datetime(2026, 11, 21)))  # noqa: DTZ001 (that is the test)


# Refusals

WRONG: list[tuple[str, Any]] = [
    ("iss", None),
    ("iss", 1),
    ("iss", "ftp://no.example"),
    ("vct", "urn:ombord:competency:2"),
    ("vct", "urn:eudi:pid:1"),
    ("vct", ["urn:ombord:competency:1"]),
    ("iat", True),
    ("iat", 1.5),
    ("iat", "1795262400"),
    ("nbf", -1),
    ("nbf", None),
    ("exp", 7_258_118_400),
    ("exp", 10**30),
    ("exp", None),
    ("cnf", "key"),
    ("cnf.jwk", None),
    ("cnf.jwk", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
    ("cnf.jwk", {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
    ("status", None),
    ("status.status_list", 7),
    ("status.status_list.idx", -1),
    ("status.status_list.idx", False),
    ("status.status_list.idx", 2**31),
    ("status.status_list.uri", "status/1"),
    ("issuing_country", "Norway"),
    ("issuing_country", ""),
    ("document_number", "NO\x0024"),
    ("document_number", " "),
    ("document_number", 24118402),
    ("seafarer_id", "short"),
    ("family_name", None),
    ("family_name", "Hansen\n"),
    ("family_name", "Hansen\u202egnirdI"),
    ("family_name", "\u2028"),
    ("given_name", None),
    ("given_name", ["Kari"]),
    ("birth_date", "1986-9-26"),
    ("birth_date", "19860926"),
    ("birth_date", "1986-W39-5"),
    ("birth_date", "1986-02-30"),
    ("birth_date", "1886-09-26"),
    ("birth_date", "١٩٨٦-٠٩-٢٦"),
    ("birth_date", 528_000_000),
    ("gender", "female"),
    ("stcw_code", "II/2"),
    ("stcw_code", []),
    ("stcw_code[1]", ["II/2", 3]),
    ("stcw_code[0]", ["II\x7f"]),
    ("stcw_code", ["II/2"] * 65),
    ("functions", {}),
    ("functions[0]", ["navigation"]),
    ("functions[0].level", [{"code": "navigation", "level": "supreme"}]),
    ("functions[1].code", [{"code": "cargo", "level": "support"}, {"level": "support"}]),
    ("capacities[0].limitations.max_gt", [{"capacity_code": "master", "limitations": {"max_gt": -1}}]),
    ("capacities[0].limitations.max_kw", [{"capacity_code": "master", "limitations": {"max_kw": True}}]),
    ("capacities[0].limitations", [{"capacity_code": "master", "limitations": []}]),
    ("issue_date", "2024-01-02T00:00:00Z"),
    ("expiry_date", "2200-01-01"),
    ("title_issuing_officer", 5),
    ("rests_on.document_number", {"issuing_country": "NO"}),
    ("acceptance.flags[0]", {"flags": [1]}),
    ("remarks", "a\tb"),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=lambda x: ascii(x)[:40])
def test_a_wrong_claim_is_refused_by_its_path(path: str, value: Any) -> None:
    claims = vc.to_claims(credential())
    _put(claims, path, value)
    with pytest.raises(vc.MalformedCredential) as caught:
        vc.from_claims(claims)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "name",
    [
        "iss", "vct", "iat", "nbf", "status", "issuing_country", "issuing_authority", "document_number",
        "seafarer_id", "family_name", "birth_date", "stcw_code", "capacities", "issue_date",
        "family_name_issuing_officer", "title_issuing_officer",
    ],
)  # fmt: skip
def test_a_missing_claim_is_named(name: str) -> None:
    claims = vc.to_claims(credential())
    del claims[name]
    with pytest.raises(vc.MalformedCredential) as caught:
        vc.from_claims(claims)
    assert caught.value.path == name


@pytest.mark.parametrize("name", sorted(vc.certificate_claims(MEDICAL)["medical"]))  # type: ignore[arg-type,type-var]
def test_a_medical_certificate_states_each_finding_as_what_it_is(name: str) -> None:
    claims = vc.to_claims(credential(MEDICAL))
    _put(claims, f"medical.{name}", 1)
    with pytest.raises(vc.MalformedCredential) as caught:
        vc.from_claims(claims)
    assert caught.value.path == f"medical.{name}"


@pytest.mark.parametrize(
    ("certificate", "name"),
    [(MEDICAL, "medical"), (MEDICAL, "expiry_date"), (RECOGNITION, "recognises"), (COMPETENCY, "capacities")],
)
def test_each_type_has_claims_that_it_cannot_be_without(certificate: Certificate, name: str) -> None:
    claims = vc.certificate_claims(certificate)
    del claims[name]
    with pytest.raises(vc.MalformedCredential) as caught:
        vc.certificate_from_claims(certificate.type, claims)
    assert caught.value.path == name


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(strategies.credentials, st.data())
def test_any_json_in_any_place_is_read_or_refused(made: Credential, data: st.DataObject) -> None:
    claims = vc.to_claims(made)
    name = data.draw(st.sampled_from(sorted(claims)))
    claims[name] = data.draw(_json)
    with suppress(vc.MalformedCredential):
        vc.from_claims(claims)


# Dates


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Europe/Oslo", "2029-01-01T23:00:00Z"),
        ("UTC", "2029-01-02T00:00:00Z"),
        ("Pacific/Kiritimati", "2029-01-01T10:00:00Z"),
        ("Etc/GMT+12", "2029-01-02T12:00:00Z"),
    ],
)
def test_a_certificate_is_good_through_its_last_day_where_it_was_issued(zone: str, end: str) -> None:
    start, expires = vc.issue_times(COMPETENCY, zone, NOW)
    assert expires == datetime.fromisoformat(end)
    assert vc.date_contradiction(credential(not_before=start, expires=expires)) is None


def test_summer_time_moves_the_end_of_the_day() -> None:
    summer = replace(COMPETENCY, expiry_date=date(2028, 6, 30))
    assert vc.issue_times(summer, "Europe/Oslo", NOW)[1] == datetime(2028, 6, 30, 22, tzinfo=UTC)


END = datetime(2029, 1, 2, tzinfo=UTC)  # the end of the last day in UTC
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changes", "contradicts"),
    [
        ({}, False),
        ({"expires": END - 14 * HOUR}, False),
        ({"expires": END - 14 * HOUR - SECOND}, True),
        ({"expires": END + 12 * HOUR}, False),
        ({"expires": END + 12 * HOUR + SECOND}, True),
        ({"expires": None}, True),
        ({"not_before": datetime(2026, 11, 21, tzinfo=UTC)}, False),
        ({"not_before": datetime(2024, 1, 1, 9, 59, 59, tzinfo=UTC)}, True),
        ({"not_before": END + 12 * HOUR, "expires": END + 12 * HOUR}, True),
        ({"issued_at": END}, True),
        ({"issued_at": datetime(2020, 1, 1, tzinfo=UTC)}, False),
    ],
    ids=str,
)
def test_contradicting_dates_are_told(changes: dict[str, Any], contradicts: bool) -> None:
    assert (vc.date_contradiction(credential(**changes)) is not None) is contradicts


@pytest.mark.parametrize(
    "changes",
    [
        {"expiry_date": date(2024, 1, 1)},
        {"expiry_date": None},
        {"holder": replace(HOLDER, birth_date=date(2024, 1, 2))},
    ],
    ids=str,
)
def test_a_certificate_may_contradict_itself_and_is_still_read(changes: dict[str, Any]) -> None:
    made = replace(credential(), certificate=replace(COMPETENCY, **changes))
    assert vc.from_claims(vc.to_claims(made)) == made
    assert vc.date_contradiction(made)


# Signing


def test_the_credential_is_an_sd_jwt_without_disclosures() -> None:
    signer = SoftwareSigner.generate()
    text = vc.sign(credential(), signer, "NO-2026a")
    assert text.endswith("~")
    assert text.count("~") == 1
    parsed = jws.parse(text[:-1])
    assert parsed.header == {"alg": "ES256", "kid": "NO-2026a", "typ": "dc+sd-jwt"}
    payload = jws.verify(parsed, signer.public_key, typ="dc+sd-jwt")
    assert vc.from_claims(json_object(payload)) == credential()


@pytest.fixture
def without_orjson(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "orjson", None)
    vc._encoder.cache_clear()
    yield
    vc._encoder.cache_clear()


def test_the_base_package_signs_without_orjson(without_orjson: None) -> None:
    assert vc._encoder() is json_dumps


@given(strategies.credentials)
def test_the_fast_encoder_writes_the_same_bytes(made: Credential) -> None:
    orjson = pytest.importorskip("orjson", reason="orjson comes with the issuer extra")
    claims = vc.to_claims(made)
    assert orjson.dumps(claims) == json_dumps(claims)


def _put(claims: dict[str, Any], path: str, value: Any) -> None:
    """Set a claim; a path with an index has the whole list as its value."""
    if "[" in path and not path.startswith(("acceptance",)):
        claims[path.partition("[")[0]] = value
    elif path.startswith(("acceptance", "rests_on")):
        claims[path.partition(".")[0]] = value
    else:
        *parents, name = path.split(".")
        for parent in parents:
            claims = claims[parent]
        claims[name] = value


def _shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        items = [(name, _shuffled(inner, random)) for name, inner in value.items()]
        random.shuffle(items)
        return dict(items)
    return [_shuffled(inner, random) for inner in value] if isinstance(value, list) else value


def test_shuffling_changes_the_text() -> None:
    import random

    claims = vc.to_claims(credential())
    assert json.dumps(_shuffled(claims, random.Random(1))) != json.dumps(claims)


@given(strategies.holders)
def test_a_holder_is_read_back(holder: Holder) -> None:
    assert vc.holder_from_claims(vc.holder_claims(holder)) == holder


def test_a_holder_with_a_misread_id_is_refused_by_its_claim() -> None:
    with pytest.raises(vc.MalformedCredential) as caught:
        vc.holder_from_claims(vc.holder_claims(HOLDER) | {"seafarer_id": "VJM6QBEO"})
    assert caught.value.path == "seafarer_id"
