"""`ombord-verify check` of a pass: from text and from a picture, alone and with the ship."""

import io
import json
from pathlib import Path

import pytest
import segno
from jsonschema import Draft202012Validator
from support.passes import issue, sea_pass, twelve
from support.scenario import competency, show
from support.ship_store import Run, Shore, ombord_verify
from support.simulator import NOW, Authority

from verifier.credential import carrier
from verifier.credential.model import CertificateType, Limitations
from verifier.credential.sea_pass import LIFETIME

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "verdict.schema.json").read_text(encoding="utf-8"))
VERDICT = Draft202012Validator(SCHEMA)  # made once: `jsonschema.validate` looks the schema over again


@pytest.fixture
def norway() -> Authority:
    return Authority("NO")


@pytest.fixture
def shore(tmp_path: Path, norway: Authority, monkeypatch: pytest.MonkeyPatch) -> Shore:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    return Shore(tmp_path / "shore", norway)


def check(shore: Shore, *arguments: str | Path) -> Run:
    basis = ("--pack", shore.pack(), "--root", shore.root, "--at", NOW.isoformat())
    run = ombord_verify("check", *arguments, *basis)
    assert "Traceback" not in run.err
    return run


def test_a_live_pass_is_read_from_a_picture_of_its_code(
    tmp_path: Path, norway: Authority, shore: Shore
) -> None:
    text = carrier.to_qr_text(carrier.pack(show(issue(norway))))
    code = segno.make(text, error="m", micro=False, mode="alphanumeric")
    assert int(code.version) <= 20
    out = io.BytesIO()
    code.save(out, kind="png", scale=4, border=6)
    picture = tmp_path / "pass.png"
    picture.write_bytes(out.getvalue())
    run = check(shore, picture, "--json")
    VERDICT.validate(run.report)
    assert (run.code, run.headline) == (0, "VALID")
    assert len(run.report["credentials"][0]["members"]) == 12


def test_one_revoked_certificate_rejects_the_pass_and_is_named_in_the_first_line(
    norway: Authority, shore: Shore
) -> None:
    text = show(issue(norway))
    norway.revoke(6)
    for form in (text, carrier.to_qr_text(carrier.pack(text))):
        run = check(shore, form)
        assert run.code == 1
        assert run.out.splitlines()[0] == "REVOKED: NO-PRO-0003 of 12 certificates in this pass (TEST)"


def test_a_pass_without_its_phone_is_undetermined(norway: Authority, shore: Shore) -> None:
    run = check(shore, issue(norway))
    assert run.code == 2
    assert run.out.splitlines()[0] == "UNCONFIRMED: the whole pass (TEST)"
    assert run.out.count("a phone holds it, and that phone has not proved itself") == 1


def test_an_expired_pass_is_rejected(norway: Authority, shore: Shore) -> None:
    assert check(shore, show(issue(norway, sea_pass(norway, at=NOW - LIFETIME)))).code == 1


def test_the_ship_asks_a_pass_for_its_medical_certificate(
    tmp_path: Path, norway: Authority, shore: Shore
) -> None:
    ship = tmp_path / "ship.yaml"
    ship.write_text("flag: 'NO'\n")
    held = check(shore, show(issue(norway)), "--ship", ship, "--json")
    assert (held.code, held.report["person"]["verdict"]) == (0, "valid")
    without = tuple(one for one in twelve() if one.type is not CertificateType.MEDICAL)
    missing = check(shore, show(issue(norway, sea_pass(norway, *without))), "--ship", ship, "--json")
    assert (missing.code, missing.report["person"]["headline"]) == (1, "MEDICAL MISSING")


def test_nothing_signed_can_imitate_a_line(norway: Authority, shore: Shore) -> None:
    """A non-breaking line is one line: what would begin another is shown as its number."""
    trick = competency(
        document_number="NO-1\u00ad",
        capacities=tuple(
            one._replace(limitations=Limitations(text="x\u00ad")) for one in competency().capacities
        ),
    )
    out = check(shore, show(issue(norway, sea_pass(norway, trick)))).out
    assert "\u00ad" not in out
    assert "NO-1\\u{00ad}" in out


def test_a_device_judges_a_pass_by_what_it_has_imported(norway: Authority, shore: Shore) -> None:
    text = show(issue(norway))
    norway.suspend(2)
    assert ombord_verify("pack", "import", shore.pack(), "--root", shore.root).code == 0
    run = ombord_verify("check", text, "--at", NOW.isoformat(), "--json")
    members = run.report["credentials"][0]["members"]
    assert [member["headline"] for member in members] == ["VALID", "VALID", "SUSPENDED"] + ["VALID"] * 9
    assert members[2]["relied_on"]["status_list"] == norway.status_uri
