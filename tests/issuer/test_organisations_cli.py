"""`ombord-issuer organisation`: who reports, with which keys; and an organisation to try it with."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support.issuer_cli import Run
from support.issuer_server import serving
from support.machine_client import public_jwk

from issuer.commands import developing
from issuer.composition import open_register
from issuer.services.clock import utc_now

COMPANY = ("organisation", "new", "--country", "NO", "--number", "974760673", "--name", "Rederiet AS")
SEA_SERVICE = "ombord:qualifications/sea-service"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The database plays no part here."""
    (tmp_path / "register.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'register.db'}"


def test_organisation_is_registered_given_a_key_approved_suspended(run: Run, tmp_path: Path) -> None:
    key, file = ec.generate_private_key(ec.SECP256R1()), tmp_path / "public.pem"
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for words in (
        (*COMPANY, "--role", "company"),
        ("organisation", "key", "NO-974760673", "--file", str(file), "--kid", "2026-1"),
        ("organisation", "approve", "NO-974760673", "sea-service", "9074729", "9319466", "9074743"),
        ("organisation", "approve", "NO-974760673", "sea-service", "9319466", "--withdraw"),
        ("organisation", "scopes", "NO-974760673", f"{SEA_SERVICE}.read", "--take-back"),
        ("organisation", "suspend", "NO-974760673", "--reason", "sold"),
    ):
        code, said, complaints = run(*words)
        assert (code, said.startswith("NO-974760673: ")) == (0, True), complaints
    shown = json.loads(run("organisation", "show", "NO-974760673", "--json")[1])
    assert (shown["state"], shown["state_reason"], shown["name"]) == ("suspended", "sold", "Rederiet AS")
    assert [one["kid"] for one in shown["keys"]] == ["2026-1"]
    assert shown["approvals"] == {"sea-service": ["9074729", "9074743"]}
    assert f"{SEA_SERVICE}.write" in shown["scopes"]
    assert f"{SEA_SERVICE}.read" not in shown["scopes"]
    assert run("organisation", "reinstate", "NO-974760673")[0] == 0
    assert "active" in run("organisation", "list")[1]
    assert "2026-1 (in use)" in run("organisation", "show", "NO-974760673")[1]


REFUSED = [
    ((*COMPANY[:-3], "974760674", "--name", "X", "--role", "company"), "checksum"),
    (("organisation", "suspend", "NO-974760673", "--reason", "sold"), "no organisation NO-974760673"),
    ((*COMPANY[:-1], "Anna 310130-1234", "--role", "company"), "personal number"),
    (("organisation", "suspend", "NO-974760673", "--reason", "310130-1234"), "personal number"),
    (("organisation", "approve", "NO-974760673", "sea-service", "1234560"), "no IMO number"),
    (("organisation", "approve", "NO-974760673", "sea-service", "fartygsbefal-V"), "no IMO number"),
    (("organisation", "approve", "NO-974760673", "courses", "nix"), "code list «course»"),
    (("organisation", "approve", "NO-974760673", "courses", "9074729"), "code list «course»"),
    (("organisation", "key", "NO-974760673"), "neither a key nor an end"),
    (("organisation", "key", "NO-974760673", "--file", "nowhere.pem"), "No such file"),
]


@pytest.mark.parametrize(("words", "complaint"), REFUSED)
def test_what_is_wrong_is_said(run: Run, words: tuple[str, ...], complaint: str) -> None:
    code, said, complaints = run(*words)
    assert (code, said) == (2, "")
    assert complaint in complaints
    assert "hint: " in complaints


def test_private_key_is_refused_and_not_repeated(run: Run, tmp_path: Path) -> None:
    run(*COMPANY, "--role", "company")
    jwk = public_jwk(ec.generate_private_key(ec.SECP256R1())) | {"d": "c2VjcmV0"}
    (tmp_path / "key.jwk").write_text(json.dumps(jwk))
    code, _, complaints = run("organisation", "key", "NO-974760673", "--file", str(tmp_path / "key.jwk"))
    assert code == 2
    assert "private key" in complaints
    assert "c2VjcmV0" not in complaints


def test_scope_of_what_its_role_does_not_report_is_not_granted(run: Run) -> None:
    run(*COMPANY, "--role", "company")
    code, _, complaints = run("organisation", "scopes", "NO-974760673", "ombord:qualifications/courses.write")
    assert code == 2
    assert "courses is nothing that a company reports" in complaints


def test_development_organisation_is_refused_in_production(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "dev"
    code, _, complaints = run("organisation", "develop", "--out", str(out), environment="production")
    assert code == 2
    assert "not in production" in complaints
    assert not out.exists()


def test_development_organisation_has_a_key_of_its_own_each_time(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    assert run("organisation", "develop", "--out", str(first))[0] == 0
    assert run("organisation", "develop", "--out", str(second))[0] == 0
    assert run("organisation", "develop", "--out", str(first))[0] == 2, "no key is written over"
    names = {json.loads((folder / developing.ABOUT).read_text())["client_id"] for folder in (first, second)}
    assert names == {"NO-310000000", "NO-310000019"}
    assert stat.S_IMODE((first / developing.KEY).stat().st_mode) == 0o600
    assert len(run("organisation", "list")[1].splitlines()) == 2


@pytest.mark.loopback
def test_client_that_is_handed_out_works_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    with serving(tmp_path / "office", clock=utc_now) as office:  # type: ignore[arg-type] # the client's clock is real
        register = open_register(office.settings)
        told = developing.develop(register, tmp_path / "dev")
        register.database.close()
        command = [sys.executable, str(tmp_path / "dev" / developing.CLIENT)]
        first, second = (
            subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
            for _ in range(2)
        )
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout.startswith("201 ")
    assert second.stdout.startswith("200 "), "the same reference is the same record"
    assert "\n".join(developing.lines(told, tmp_path / "dev")).count(str(tmp_path)) == 2
