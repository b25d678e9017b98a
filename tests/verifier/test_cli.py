"""`ombord-verify`: exit codes, JSON, human output, and everything that people get wrong."""

import errno
import fcntl
import io
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import segno
from jsonschema import Draft202012Validator
from PIL import Image
from support.scenario import INGRID, PHONE, TODAY, competency, medical, show, tampered
from support.ship_store import Run, Shore, ombord_verify
from support.simulator import DAY, NOW, Authority

from keys import jws
from keys.encoding import json_dumps
from keys.trust.directory import Environment
from verifier.credential import carrier, vc
from verifier.credential.model import (
    Acceptance,
    CapacityGrant,
    Certificate,
    FunctionGrant,
    Level,
    Limitations,
)
from verifier.verdict import ROWS

AT = NOW.isoformat()
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "verdict.schema.json").read_text(encoding="utf-8"))
VERDICT = Draft202012Validator(SCHEMA)  # made once: `jsonschema.validate` looks the schema over again


@pytest.fixture
def norway() -> Authority:
    return Authority("NO")


@pytest.fixture
def shore(tmp_path: Path, norway: Authority) -> Shore:
    return Shore(tmp_path / "shore", norway, Authority("DK"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("OMBORD_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device's clock says NOW: import and a check without --at ask it."""
    from verifier import cli

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return NOW.astimezone(UTC)

    monkeypatch.setattr(cli, "datetime", Clock)


@pytest.fixture
def imported(shore: Shore) -> Shore:
    """A device that has imported the newest pack."""
    taken = ombord_verify("pack", "import", shore.pack(), "--root", shore.root)
    assert taken.code == 0, taken.err
    return shore


def test_the_schema_of_a_verdict_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def check(*arguments: str | Path) -> Run:
    run = ombord_verify("check", *arguments, "--json")
    if run.code != 3:
        VERDICT.validate(run.report)
    assert "Traceback" not in run.err
    return run


def picture(path: Path, *texts: str) -> Path:
    """Some QR codes side by side, as a PNG or JPEG."""
    images = []
    for text in texts:
        out = io.BytesIO()
        segno.make(text, error="m", micro=False).save(out, kind="png", scale=4, border=6)
        images.append(Image.open(out).convert("RGB"))
    sheet = Image.new(
        "RGB", (sum(one.width for one in images) + 40, max(one.height for one in images)), "white"
    )
    left = 0
    for one in images:
        sheet.paste(one, (left, 0))
        left += one.width + 40
    sheet.save(path)
    return path


def qr(text: str) -> str:
    return carrier.to_qr_text(carrier.pack(text))


# Verdicts and exit codes


@pytest.mark.parametrize(
    ("state", "code", "verdict", "headline"),
    [(0, 0, "valid", "VALID"), (1, 1, "rejected", "REVOKED"), (2, 1, "rejected", "SUSPENDED")],
)
def test_the_exit_code_follows_the_verdict(
    norway: Authority, shore: Shore, state: int, code: int, verdict: str, headline: str
) -> None:
    text = norway.issue(competency(), PHONE)
    norway.revoke(text, state)
    run = check(show(text), "--pack", shore.pack(), "--root", shore.root, "--at", AT)
    assert (run.code, run.report["verdict"], run.headline) == (code, verdict, headline)


def test_undetermined_is_2(norway: Authority, imported: Shore) -> None:
    run = check(norway.issue(competency(), PHONE), "--at", AT)
    assert (run.code, run.report["verdict"], run.headline) == (2, "undetermined", "UNCONFIRMED")


def test_the_worst_of_several_decides(norway: Authority, imported: Shore) -> None:
    good, unconfirmed = show(norway.issue(competency(), PHONE)), norway.issue(medical(), PHONE)
    bad = tampered(norway.issue(competency(), PHONE))
    assert check(good, good, "--at", AT).code == 0
    assert check(good, unconfirmed, "--at", AT).code == 2
    run = check(good, unconfirmed, bad, "--at", AT)
    assert (run.code, run.report["verdict"]) == (1, "rejected")
    assert [one["headline"] for one in run.report["credentials"]] == ["VALID", "UNCONFIRMED", "TAMPERED"]
    assert check(good, bad, "/no/such/file", "--at", AT).code == 3


def test_json_shows_claims_only_under_a_good_signature(norway: Authority, imported: Shore) -> None:
    text = norway.issue(competency(), PHONE)
    shown = check(show(text), "--at", AT).report["credentials"][0]["certificate"]
    assert shown["type"] == "competency"
    assert shown["family_name"] == INGRID.family_name
    assert shown["document_number"] == "NO-COC-0001"
    assert check(tampered(text), "--at", AT).report["credentials"][0]["certificate"] is None


def test_json_says_what_was_relied_on(norway: Authority, imported: Shore) -> None:
    relied_on = check(show(norway.issue(competency(), PHONE)), "--at", AT).report["credentials"][0][
        "relied_on"
    ]
    assert relied_on["pack"].startswith("2026-11-21-")
    assert relied_on["status_as_of"] == relied_on["directory_published_at"] == "2026-11-21T12:00:00Z"
    assert relied_on["policy"] == "default"


def test_json_rows_are_those_of_the_table(norway: Authority, imported: Shore) -> None:
    checks = check(show(norway.issue(competency(), PHONE)), "--at", AT).report["credentials"][0]["checks"]
    assert [one["row"] for one in checks] == [row for row in ROWS if row != "C14"]


def test_without_at_the_clock_of_the_device_counts(norway: Authority, imported: Shore) -> None:
    assert check(show(norway.issue(competency(), PHONE))).code == 0


# Ways in


def test_every_kind_of_source_gives_the_same_verdict(
    norway: Authority, imported: Shore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(norway.issue(competency(), PHONE))
    text_file = tmp_path / "token.txt"
    text_file.write_text(shown + "\n", encoding="utf-8")
    dos_file = tmp_path / "qr.txt"
    dos_file.write_bytes(qr(shown).encode() + b"\r\n")
    sources: list[str | Path] = [shown, qr(shown), text_file, dos_file]
    sources += [
        picture(tmp_path / name, qr(shown)) for name in ("qr.png", "qr.jpg", "qr.webp", "qr.bmp", "qr.gif")
    ]
    for source in sources:
        run = check(source, "--at", AT)
        assert (run.code, run.headline) == (0, "VALID"), source
    for data in (shown.encode(), (tmp_path / "qr.png").read_bytes()):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert check("-", "--at", AT).code == 0


def test_a_transparent_picture_is_read_as_if_printed(
    norway: Authority, imported: Shore, tmp_path: Path
) -> None:
    out = tmp_path / "transparent.png"
    segno.make(qr(show(norway.issue(competency(), PHONE)))).save(str(out), scale=4, light=None)
    assert check(out, "--at", AT).code == 0


AROUND = {
    "a byte order mark": b"\xef\xbb\xbf%s",
    "space before": b" \t%s",
    "lines before and after": b"\n%s\n\r\n\n",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_what_editors_put_around_a_text_is_taken_off(
    norway: Authority, imported: Shore, tmp_path: Path, around: bytes
) -> None:
    shown = show(norway.issue(competency(), PHONE))
    for text in (shown, qr(shown)):
        path = tmp_path / "text"
        path.write_bytes(around % text.encode())
        assert check(path, "--at", AT).headline == "VALID"
    assert check(" " + qr(shown), "--at", AT).headline == "VALID"


def test_qr_text_in_small_letters_is_not_readable_and_a_hint_says_why(
    norway: Authority, imported: Shore, tmp_path: Path
) -> None:
    path = tmp_path / "text"
    path.write_text(qr(norway.issue(competency())).lower(), encoding="ascii")
    for source in (path, path.read_text(encoding="ascii")):
        run = check(source, "--at", AT)
        assert (run.code, run.headline) == (2, "NOT READABLE")
        assert "capitals" in run.err


def test_text_with_a_space_at_its_end_keeps_it(norway: Authority, imported: Shore) -> None:
    shown = show(norway.issue(competency(), PHONE))
    assert check(qr(shown) + " ", "--at", AT).headline == "NOT READABLE"


MUCH = 50_000_000  # made in the test that needs it: a table's cases are kept by every worker, to the end
C1 = {
    "another QR code": "HC1:6BFOXN*TS0BI$ZD-PHOP6BRNQRN",
    "a web address": "https://evil.example/valid",
    "broken QR text": "OB1:***",
    "half a token": "eyJhbGciOiJFUzI1NiJ9.eyJ",
    "much text": "x" * 5_000,
}


@pytest.mark.parametrize("text", C1.values(), ids=C1.keys())
def test_text_that_was_read_and_is_no_credential_is_not_readable(imported: Shore, text: str) -> None:
    run = check(text, "--at", AT)
    assert (run.code, run.headline) == (2, "NOT READABLE")


def test_a_token_of_fifty_megabytes_is_not_readable(imported: Shore) -> None:
    run = check("eyJ" + "A" * MUCH, "--at", AT)
    assert (run.code, run.headline) == (2, "NOT READABLE")


def test_a_qr_code_of_something_else_is_not_readable(imported: Shore, tmp_path: Path) -> None:
    run = check(picture(tmp_path / "url.png", "https://example.com"), "--at", AT)
    assert (run.code, run.headline) == (2, "NOT READABLE")


# What cannot be used


def complaint(run: Run) -> str:
    """Exit 3, nothing on stdout, `error:` and `hint:` on stderr, no traceback."""
    assert run.code == 3
    assert run.out == ""
    assert run.err.startswith("error: ")
    assert "\nhint: " in run.err
    assert "Traceback" not in run.err
    return run.err


UNUSABLE_FILES = {
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 10, "neither text nor a picture"),
    "a broken picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "picture is broken"),
    "half a JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture is broken"),
    "UTF-16": ("\ufeffOB1:".encode("utf-16-le"), "UTF-16"),
    "line ends alone": (b"\n\r\n", "empty"),
    "what begins like a picture": (b"BMhello", "only begins like one"),
    "a book": (b"x" * 300_000, "300000 bytes of text"),
}


@pytest.mark.parametrize(("data", "said"), UNUSABLE_FILES.values(), ids=UNUSABLE_FILES.keys())
def test_a_file_with_nothing_to_judge_is_unusable(
    imported: Shore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, said: str
) -> None:
    refuse_file_and_stdin(data, said, tmp_path, monkeypatch)


@pytest.mark.parametrize("start", [b"", b"\x89PNG\r\n\x1a\n"], ids=["text", "a picture"])
def test_a_file_of_fifty_megabytes_is_unusable(
    imported: Shore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    refuse_file_and_stdin(start + b"A" * MUCH, "more than", tmp_path, monkeypatch)


def refuse_file_and_stdin(data: bytes, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way it comes, it cannot be used, and why is said."""
    path = folder / "source"
    path.write_bytes(data)
    assert said in complaint(check(path, "--at", AT))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert said in complaint(check("-", "--at", AT))


def test_pictures_without_a_code_or_with_several_are_unusable(
    norway: Authority, imported: Shore, tmp_path: Path
) -> None:
    Image.new("RGB", (200, 200), "white").save(tmp_path / "white.png")
    assert "no QR code" in complaint(check(tmp_path / "white.png", "--at", AT))
    two = picture(tmp_path / "two.png", qr(norway.issue(competency())), qr(norway.issue(medical())))
    assert "2 QR codes" in complaint(check(two, "--at", AT))


def test_a_picture_with_too_many_pixels_is_not_decoded(imported: Shore, tmp_path: Path) -> None:
    Image.new("1", (9_000, 9_000)).save(tmp_path / "huge.png")
    assert "too many" in complaint(check(tmp_path / "huge.png", "--at", AT))


def test_a_transparent_picture_has_fewer_pixels(imported: Shore, tmp_path: Path) -> None:
    """Its layers are in memory side by side: 8,000 × 8,000 took a gigabyte."""
    Image.new("LA", (4_100, 4_100)).save(tmp_path / "huge.png")
    assert "too many" in complaint(check(tmp_path / "huge.png", "--at", AT))


def test_a_picture_of_a_shape_that_the_reader_refuses_is_said(imported: Shore, tmp_path: Path) -> None:
    Image.new("L", (70_000, 10)).save(tmp_path / "wide.png")
    err = complaint(check(tmp_path / "wide.png", "--at", AT))
    assert "there is no file" not in err
    assert "wide.png" in err


def test_picture_libraries_say_nothing_themselves(
    imported: Shore, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "torn.tiff"
    Image.effect_noise((300, 300), 90).save(path, compression="tiff_lzw")
    data = bytearray(path.read_bytes())
    data[8:4_000] = bytes(len(data[8:4_000]))
    path.write_bytes(data)
    assert "BytesIO" not in complaint(check(path, "--at", AT))
    assert capfd.readouterr().err == ""


def test_a_pipe_in_a_files_place_is_said_and_not_waited_for(
    norway: Authority, imported: Shore, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    paper = norway.issue(competency())
    for arguments in (
        ("check", pipe),
        *(("check", paper, option, pipe) for option in ("--pack", "--policy", "--ship")),
        ("pack", "import", pipe),
        ("pack", "build", "--directory", imported.folder / "directory", "--lists", pipe, "--out", "x"),
        ("pack", "build", "--directory", tmp_path, "--out", "x"),
    ):
        assert "a pipe or device" in complaint(ombord_verify(*arguments))
    assert "a pipe or device" in complaint(check("/dev/zero"))


@pytest.mark.parametrize(
    "source",
    [
        *("no/such/file.png", "certificate.png", "a\0b", ".", "hello world", "scan.front.png", "a.b.c"),
        *("photo:one.png", "https://example.com/scan.PNG", "file:///tmp/scan.png", "dir:one/two"),
        *("d" * 120 + "/" + "e" * 120 + "/missing.code", "d/" * 3_000 + "x", "x" * 300 + ".png"),
    ],
)
def test_what_is_no_file_and_no_text_is_unusable(imported: Shore, source: str) -> None:
    complaint(check(source, "--at", AT))


def test_all_unusable_sources_are_named(imported: Shore) -> None:
    err = complaint(check("one.png", "two.png", "--at", AT))
    assert "one.png" in err
    assert "two.png" in err


@pytest.mark.parametrize(
    "at",
    ["yesterday", "2026-11-21", "2026-11-21T12:00:00", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", ""],
)
def test_a_nonsense_instant_is_unusable(imported: Shore, at: str) -> None:
    assert "--at" in complaint(check("eyJ", "--at", at))


@pytest.mark.parametrize(
    "arguments", [(), ("check",), ("check", "x", "--colour"), ("pack",), ("verify", "x")]
)
def test_wrong_arguments_are_3_and_not_argparses_2(arguments: tuple[str, ...]) -> None:
    complaint(ombord_verify(*arguments))


def test_help_is_no_error() -> None:
    run = ombord_verify("--help")
    assert run.code == 0
    assert "check" in run.out


BROKEN_YAML = {
    "not YAML": b"a: [",
    "no mapping": b"- a\n- b\n",
    "empty": b"",
    "unknown key": b"colour: red\n",
    "a key twice": b"name: a\nname: b\n",
    "an alias": b"a: &x 1\nb: *x\n",
    "not UTF-8": b"\xff\xfe\x00\x00name",
    "a tag": b"!!python/object/apply:os.system ['true']\n",
    "a boolean by tag": b"name: !!bool foo\n",
    "an integer by tag": b'name: !!int ""\n',
    "an instant by tag": b"name: !!timestamp foo\n",
    "a tag of nothing": b"name: ! x\n",
    "a tag on a list": b"name: !!set {a, b}\n",
    "huge": b"#" * 70_000,
    "deep": b"[" * 1_500,
}


@pytest.mark.parametrize("option", ["--policy", "--ship"])
@pytest.mark.parametrize("data", BROKEN_YAML.values(), ids=BROKEN_YAML.keys())
def test_a_broken_policy_or_ship_is_unusable(
    imported: Shore, tmp_path: Path, option: str, data: bytes
) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(data)
    assert "settings.yaml" in complaint(check("eyJ", option, path, "--at", AT))


@pytest.mark.parametrize("number", ["0777", "1:30", "0x10", "0b1", "1_000", "-1", "1.5", "1e3", '"5"'])
def test_a_number_is_plain_decimal(imported: Shore, tmp_path: Path, number: str) -> None:
    ship = tmp_path / "ship.yaml"
    ship.write_text(f"gt: {number}\n", encoding="utf-8")
    assert "gt: a whole number" in complaint(check("eyJ", "--ship", ship, "--at", AT))


@pytest.mark.parametrize("name", ["trueish", "falsehood", "0777", "1:30", "no"])
def test_a_text_that_only_begins_like_something_else_is_a_text(
    norway: Authority, imported: Shore, tmp_path: Path, name: str
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(f"name: {name}\n", encoding="utf-8")
    run = check(norway.issue(competency()), "--policy", policy, "--at", AT)
    assert run.report["credentials"][0]["relied_on"]["policy"] == name


# Policy and ship


def test_a_policy_file_changes_what_is_demanded(norway: Authority, imported: Shore, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("name: lenient\nrequire_holder_proof: false\n", encoding="utf-8")
    run = check(norway.issue(competency(), PHONE), "--policy", policy, "--at", AT)
    assert (run.code, run.headline) == (0, "VALID WITH REMARK")
    assert run.report["credentials"][0]["relied_on"]["policy"] == "lenient"


def test_with_the_ship_grace_lifts_the_expiry_of_a_medical_certificate(
    norway: Authority, imported: Shore, tmp_path: Path
) -> None:
    expired = show(norway.issue(medical(TODAY - 10 * DAY), PHONE, at=NOW - 300 * DAY))
    ship = tmp_path / "ship.yaml"
    ship.write_text(
        "flag: NO\ngt: 4200\nvoyage_start: 2026-10-01\nlast_port_with_practitioner: 2026-10-01\n",
        encoding="utf-8",
    )
    run = check(expired, "--ship", ship, "--at", AT)
    assert (run.code, run.report["verdict"], run.report["person"]["headline"]) == (0, "valid", "GRACE")
    assert run.headline == "EXPIRED", "the certificate itself stays what it is"
    alone = check(expired, "--at", AT)
    assert (alone.code, alone.report["person"]) == (1, None)


# For people


def test_people_read_the_verdict_who_it_is_about_and_what_to_do(norway: Authority, imported: Shore) -> None:
    run = ombord_verify("check", show(norway.issue(competency(), PHONE)), "--at", AT)
    assert run.out.splitlines()[0] == "VALID (TEST)"
    for said in (
        "NO-COC-0001",
        "Ingrid Østergård",
        "OESTERGAARD<<INGRID",
        "master",
        "2028-11-20",
        "today",
        "compare",
    ):
        assert said in run.out
    assert "\x1b" not in run.out, "colours are for terminals"


def test_people_read_why_it_was_rejected(norway: Authority, imported: Shore) -> None:
    run = ombord_verify("check", tampered(norway.issue(competency(), PHONE)), "--at", AT)
    assert run.out.startswith("TAMPERED (TEST)\n")
    assert "Ingrid" not in run.out, "unsigned claims are hidden"
    assert "next" in run.out


def test_a_person_on_a_ship_is_told_in_words(norway: Authority, imported: Shore, tmp_path: Path) -> None:
    ship = tmp_path / "ship.yaml"
    ship.write_text("flag: NO\n", encoding="utf-8")
    run = ombord_verify("check", show(norway.issue(competency(), PHONE)), "--ship", ship, "--at", AT)
    assert run.code == 1
    assert "PERSON ON THIS SHIP: MEDICAL MISSING" in run.out


LIMITED = competency(
    functions=(FunctionGrant("navigation", Level.MANAGEMENT, Limitations(max_gt=3_000, without=("ecdis",))),),
    capacities=(
        CapacityGrant("master", Limitations(max_kw=750, areas=("near-coastal",), propulsion=("motor",))),
        CapacityGrant("mate", Limitations(ship_types=("passenger",), text="by day alone")),
    ),
    acceptance=Acceptance(flags=("NO",), areas=("inner-waters",)),
    remarks="Not for high-speed craft.",
)
UNFIT = medical(
    identity_checked=False,
    hearing=False,
    hearing_unaided=False,
    visual_acuity=False,
    colour_vision=False,
    lookout=False,
    free_from_aggravated_condition=False,
    review_informed=False,
    areas=("near-coastal",),
    restrictions="No night watch.",
)
LIMITS = {
    "competency": (
        LIMITED,
        (
            *("at most 3000 GT", "without ecdis", "at most 750 kW", "in areas near-coastal"),
            *("propulsion by motor", "on ship types passenger", "by day alone", "only on ships of NO"),
            *("in areas inner-waters", "Not for high-speed craft."),
        ),
    ),
    "medical": (
        UNFIT,
        (
            *("did NOT check who", "hearing does NOT", "hearing without an aid does NOT"),
            *("visual acuity does NOT", "colour vision does NOT", "NOT fit for look-out", "aggravate"),
            *("NOT told", "only in areas near-coastal", "restricted: No night watch."),
        ),
    ),
}


@pytest.mark.parametrize(("certificate", "limits"), LIMITS.values(), ids=LIMITS.keys())
def test_people_read_every_limit(
    norway: Authority, imported: Shore, certificate: Certificate, limits: tuple[str, ...]
) -> None:
    out = ombord_verify("check", show(norway.issue(certificate, PHONE)), "--at", AT).out
    assert [limit for limit in limits if limit not in out] == []


def test_people_read_no_failing_where_all_standards_are_met(norway: Authority, imported: Shore) -> None:
    out = ombord_verify("check", show(norway.issue(medical(), PHONE)), "--at", AT).out
    assert "fit for look-out" in out
    assert "NOT" not in out


@pytest.mark.parametrize(
    ("environment", "marked"), [(Environment.TEST, True), (Environment.PRODUCTION, False)]
)
@pytest.mark.parametrize("colour", ["", "1"])
def test_a_rehearsal_never_looks_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: Environment, marked: bool, colour: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", colour)
    authority = Authority("NO", environment=environment)
    shore = Shore(tmp_path / "shore", authority)
    source = show(authority.issue(competency(), PHONE))
    of_shore = ("--pack", shore.pack(), "--root", shore.root, "--at", AT)
    run = ombord_verify("check", source, *of_shore)
    assert ("TEST" in run.out.splitlines()[0]) is marked
    assert ("rehearsal" in run.out) is marked
    assert check(source, *of_shore).report["credentials"][0]["relied_on"]["environment"] == environment.value


def test_a_signed_certificate_that_cannot_be_read_is_not_called_unsigned(
    norway: Authority, imported: Shore
) -> None:
    claims = vc.to_claims(norway.credential(competency()))
    claims["family_name"] = 7
    signer = norway.signers[norway.certificate_kid]
    odd = jws.sign(json_dumps(claims), signer, typ=vc.TYP, kid=norway.certificate_kid) + "~"
    out = ombord_verify("check", odd, "--at", AT).out
    assert out.startswith("NOT READABLE")
    assert "vouches" not in out
    assert "vouches" in ombord_verify("check", tampered(odd), "--at", AT).out


def test_grace_and_the_certificates_own_advice_do_not_contradict_each_other(
    norway: Authority, imported: Shore, tmp_path: Path
) -> None:
    expired = show(norway.issue(medical(TODAY - 10 * DAY), PHONE, at=NOW - 300 * DAY))
    begun = {"on this voyage": "2026-10-01", "before it": "2026-11-20"}
    said = {}
    for name, day in begun.items():
        ship = tmp_path / "ship.yaml"
        ship.write_text(f"voyage_start: {day}\nlast_port_with_practitioner: {day}\n", encoding="utf-8")
        said[name] = ombord_verify("check", expired, "--ship", ship, "--at", AT).out
    said["no ship"] = ombord_verify("check", expired, "--at", AT).out
    assert {name for name, out in said.items() if "still counts on this ship" in out} == {"on this voyage"}
    assert {name for name, out in said.items() if "does not count" in out} == {"before it", "no ship"}
    assert {name for name, out in said.items() if "--ship" in out} == {"no ship"}


def test_control_and_bidirectional_characters_are_shown_as_numbers(imported: Shore) -> None:
    run = ombord_verify("check", "no\x1b[2Jsuch\u202efile", "--at", AT)
    assert run.code == 3
    assert "\x1b" not in run.err
    assert "\u202e" not in run.err
    assert "\\u{001b}" in run.err


# State and packs


def test_without_a_pack_there_is_nothing_to_check_against() -> None:
    assert "pack import" in complaint(check("eyJ"))


def test_a_pack_needs_a_trusted_root_the_first_time(shore: Shore, home: Path) -> None:
    assert "--root" in complaint(ombord_verify("pack", "import", shore.pack()))
    assert "--root" in complaint(check("eyJ", "--pack", shore.pack()))


def test_a_pack_for_one_check_is_kept_nowhere(norway: Authority, shore: Shore, home: Path) -> None:
    shown = show(norway.issue(competency(), PHONE))
    assert check(shown, "--pack", shore.pack(), "--root", shore.root, "--at", AT).code == 0
    assert not home.exists()


def test_import_says_what_it_holds_and_how_old_it_is(shore: Shore) -> None:
    run = ombord_verify("pack", "import", shore.pack(), "--root", shore.root)
    for said in (
        "imported sea pack 2026-11-21-",
        "DK, NO",
        "from today",
        "https://no.example/status/1",
        "1024 entries",
    ):
        assert said in run.out


def test_a_root_is_never_silently_exchanged(imported: Shore, tmp_path: Path) -> None:
    other = Shore(tmp_path / "other", Authority("SE"), root=(2, 2))
    assert "another root" in complaint(ombord_verify("pack", "import", other.pack(), "--root", other.root))


def test_a_revocation_arrives_with_the_next_pack(norway: Authority, imported: Shore) -> None:
    text = norway.issue(competency(), PHONE)
    assert check(show(text), "--at", AT).code == 0
    norway.revoke(text)
    norway.at = NOW + timedelta(hours=1)
    assert ombord_verify("pack", "import", imported.pack("next.pack")).code == 0
    assert check(show(text), "--at", AT).headline == "REVOKED"


def test_a_pack_for_one_check_undoes_no_revocation_that_the_device_holds(
    norway: Authority, imported: Shore
) -> None:
    text = norway.issue(competency(), PHONE)
    before = imported.pack("before.pack")
    norway.revoke(text)
    norway.at = NOW + timedelta(hours=1)
    assert ombord_verify("pack", "import", imported.pack("next.pack")).code == 0
    assert check(show(text), "--pack", before, "--at", AT).headline == "REVOKED"


def test_a_dropped_list_is_remembered_on_disk(norway: Authority, imported: Shore) -> None:
    from keys.trust.directory import STATUS, KeyState

    text = norway.issue(competency(), PHONE)
    norway.retire_key(norway.status_kid, KeyState.REVOKED)
    norway.status_kid = norway.add_key(STATUS)
    before = norway.status_list(at=NOW - DAY)
    imported.published.publish(NOW + timedelta(minutes=1))
    dropped = ombord_verify("pack", "import", imported.pack("drop.pack", lists=[]))
    assert "dropped" in dropped.out
    for number in range(2):
        again = ombord_verify("pack", "import", imported.pack(f"old-{number}.pack", lists=[before]))
        assert (again.code, "not taken" in again.out) == (0, True)
    later = NOW + timedelta(minutes=2)
    assert check(show(text, at=later), "--at", later.isoformat()).headline == "STATUS UNKNOWN"


@pytest.mark.parametrize("damage", ["cut", "bit", "text", "missing", "older"])
def test_a_bad_pack_leaves_the_last_good_state(
    norway: Authority, imported: Shore, tmp_path: Path, damage: str
) -> None:
    shown = show(norway.issue(competency(), PHONE))
    data = bytearray((imported.folder / "sea.pack").read_bytes())
    if damage == "older":
        imported.published.publish(NOW + timedelta(hours=1))
        assert ombord_verify("pack", "import", imported.pack("newer.pack")).code == 0
    elif damage == "cut":
        del data[-100:]
    elif damage == "bit":
        data[200] ^= 1
    elif damage == "text":
        data = bytearray(b"hello")
    bad = tmp_path / "bad.pack"
    if damage != "missing":
        bad.write_bytes(data)
    complaint(ombord_verify("pack", "import", bad))
    complaint(check(shown, "--pack", bad, "--at", AT))
    assert check(shown, "--at", NOW.replace(hour=13).isoformat()).headline in ("VALID", "UNCONFIRMED")


def test_a_stale_pack_gets_its_own_headline(norway: Authority, imported: Shore) -> None:
    text = norway.issue(competency(), PHONE)
    later = NOW + 50 * DAY
    assert check(show(text, at=later), "--at", later.isoformat()).headline == "STATUS UNKNOWN"
    much_later = NOW + 401 * DAY
    paper = norway.issue(competency())
    assert check(paper, "--at", much_later.isoformat()).headline == "CLOCK UNTRUSTED"
    assert check(paper, "--at", (NOW - DAY).isoformat()).headline == "CLOCK UNTRUSTED"


@pytest.mark.parametrize("name", ["current", "trust", "states"])
@pytest.mark.parametrize("how", ["cut", "changed", "removed"])
def test_damaged_state_is_said_and_mended_by_importing_again(
    norway: Authority, imported: Shore, home: Path, name: str, how: str
) -> None:
    shown = [show(norway.issue(competency(), PHONE)), Authority("DK").issue(competency(issuing_country="DK"))]
    (path,) = home.rglob(name)
    data = path.read_bytes()
    if how == "removed" and name != "current":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if how == "cut" else bytes([data[0] ^ 1]) + data[1:])
    assert "import" in complaint(check(*shown, "--at", AT))
    again = ombord_verify("pack", "import", imported.folder / "sea.pack", "--root", imported.root)
    assert again.code == 0, again.err
    assert check(shown[0], "--at", AT).code == 0


@pytest.mark.parametrize("name", ["memory"])
def test_damaged_memory_never_forgets_silently(imported: Shore, home: Path, name: str) -> None:
    (path,) = home.rglob(name)
    path.write_bytes(b"{}")
    assert "damaged" in complaint(ombord_verify("pack", "import", imported.folder / "sea.pack"))


def test_an_import_that_died_half_way_leaves_what_was(norway: Authority, imported: Shore, home: Path) -> None:
    leftover = home / "g-000002"
    leftover.mkdir()
    (leftover / "trust").write_text("half", encoding="utf-8")
    shown = show(norway.issue(competency(), PHONE))
    assert check(shown, "--at", AT).code == 0
    assert ombord_verify("pack", "import", imported.folder / "sea.pack").code == 0
    assert check(shown, "--at", AT).code == 0


def test_generations_do_not_pile_up(imported: Shore, home: Path) -> None:
    for _ in range(4):
        assert ombord_verify("pack", "import", imported.folder / "sea.pack").code == 0
    assert len(list(home.glob("g-*"))) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(shore: Shore, home: Path) -> None:
    home.mkdir(mode=0o500)
    assert "cannot be written" in complaint(
        ombord_verify("pack", "import", shore.pack(), "--root", shore.root)
    )


def test_a_folder_that_is_a_file_is_said(shore: Shore, home: Path) -> None:
    home.write_text("a file", encoding="utf-8")
    assert "cannot be written" in complaint(
        ombord_verify("pack", "import", shore.pack(), "--root", shore.root)
    )
    complaint(check("eyJ"))


def test_a_clock_that_jumped_a_year_between_checks_is_not_trusted(
    norway: Authority, imported: Shore, home: Path
) -> None:
    (home / "clock").write_text(str(int((NOW - 500 * DAY).timestamp())), encoding="ascii")
    assert check(show(norway.issue(competency(), PHONE))).headline == "CLOCK UNTRUSTED"
    assert ombord_verify("pack", "import", imported.folder / "sea.pack").code == 0
    assert check(show(norway.issue(competency(), PHONE))).headline == "VALID", "an import sets it right"


def test_a_bad_clock_is_not_believed_the_second_time(norway: Authority, imported: Shore, home: Path) -> None:
    (home / "clock").write_text(str(int((NOW - 500 * DAY).timestamp())), encoding="ascii")
    for _ in range(2):
        assert check(show(norway.issue(competency(), PHONE))).headline == "CLOCK UNTRUSTED"


def test_a_clock_that_is_believed_is_remembered(norway: Authority, imported: Shore, home: Path) -> None:
    (home / "clock").write_text(str(int((NOW - 2 * DAY).timestamp())), encoding="ascii")
    assert check(show(norway.issue(competency(), PHONE))).code == 0
    assert (home / "clock").read_text(encoding="ascii") == str(int(NOW.timestamp()))


def test_an_import_waits_for_another_one_only_so_long(
    imported: Shore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verifier import store

    monkeypatch.setattr(store, "WAIT", 0.0)
    with store.locked(str(home)):
        busy = ombord_verify("pack", "import", imported.folder / "sea.pack")
    assert "another import" in complaint(busy)
    assert ombord_verify("pack", "import", imported.folder / "sea.pack").code == 0


def test_a_lock_that_the_disk_does_not_know_is_said(imported: Shore, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(lock: int, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    assert "No locks" in complaint(ombord_verify("pack", "import", imported.folder / "sea.pack"))


def test_an_old_generation_that_cannot_be_removed_stops_no_import(imported: Shore, home: Path) -> None:
    (home / "g-000000").write_text("no folder", encoding="ascii")
    run = ombord_verify("pack", "import", imported.folder / "sea.pack")
    assert run.code == 0, run.err
    assert "Traceback" not in run.err


def test_the_hint_on_damaged_state_works(norway: Authority, imported: Shore, home: Path) -> None:
    (path,) = home.rglob("memory")
    path.write_bytes(b"{}")
    again = ("pack", "import", imported.folder / "sea.pack")
    assert "--root ROOT.json --forget" in complaint(ombord_verify(*again, "--root", imported.root))
    assert ombord_verify(*again, "--root", imported.root, "--forget").code == 0
    home.joinpath("current").write_bytes(b"g-")
    assert "--root ROOT.json" in complaint(check("eyJ"))


def test_a_home_that_is_a_file_is_not_called_damaged(shore: Shore, home: Path) -> None:
    home.write_text("a file", encoding="utf-8")
    for run in (check("eyJ"), ombord_verify("pack", "import", shore.pack(), "--root", shore.root)):
        err = complaint(run)
        assert "damaged" not in err
        assert "OMBORD_HOME" in err


def test_a_pack_is_written_through_no_link_and_leaves_nothing_behind(
    imported: Shore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, out = tmp_path / "target", tmp_path / "out.pack"
    (tmp_path / "out.pack.new").symlink_to(target)
    build = ("pack", "build", "--directory", imported.folder / "directory", "--out")
    assert ombord_verify(*build, out).code == 0
    assert out.is_file()
    assert not target.exists()
    before = set(tmp_path.iterdir())
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path, tmp_path / "nowhere" / "x"):
        complaint(ombord_verify(*build, place))
    assert set(tmp_path.iterdir()) == before | {tmp_path / "pipe"}


def test_building_a_pack_checks_it_as_an_importer_would(shore: Shore, tmp_path: Path) -> None:
    shore.pack()
    bad = tmp_path / "bad.jwt"
    bad.write_text(Authority("SE").status_list(), encoding="ascii")
    out = tmp_path / "out.pack"
    build = ("pack", "build", "--directory", shore.folder / "directory", "--out", out, "--lists", bad)
    assert "owns this address" in complaint(ombord_verify(*build))
    assert not out.exists()
    complaint(ombord_verify("pack", "build", "--directory", tmp_path / "nowhere", "--out", out))
