"""Loading an extract: good rows in, bad ones named, nothing by half, the same again changes nothing."""

import io
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.approvers import Bureau
from support.desk import HEAD, MEDICAL, NUMBER, SEAFARER, Desk, read_credential
from support.scenario import INGRID, competency, medical

from demo.extract import make_extract
from issuer.adapters.database import Database
from issuer.domain import extract
from issuer.domain.errors import InvalidInput
from issuer.domain.extract import BadRow
from keys.encoding import json_dumps
from verifier.credential import vc
from verifier.credential.model import Certificate
from verifier.status import Status

Row = dict[str, Any]


def seafarer_row() -> Row:
    claims = vc.certificate_claims(competency())
    return {"kind": "seafarer", **{n: claims[n] for n in extract.HOLDER_CLAIMS if n in claims}}


def certificate_row(certificate: Certificate | None = None, **changes: object) -> Row:
    made = certificate or competency()
    claims = {n: v for n, v in vc.certificate_claims(made).items() if n not in extract.HOLDER_CLAIMS}
    head = {"kind": "certificate", "type": made.type.value, "state": "in-force", "seafarer_id": SEAFARER}
    return {**head, **claims, **changes}


def without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def test_extract_of_the_demo_loads_whole_and_again_changes_nothing(desk: Desk) -> None:
    rows = list(make_extract("NO", 12, 7, desk.settings.today(desk.clock.now)))
    first = desk.load(*rows[1:], head=rows[0])
    assert (first.added, first.rejected) == (len(rows) - 1, [])
    before = desk.export()
    second = desk.load(*rows[1:], head=rows[0])
    assert (second.added, second.changed, second.unchanged) == (0, 0, len(rows) - 1)
    assert desk.export() == before


BAD: list[tuple[str, Callable[[], Row | bytes], str]] = [
    ("not JSON", lambda: b"{", "not JSON"),
    ("not an object", lambda: b"[1]", "object"),
    ("a name twice", lambda: b'{"kind":"seafarer","kind":"seafarer"}', "twice|duplicate"),
    ("not UTF-8", lambda: b'{"kind":"\xff"}', "UTF-8"),
    ("longer than a line may be", lambda: b'{"kind":"' + b"x" * 70_000 + b'"}', "longer than"),
    ("unknown kind", lambda: {"kind": "ship"}, "kind"),
    ("unknown type", lambda: certificate_row(type="captain"), "type: there is no document type captain"),
    ("unknown state", lambda: certificate_row(state="fine"), "state: fine"),
    ("unknown claim", lambda: certificate_row(national_id="01010112345"), "no such claim.*national_id"),
    (
        "a limitation that is misspelt",
        lambda: certificate_row(
            capacities=[{"capacity_code": "master", "limitations": {"max_gtt": 500, "max_kw": 750}}]
        ),
        "no such claim.*capacities.limitations.max_gtt",
    ),
    (
        "limitations that are misspelt",
        lambda: certificate_row(capacities=[{"capacity_code": "master", "limits": {"max_gt": 500}}]),
        "no such claim.*capacities.limits",
    ),
    ("unknown claim of a seafarer", lambda: {**seafarer_row(), "cpr": "1"}, "no such claim.*cpr"),
    ("unknown seafarer", lambda: certificate_row(seafarer_id="00000000"), "no such seafarer"),
    ("malformed seafarer id", lambda: {**seafarer_row(), "seafarer_id": "x"}, "seafarer_id"),
    ("no birth date", lambda: without(seafarer_row(), "birth_date"), "birth_date"),
    ("other flag", lambda: certificate_row(issuing_country="DK"), "DK is not this authority's flag"),
    ("no number", lambda: without(certificate_row(), "document_number"), "document_number"),
    ("number with a space", lambda: certificate_row(document_number="NO 1"), "no space"),
    ("number with a slash", lambda: certificate_row(document_number="NO/1"), "document_number"),
    ("number too long", lambda: certificate_row(document_number="N" * 65), "document_number"),
    ("no such day", lambda: certificate_row(issue_date="2026-02-30"), "issue_date"),
    ("expired before it began", lambda: certificate_row(expiry_date="2001-01-01"), "before issue_date"),
    ("issued before birth", lambda: certificate_row(issue_date="1960-01-01"), "birth_date"),
    ("medical without findings", lambda: without(certificate_row(medical()), "medical"), "medical"),
    ("state since never", lambda: certificate_row(state_since="soon"), "state_since"),
    ("reason too long", lambda: certificate_row(state_reason="x" * 501), "state_reason"),
    ("NUL in text", lambda: certificate_row(remarks="a\x00b"), "control|NUL|remarks"),
    ("replaced by nonsense", lambda: certificate_row(replaced_by="a b"), "document_number"),
]


@pytest.mark.parametrize(("row", "says"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_row_is_named_by_line_and_reason_and_the_rest_loads(
    desk: Desk, row: Callable[[], Row | bytes], says: str
) -> None:
    good = certificate_row(medical())
    if "seafarer" in says and "id" in says:
        report = desk.load(seafarer_row(), row(), good)
    else:
        report = desk.load(seafarer_row(), row(), good)
    assert report.added == 2
    [rejected] = report.rejected
    assert rejected.line == 3
    with pytest.raises(AssertionError, match=f"(?s){says}"):
        raise AssertionError(rejected.reason)
    assert desk.state(MEDICAL) == "in-force"


def test_bad_rows_name_no_person(desk: Desk) -> None:
    bad_seafarer = {**seafarer_row(), "birth_date": "1988-13-01"}
    report = desk.load(bad_seafarer, certificate_row(), certificate_row(issue_date="x"))
    assert len(report.rejected) == 3
    for row in report.rejected:
        assert INGRID.family_name not in row.reason


@pytest.mark.parametrize(
    "head",
    [{}, {**HEAD, "format": "x"}, {**HEAD, "version": 2}, {**HEAD, "authority": "DK"}, {"kind": "seafarer"}],
)
def test_file_that_is_no_extract_of_ours_is_refused_whole(desk: Desk, head: Row) -> None:
    if not head:
        head = {"nothing": 1}
    with pytest.raises(InvalidInput, match="not an extract of this register"):
        desk.load(seafarer_row(), head=head)
    assert desk.load().added == 0


def test_empty_file_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        desk.importing.load(io.BytesIO(b""), actor="test")


def test_several_batches_and_blank_lines(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.services.register.importing.BATCH", 3)
    rows = [certificate_row(replace(competency(), document_number=f"NO-{n}")) for n in range(10)]
    seen: list[int] = []
    lines = b"\n\n".join(json_dumps(row) for row in [HEAD, seafarer_row(), *rows])
    report = desk.importing.load(io.BytesIO(lines), actor="test", progress=seen.append)
    assert (report.added, report.rejected) == (11, [])
    assert seen == sorted(seen)
    assert len(seen) == 4


def test_line_that_is_too_long_shifts_no_line_number(desk: Desk) -> None:
    report = desk.load(b"x" * 200_000, {"kind": "ship"}, seafarer_row())
    assert [row.line for row in report.rejected] == [2, 3]
    assert report.added == 1


def test_same_number_twice_in_a_file(desk: Desk) -> None:
    report = desk.load(seafarer_row(), certificate_row(), certificate_row(), certificate_row(remarks="x"))
    assert (report.added, report.unchanged) == (2, 1)
    assert [row.line for row in report.rejected] == [5]


def test_source_follows_the_state_machine(desk: Desk) -> None:
    desk.load(seafarer_row(), certificate_row())
    issued = desk.issue()
    report = desk.load(certificate_row(state="suspended", state_reason="a casualty"))
    assert (report.changed, desk.state(), desk.status(issued)) == (1, "suspended", Status.SUSPENDED)
    report = desk.load(certificate_row(state="revoked"))
    assert (report.changed, desk.status(issued)) == (1, Status.REVOKED)
    report = desk.load(certificate_row(state="in-force"))
    assert [row.reason for row in report.rejected] == [
        "state: a certificate that is revoked does not become in-force"
    ]
    assert desk.events(NUMBER) == ["certificate-imported", "certificate-suspend", "certificate-revoke"]


def test_certificate_that_stands_twice_in_one_batch_is_not_brought_back_from_revocation(desk: Desk) -> None:
    desk.load(seafarer_row(), certificate_row())
    issued = desk.issue()
    report = desk.load(certificate_row(state="revoked"), certificate_row(state="suspended"))
    assert [(row.line, row.reason) for row in report.rejected] == [
        (3, "state: a certificate that is revoked does not become suspended")
    ]
    assert len(desk.load(certificate_row(state="in-force")).rejected) == 1
    assert (desk.state(), desk.status(issued)) == ("revoked", Status.REVOKED)


def test_lines_of_one_batch_follow_one_another_as_those_of_two_files_do(desk: Desk) -> None:
    desk.load(seafarer_row(), certificate_row())
    there_and_back = certificate_row(state="suspended"), certificate_row(state="in-force")
    assert desk.load(*there_and_back).changed == 2
    assert desk.state() == "in-force"
    assert desk.events(NUMBER)[1:] == ["certificate-suspend", "certificate-reinstate"]


def test_loading_an_old_file_again_undoes_no_decision(desk: Desk) -> None:
    desk.load(seafarer_row(), certificate_row())
    desk.lifecycle.suspend(NUMBER, reason="", actor="test")
    assert desk.load(seafarer_row(), certificate_row()).unchanged == 2
    assert desk.state() == "suspended"


def test_source_that_did_not_change_the_state_does_not_lift_a_suspension(desk: Desk) -> None:
    desk.load(seafarer_row(), certificate_row())
    desk.lifecycle.suspend(NUMBER, reason="", actor="test")
    desk.load(certificate_row(state_reason="a note"))
    assert desk.state() == "suspended"


def test_contents_of_a_certificate_in_force_do_not_change(desk: Desk) -> None:
    desk.load(seafarer_row(), certificate_row())
    report = desk.load(certificate_row(remarks="and anything else"))
    assert [row.line for row in report.rejected] == [2]
    assert "replace it" in report.rejected[0].reason
    desk.load(certificate_row(medical(), state="drafted"))
    assert desk.load(certificate_row(medical(), state="drafted", remarks="x")).changed == 1


def test_approved_contents_do_not_change_and_enter_force_on_their_day_at_the_earliest(desk: Desk) -> None:
    today = desk.settings.today(desk.clock.now)
    later = replace(competency(), issue_date=today + timedelta(days=10))
    approved = certificate_row(later, state="approved")
    desk.load(seafarer_row(), approved)
    for row, says in (
        ({**approved, "remarks": "and anything else"}, "that is approved do not change: reject it"),
        ({**approved, "state": "in-force", "remarks": "x"}, "that is approved do not change: reject it"),
        ({**approved, "state": "in-force"}, f"it is issued on {later.issue_date}, and not in-force before"),
    ):
        (rejected,) = desk.load(row).rejected
        assert (rejected.line, says in rejected.reason) == (2, True)
    assert desk.state() == "approved"
    desk.clock.forward(days=10)
    assert desk.load({**approved, "state": "in-force"}).changed == 1
    assert desk.state() == "in-force"


@pytest.mark.parametrize("policy", [None, "signing.yaml"])
def test_where_a_policy_is_set_no_import_approves_what_is_made_here(desk: Desk, policy: str | None) -> None:
    bureau = Bureau.of(desk)
    made = competency(issue_date=desk.settings.today(desk.clock.now))
    bureau.draft(made)
    told = replace(desk, settings=desk.settings.model_copy(update={"signing_policy": policy}))
    told.load(certificate_row(made, state="drafted", state_reason="known to the source too"))
    report = told.load(certificate_row(made, state="approved"), certificate_row(made, state="in-force"))
    if policy is None:
        assert (report.changed, desk.state()) == (2, "in-force")
        return
    assert [row.line for row in report.rejected] == [2, 3]
    assert "signing_policy is set, and asks for its approval" in report.rejected[0].reason
    assert desk.state() == "drafted"
    bureau.approving.reject(NUMBER, reason="", actor="clerk")
    imported = certificate_row(medical(), state="drafted")
    assert told.load(imported).added == 1
    assert told.load({**imported, "state": "approved"}).changed == 1  # its source's own


def test_number_never_moves_to_another_seafarer(desk: Desk) -> None:
    other = {**seafarer_row(), "seafarer_id": "00000001", "family_name": "Nuñez"}
    desk.load(seafarer_row(), other, certificate_row())
    report = desk.load(certificate_row(seafarer_id="00000001"))
    assert "another seafarer" in report.rejected[0].reason


def test_new_name_stands_in_what_is_signed_from_now_on(desk: Desk) -> None:
    desk.load(seafarer_row(), certificate_row())
    before = desk.issue(key="before")
    assert desk.load({**seafarer_row(), "family_name": "Þórsdóttir"}).changed == 1
    after = desk.issue(key="after")
    names = [read_credential(one.token).certificate.holder.family_name for one in (before, after)]
    assert names == ["Østergård", "Þórsdóttir"]
    assert "seafarer-changed" in desk.events(SEAFARER)


def test_names_are_stored_in_one_form_of_bytes(desk: Desk) -> None:
    decomposed = {**seafarer_row(), "family_name": "A\u030agren"}
    desk.load(decomposed)
    assert desk.load({**seafarer_row(), "family_name": "\u00c5gren"}).unchanged == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_mutated_row_is_loaded_or_named_and_never_crashes(sqlite_desk: Desk, data: st.DataObject) -> None:
    row = deepcopy(certificate_row(medical()))
    name = data.draw(st.sampled_from(sorted(row)))
    row[name] = data.draw(
        st.none() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=3), max_size=3)
        | st.dictionaries(st.text(max_size=3), st.booleans(), max_size=2)
    )  # fmt: skip
    line = json.dumps(row).encode()
    report = sqlite_desk.load(seafarer_row(), line)
    assert report.added + report.unchanged + report.changed + len(report.rejected) == 2


@pytest.fixture
def sqlite_desk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One register for all of hypothesis's examples."""
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('mutated')}/register.db")
    yield Desk.open(database)
    database.close()


def test_document_number_is_checked_alone() -> None:
    assert extract.check_document_number("NO-COC-0001") == "NO-COC-0001"
    with pytest.raises(BadRow):
        extract.check_document_number("-1")


def test_date_of_today_is_free(desk: Desk) -> None:
    row = certificate_row(replace(competency(), issue_date=date(2030, 1, 1), expiry_date=date(2031, 1, 1)))
    assert desk.load(seafarer_row(), row).added == 2  # not yet valid is a derived state
