"""The synthetic register: its size, its states, its names, and that every row is a certificate."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from demo import personas
from demo.extract import in_force, main, make_extract
from demo.people import seafarer_id
from demo.seafarer_file import HOLDER_CLAIMS
from keys.encoding import json_object
from verifier.credential import codelists, vc
from verifier.credential.icao import mrz_name
from verifier.credential.model import Certificate, CertificateType, MedicalCertificate

TODAY = date(2026, 11, 21)
SEED = 20260101

STANDING = ("kind", "type", "state", "state_since", "state_reason", "replaced_by")


@cache
def extract(flag: str = "NO", seafarers: int = 1_000, seed: int = SEED) -> tuple[dict[str, Any], ...]:
    return tuple(make_extract(flag, seafarers, seed, TODAY))


def rows(kind: str, flag: str = "NO") -> list[dict[str, Any]]:
    return [row for row in extract(flag) if row.get("kind") == kind]


@cache
def certificates(flag: str = "NO") -> tuple[tuple[dict[str, Any], Certificate], ...]:
    holders = {row["seafarer_id"]: row for row in rows("seafarer", flag)}
    return tuple(
        (
            row,
            vc.certificate_from_claims(CertificateType(row["type"]), {**row, **holders[row["seafarer_id"]]}),
        )
        for row in rows("certificate", flag)
    )


@pytest.mark.parametrize("seed", [SEED, 1, 2])
def test_a_thousand_seafarers_hold_nine_thousand_certificates_eight_thousand_in_force(seed: int) -> None:
    found = extract(seed=seed)
    assert sum(row.get("kind") == "seafarer" for row in found) == 1_000
    assert sum(row.get("kind") == "certificate" for row in found) == pytest.approx(9_000, rel=0.02)
    assert sum(in_force(row, TODAY) for row in found) == pytest.approx(8_000, rel=0.02)


def test_the_same_arguments_give_the_same_rows_and_another_seed_others() -> None:
    again = tuple(make_extract("NO", 50, SEED, TODAY))
    assert again == tuple(make_extract("NO", 50, SEED, TODAY))
    assert again != tuple(make_extract("NO", 50, SEED + 1, TODAY))


def test_a_longer_extract_begins_with_the_shorter_one() -> None:
    short = extract(seafarers=50)
    assert extract()[: len(short)] == short


@pytest.mark.parametrize("flag", ["NO", "DK", "SE"])
def test_each_row_is_a_certificate_of_the_model_and_nothing_else(flag: str) -> None:
    for row, certificate in certificates(flag):
        own = {name for name in row if name not in STANDING}
        assert own - {"seafarer_id"} == vc.certificate_claims(certificate).keys() - set(HOLDER_CLAIMS)
        assert certificate.issuing_country == flag


@pytest.mark.parametrize("flag", ["NO", "DK", "SE"])
def test_ids_and_numbers_are_unique_and_short(flag: str) -> None:
    ids = [row["seafarer_id"] for row in rows("seafarer", flag)]
    numbers = [row["document_number"] for row in rows("certificate", flag)]
    assert len(ids) == len(set(ids))
    assert len(numbers) == len(set(numbers))
    assert max(map(len, numbers)) == 12


def test_ids_stay_unique_for_a_national_register() -> None:
    assert len({seafarer_id("NO", index) for index in range(100_000)}) == 100_000


def test_every_type_that_the_demo_needs_is_there() -> None:
    held = Counter(code for row in rows("certificate") for code in row["stcw_code"])
    for code in (
        "II/1",
        "II/2",
        "II/3",
        "III/1",
        "III/2",
        "III/3",
        "III/6",
        "IV/2",
        "II/4",
        "II/5",
        "III/4",
        "III/5",
    ):
        assert held[code] > 10
    for start in ("V/1-1", "V/2", "VI/1", "VI/2", "VI/3", "VI/4", "VI/5", "VI/6", "I/10", "I/9"):
        assert sum(count for code, count in held.items() if code.startswith(start)) > 10
    assert held.keys() <= codelists.regulations().keys()


def test_codes_are_those_of_the_code_lists() -> None:
    for _, certificate in certificates():
        assert {grant.code for grant in certificate.functions} <= codelists.functions().keys()
        assert {grant.code for grant in certificate.capacities} <= codelists.capacities().keys()


def _limits(certificate: Certificate) -> Any:
    return certificate.capacities and certificate.capacities[0].limitations


def test_every_state_is_there() -> None:
    states = Counter(row["state"] for row in rows("certificate"))
    assert states.keys() == {"in-force", "suspended", "revoked", "cancelled", "replaced", "lost"}
    assert min(states.values()) > 10
    good = [certificate for row, certificate in certificates() if row["state"] == "in-force"]
    soon = TODAY + timedelta(days=90)
    assert sum(c.expiry_date is None for c in good) > 1_000
    assert sum(c.expiry_date is not None and c.expiry_date < TODAY for c in good) > 100
    assert sum(c.expiry_date is not None and TODAY <= c.expiry_date < soon for c in good) > 100
    assert sum(c.issue_date > TODAY for c in good) > 3


def test_medical_certificates_of_the_young_last_a_year_and_old_colour_tests_are_there() -> None:
    medical = [c for _, c in certificates() if isinstance(c, MedicalCertificate)]
    young = [c for c in medical if (TODAY - c.holder.birth_date).days < 18 * 365]
    assert len(young) > 5
    assert all(c.expiry_date is not None and (c.expiry_date - c.issue_date).days <= 366 for c in young)
    six_years_ago = TODAY - timedelta(days=6 * 366)
    old = [c for c in medical if c.fitness.colour_test_date and c.fitness.colour_test_date < six_years_ago]
    assert len(old) > 5
    assert any(c.fitness.restrictions for c in medical)
    assert any(not c.fitness.lookout for c in medical)


def test_limits_of_tonnage_power_and_free_text_are_there() -> None:
    limits = [limit for _, certificate in certificates() if (limit := _limits(certificate))]
    assert {2999, 499} <= {limit.max_gt for limit in limits}
    assert 2999 in {limit.max_kw for limit in limits}
    assert any(limit.text for limit in limits)
    assert any(limit.without == ("high-voltage",) for limit in limits)


def test_names_that_break_software_are_there_and_each_has_a_machine_readable_form() -> None:
    seafarers = rows("seafarer")
    families = {row["family_name"] for row in seafarers}
    assert {"Østergård", "Þórsdóttir", "Nuñez", "Groß", "D'Souza", "Dela Cruz"} <= families
    assert {"李伟", "李"} <= {row.get("native_name") for row in seafarers}
    assert sum("given_name" not in row for row in seafarers) > 5
    assert all(mrz_name(row["family_name"], row.get("given_name")) for row in seafarers)


def test_nobody_holds_a_certificate_from_before_they_were_fifteen() -> None:
    for _, certificate in certificates():
        assert (certificate.issue_date - certificate.holder.birth_date).days > 15 * 365
        assert certificate.expiry_date is None or certificate.expiry_date >= certificate.issue_date


def test_a_replaced_certificate_names_one_that_is_in_force_or_was() -> None:
    numbers = {row["document_number"]: row for row in rows("certificate")}
    for row in numbers.values():
        if row["state"] in {"replaced", "lost"}:
            newer = numbers[row["replaced_by"]]
            assert (newer["seafarer_id"], newer["type"]) == (row["seafarer_id"], row["type"])
            assert row["state_since"] <= TODAY.isoformat()


def test_a_tanker_endorsement_rests_on_the_holders_certificate_of_competency() -> None:
    owners = {
        row["document_number"]: row["seafarer_id"]
        for row in rows("certificate")
        if row["type"] == "competency"
    }
    for row in rows("certificate"):
        if row["type"] == "tanker":
            assert owners[row["rests_on"]["document_number"]] == row["seafarer_id"]


def test_denmark_recognises_norwegian_certificates_and_never_for_longer() -> None:
    norwegian = {row["document_number"]: row for row in rows("certificate")}
    found = [row for row in rows("certificate", "DK") if row["type"] == "recognition" and row["stcw_code"]]
    base = [(row, norwegian[row["recognises"]["document_number"]]) for row in found if _is_norwegian(row)]
    assert len(base) > 100
    assert all(row["expiry_date"] <= competency["expiry_date"] for row, competency in base)


def _is_norwegian(row: dict[str, Any]) -> bool:
    return str(row["recognises"]["document_number"]).startswith("NO-")


def test_the_demos_officer_holds_one_of_each_and_nothing_that_draws_a_remark() -> None:
    officer = personas.officer(extract(), TODAY)
    assert officer.name == "Ingrid Østergård"
    assert {"competency", "gmdss", "medical", "recognition"} <= officer.numbers.keys()
    soon = (TODAY + timedelta(days=90)).isoformat()
    held = [row for row in rows("certificate") if row["seafarer_id"] == officer.seafarer_id]
    assert all(row.get("expiry_date", "9999") > soon for row in held)


def test_whoever_is_not_in_the_extract_is_said_to_be_missing() -> None:
    with pytest.raises(LookupError, match="course"):
        personas.with_all(extract(), TODAY, "course")


def test_the_command_writes_json_lines_with_a_head(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "no.jsonl"
    assert main(["--flag", "NO", "--seafarers", "20", "--seed", "7", "--today", "2026-11-21", str(out)]) == 0
    lines = out.read_bytes().splitlines()
    assert json_object(lines[0]) == {"format": "ombord-register", "version": 1, "authority": "NO"}
    assert [json_object(line) for line in lines] == list(make_extract("NO", 20, 7, TODAY))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "20 seafarers" in printed.err


def test_an_unwritable_file_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seafarers", "1", str(tmp_path / "none" / "no.jsonl")]) == 3
    assert capsys.readouterr().err.startswith("error: cannot write")
