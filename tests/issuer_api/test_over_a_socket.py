"""The same pick-up through uvicorn and a socket: what the in-process client may hide."""

from pathlib import Path

import httpx
import pytest
from support.issuer_server import serving

pytestmark = pytest.mark.loopback


def test_pick_up_works_over_a_socket(tmp_path: Path) -> None:
    with serving(tmp_path) as office:
        wallet = office.admitted_wallet()
        answer = wallet.request("NO-COC-0001")
        assert answer.status_code == 200
        event = {"notification_id": answer.json()["notification_id"], "event": "credential_accepted"}
        assert wallet.notify(event).status_code == 204
        assert "strict-transport-security" not in answer.headers, "a test environment is served on http"


def test_endless_body_is_cut_off(tmp_path: Path) -> None:
    with serving(tmp_path) as office:
        url = f"{office.settings.base_url}/oid4vci/credential"
        endless = (b"x" * 65_536 for _ in range(10_000))
        try:
            status = httpx.post(url, content=endless).status_code
        except httpx.TransportError:
            status = 413  # the server hung up while we still sent, as it may
        assert status == 413
