"""Metrics: what the database knows is asked of it, what a process does is counted; nobody is named."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.in_process import client_of
from support.issuer_app import KEYS, OPERATOR_TOKEN, SEAFARER, Office, issuer_settings
from support.log_keys import with_log
from support.simulator import seeded_signer

from issuer.app import create_app
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.issuing.stopping import Stopping
from issuer.services.log.checkpoints import Checkpoints
from issuer.services.operating import gauging
from issuer.services.operating.gauging import gauge
from issuer.services.operating.reconciling import Reconciling
from issuer.services.register.lifecycle import Lifecycle

OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
PHONE = seeded_signer("phone").public_key
METRIC_ROW = re.compile(r"\| `ombord_\w+` \| (?:counter|gauge|histogram) \|")


def scraped(office: Office, headers: dict[str, str] = OPERATOR) -> dict[tuple[str, ...], float]:
    """Every sample, by its name and the values of its labels."""
    answer = office.client.get("http://certificates.example/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def issue(office: Office, key: str) -> None:
    CredentialIssuer(office.database, office.clock, KEYS, office.settings).issue("NO-COC-0001", PHONE, key)


def test_metrics_are_for_those_with_a_token(office: Office) -> None:
    assert office.client.get("http://certificates.example/metrics").status_code == 401
    wrong = {"Authorization": "Bearer of something else"}
    assert office.client.get("http://certificates.example/metrics", headers=wrong).status_code == 401


def test_events_unfinished_lists_and_log_are_what_the_database_says(office: Office) -> None:
    before = scraped(office)
    assert before[("ombord_ready", "database")] == 1
    assert before[("ombord_log_entries",)] == 0
    issue(office, "one")
    Lifecycle(office.database, office.clock, office.settings).revoke(
        "NO-COC-0001", ending="revoked", reason="test", actor="test"
    )
    with office.database.write() as connection:
        connection.exec_driver_sql("UPDATE credential SET state = 'signed', lease = 1")
    office.clock.forward(seconds=90)
    now = scraped(office)
    assert now[("ombord_events_total", "credential-logged")] == 1
    assert now[("ombord_events_total", "certificate-revoke")] == 1
    assert now[("ombord_credentials_unfinished", "signed")] == 1
    assert now[("ombord_credentials_unfinished", "reserved")] == 0
    assert now[("ombord_credentials_unfinished_oldest_seconds",)] == 90
    assert now[("ombord_status_lists",)] == 1
    assert now[("ombord_status_lists_changed",)] == 1
    assert now[("ombord_status_list_fill_ratio",)] == pytest.approx(1 / 1024)
    assert now[("ombord_issuing_stopped",)] == 0


def test_requests_are_counted_by_route_and_refusals_by_rule(office: Office) -> None:
    route = "/no/api/v1/verify/{tracking_number}"
    key = ("ombord_http_requests_total", "GET", route, "404")
    before = scraped(office)
    office.client.get("/api/v1/verify/NO-NONE-1")
    office.client.get("/nowhere/at/all")
    now = scraped(office)
    assert now[key] == before.get(key, 0) + 1
    assert now[("ombord_http_requests_total", "GET", "none", "404")] >= 1
    assert now[("ombord_http_request_seconds_count", route)] >= 1
    assert now[("ombord_refusals_total", "not-found")] > before.get(("ombord_refusals_total", "not-found"), 0)
    assert not any(word in repr(sorted(now)) for word in ("NO-NONE-1", "nowhere", SEAFARER, "NO-COC"))


def test_events_are_counted_once_however_many_there_are(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauging, "STEP", 2)
    monkeypatch.setattr(gauging, "LEAP", 3)
    for key in ("one", "two", "three"):
        issue(office, key)
    everything = office.audit_trail()
    looks = [gauge(office.database, office.clock) for _ in range(len(everything))]
    totals = [sum(one.events.values()) for one in looks]
    assert totals == sorted(totals)
    assert looks[-1].events == {name: everything.count(name) for name in set(everything)}
    assert looks[-1].events_uncounted == 0


def test_database_that_does_not_answer_leaves_the_rest_to_be_scraped(office: Office) -> None:
    with office.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE event_count RENAME TO elsewhere")
    try:
        now = scraped(office)
    finally:
        with office.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO event_count")
    assert now[("ombord_database_answered",)] == 0
    assert any(name == "ombord_http_requests_total" for name, *_ in now)


def test_token_for_metrics_opens_nothing_else(sqlite_url: str) -> None:
    settings = issuer_settings(sqlite_url, metrics_token="a token for prometheus alone")
    shown = {"Authorization": "Bearer a token for prometheus alone"}
    with client_of(create_app(settings, keys=KEYS), "http://certificates.example") as client:
        assert client.get("/metrics", headers=shown).status_code == 200
        assert "checks" in client.get("/health/ready", headers=shown).json()
        assert client.get("/no/api/v1/certificates", headers=shown).status_code == 401


COUNTING = """
from issuer.services import measuring
measuring.answered("GET", "/no/x", 200, 0.1, "not-found")
with measuring.step("sign", 5):
    pass
"""
SCRAPING = """
from prometheus_client import generate_latest
from issuer.api.metrics import _registries
print(b"".join(generate_latest(one) for one in list(_registries(None, None, None))[1:]).decode())
"""


def test_what_several_processes_counted_is_added_up(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for script in (COUNTING, COUNTING, SCRAPING):
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    families = text_string_to_metric_families(done.stdout)
    samples = {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}
    assert samples[("ombord_http_requests_total", "GET", "/no/x", "200")] == 2
    assert samples[("ombord_issuing_step_credentials_total", "sign")] == 10


def test_last_reconciliation_is_told_once_there_was_one(office: Office) -> None:
    assert ("ombord_reconciliation_differences",) not in scraped(office)
    issue(office, "one")
    stopping = Stopping(office.database, office.clock)
    Reconciling(office.database, office.clock, stopping).run()
    office.clock.forward(seconds=90)
    now = scraped(office)
    assert now[("ombord_reconciliation_differences",)] == 0
    assert now[("ombord_reconciliation_age_seconds",)] == 90
    assert now[("ombord_reconciled_credentials", "log")] == 1
    assert now[("ombord_reconciled_credentials", "database")] == 1
    assert ("ombord_reconciled_credentials", "signer") not in now


def test_each_step_of_issuing_is_timed_with_its_batch(office: Office) -> None:
    before = scraped(office)
    issue(office, "one")
    now = scraped(office)
    for event in ("persist", "sign", "verify", "log", "release"):
        for name in ("ombord_issuing_step_seconds_count", "ombord_issuing_step_credentials_total"):
            assert now[(name, event)] == before.get((name, event), 0) + 1, (name, event)


def test_page_has_every_metric_with_its_labels_and_meaning(office: Office) -> None:
    issue(office, "one")
    assert office.client.get("http://certificates.example/metrics").status_code == 401  # a refusal
    Checkpoints(office.database, office.clock, with_log(KEYS), office.settings).make()
    Reconciling(office.database, office.clock, Stopping(office.database, office.clock)).run()
    text = office.client.get("http://certificates.example/metrics", headers=OPERATOR).text
    shown = set()
    for family in text_string_to_metric_families(text):
        if family.name.startswith("ombord_") and not family.name.endswith("_created"):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = {label for one in family.samples for label in one.labels} - {"le"}
            label = ", ".join(f"`{one}`" for one in sorted(labels))
            shown.add(f"| `{name}` | {family.type} | {label} | {family.documentation} |")
    page = (Path(__file__).resolve().parents[2] / "docs" / "running-an-issuer.md").read_text(encoding="utf-8")
    assert shown == {line for line in page.splitlines() if METRIC_ROW.match(line)}
