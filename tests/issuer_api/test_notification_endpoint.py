"""The notification endpoint: idempotent, and only for those who were given the id (OpenID4VCI 1.0, 11)."""

import pytest
from support.issuer_app import Office


@pytest.mark.parametrize("event", ["credential_accepted", "credential_failure", "credential_deleted"])
def test_event_is_taken_as_often_as_it_is_told(office: Office, event: str) -> None:
    wallet = office.admitted_wallet()
    identifier = wallet.request("NO-COC-0001").json()["notification_id"]
    for _ in range(3):
        answer = wallet.notify({"notification_id": identifier, "event": event, "event_description": "fine"})
        assert answer.status_code == 204
        assert answer.content == b""
    assert office.audit_trail().count(event.replace("_", "-")) == 1


REFUSED = {
    "unknown id": ({"notification_id": "x", "event": "credential_accepted"}, "invalid_notification_id"),
    "no id": ({"event": "credential_accepted"}, "invalid_notification_request"),
    "id that is a number": ({"notification_id": 1, "event": "x"}, "invalid_notification_request"),
    "no event": ({"notification_id": "MINE"}, "invalid_notification_request"),
    "unknown event": (
        {"notification_id": "MINE", "event": "credential_admired"},
        "invalid_notification_request",
    ),
    "event in capitals": (
        {"notification_id": "MINE", "event": "CREDENTIAL_ACCEPTED"},
        "invalid_notification_request",
    ),
    "description with a line break": (
        {"notification_id": "MINE", "event": "credential_accepted", "event_description": "a\nb"},
        "invalid_notification_request",
    ),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_notification_is_refused(shared_office: Office, body: dict[str, object], code: str) -> None:
    wallet = shared_office.admitted_wallet()
    mine = wallet.request("NO-COC-0001").json()["notification_id"]
    sent = {name: mine if value == "MINE" else value for name, value in body.items()}
    answer = wallet.notify(sent)
    assert (answer.status_code, answer.json()["error"]) == (400, code)


def test_nobody_tells_in_anothers_name(shared_office: Office) -> None:
    mine = shared_office.admitted_wallet().request("NO-COC-0001").json()["notification_id"]
    stranger = shared_office.admitted_wallet("other phone")
    answer = stranger.notify({"notification_id": mine, "event": "credential_deleted"})
    assert answer.json()["error"] == "invalid_notification_id"
