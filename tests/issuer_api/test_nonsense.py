"""Whatever is sent, the answer is a 4xx of the right kind, or a real success; never a stack trace."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.issuer_app import BASE_URL, OPERATOR_TOKEN, Office
from support.pickup_wallet import PRE_AUTHORIZED, PickUpWallet
from support.sync_wallet import SyncWallet

from issuer.adapters.database import Database
from issuer.domain.errors import DatabaseUnusable
from keys.encoding import Json

NONSENSE = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def wallet(shared_office: Office) -> PickUpWallet:
    return shared_office.admitted_wallet()


def refuses(wallet: PickUpWallet, path: str, content: bytes, media_type: str, **headers: str) -> None:
    answer = wallet.http.post(
        f"{BASE_URL}/{path}", content=content, headers={"Content-Type": media_type, **headers}
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text


@NONSENSE
@given(st.binary(max_size=200))
@pytest.mark.parametrize(
    "path", ["oid4vci/credential", "oid4vci/notification", "api/v1/offers", "api/v1/sync"]
)
def test_bytes_that_are_no_json(wallet: PickUpWallet, path: str, content: bytes) -> None:
    refuses(wallet, path, content, "application/json", **wallet.authorization)


@NONSENSE
@given(
    st.dictionaries(st.sampled_from(["credential_identifier", "proofs", "event", "notification_id"]), VALUES)
)
@pytest.mark.parametrize("path", ["oid4vci/credential", "oid4vci/notification"])
def test_json_that_means_nothing(wallet: PickUpWallet, path: str, body: dict[str, object]) -> None:
    refuses(wallet, path, json.dumps(body).encode(), "application/json", **wallet.authorization)


@NONSENSE
@given(st.dictionaries(st.sampled_from(["aud", "iat", "nonce", "exp", "iss"]), VALUES))
def test_sync_proofs_that_mean_nothing(shared_office: Office, claims: dict[str, Json]) -> None:
    phone = SyncWallet(shared_office)
    answer = phone.ask(phone.proof(**{"nonce": "n", **claims}))  # type: ignore[arg-type] # any JSON at all
    assert answer.status_code in (400, 429), answer.text


@NONSENSE
@given(
    st.dictionaries(
        st.sampled_from(["as", "by", "reason", "seafarer_id", "document_numbers"]), VALUES, max_size=3
    )
)
@pytest.mark.parametrize("path", ["certificates/NO-COC-9999/revoke", "seafarers/00000000/rebind"])
def test_orders_that_mean_nothing(wallet: PickUpWallet, path: str, body: dict[str, object]) -> None:
    headers = {
        "Authorization": f"Bearer {OPERATOR_TOKEN}",
        "Idempotency-Key": f"key-{hash(str(body))}-{path}",
    }
    refuses(wallet, f"api/v1/{path}", json.dumps(body).encode(), "application/json", **headers)


@NONSENSE
@given(st.dictionaries(st.sampled_from(["grant_type", "pre-authorized_code", "tx_code"]), st.text()))
def test_forms_that_mean_nothing(wallet: PickUpWallet, form: dict[str, str]) -> None:
    answer = wallet.http.post(f"{BASE_URL}/oid4vci/token", data={"grant_type": PRE_AUTHORIZED, **form})
    assert answer.status_code in (400, 429)


@NONSENSE
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_addresses_that_mean_nothing(wallet: PickUpWallet, text: str) -> None:
    for path in ("status", "oid4vci/offers", "api/v1/verify", ""):
        answer = wallet.http.get(f"{BASE_URL}/{path}/{quote(text, safe='')}")
        assert 400 <= answer.status_code < 500, answer.text


def test_database_that_fails_is_answered_without_its_whereabouts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Database) -> None:
        raise DatabaseUnusable("the database /srv/secret/register.db is locked", hint="wait")

    monkeypatch.setattr(Database, "write", broken)
    monkeypatch.setattr(Database, "read", broken)
    nonce = office.client.post(f"{BASE_URL}/oid4vci/nonce")
    assert (nonce.status_code, nonce.json()["error"]) == (503, "server_error")
    tracked = office.client.get(f"{BASE_URL}/api/v1/verify/NO-COC-0001")
    assert (tracked.status_code, tracked.headers["content-type"]) == (503, "application/problem+json")
    assert "secret" not in nonce.text + tracked.text
