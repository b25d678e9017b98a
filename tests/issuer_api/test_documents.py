"""Documents over HTTP: a phone that proves its key gets the PDF of what it holds; nobody else does."""

from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select
from support.issuer_app import Office
from support.printed import Printed
from support.sync_wallet import SyncWallet

from issuer.adapters.tables import audit_event
from issuer.adapters.typesetting import MAX_BYTES
from issuer.services.register.lifecycle import Lifecycle
from keys.encoding import Json
from wallet_app.core.transport import MAX_BODY_BYTES

pytest.importorskip("typst", reason="typst is not installed: it comes with the issuer extra")

COC, FIT = "NO-COC-0001", "NO-MED-0001"
PROOF_TYPE = "ombord-document+jwt"


@dataclass
class Asker:
    """A phone that asks for documents."""

    wallet: SyncWallet

    def proof(self, **changes: object) -> str:
        return self.wallet.proof(**{"typ": PROOF_TYPE, **changes})  # type: ignore[arg-type]

    def send(self, body: Json) -> httpx.Response:
        return self.wallet.office.client.post(
            f"{self.wallet.office.settings.base_url}/api/v1/documents", json=body
        )

    def ask(self, number: Json = COC, **changes: object) -> httpx.Response:
        return self.send({"proof": self.proof(**changes), "document_number": number})


@pytest.fixture
def ingrid(office: Office) -> Asker:
    return Asker(SyncWallet(office).hold(COC, FIT))


def kind(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_phone_gets_the_document_of_what_it_holds_and_again_the_same(ingrid: Asker) -> None:
    first, again = ingrid.ask(), ingrid.ask()
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["content-disposition"] == f'attachment; filename="{COC}.pdf"'
    assert first.headers["cache-control"] == "no-store"
    assert first.content == again.content
    seen = Printed(first.content)
    assert (seen.standards, seen.faults(), len(seen.codes)) == (("2", "A", "1"), [], 1)
    assert ingrid.wallet.office.statuses(COC) == ["valid", "valid"]  # the phone's and one on paper, no third


def test_document_that_a_phone_fetched_is_in_the_trail_and_one_that_it_did_not_get_is_not(
    office: Office, ingrid: Asker
) -> None:
    before = office.audit_trail().count("certificate-seen")
    ingrid.ask().raise_for_status()
    ingrid.ask().raise_for_status()
    assert office.audit_trail().count("certificate-seen") == before + 2
    with office.database.read() as connection:
        newest = select(audit_event).where(audit_event.c.event == "certificate-seen")
        row = connection.execute(newest.order_by(audit_event.c.sequence.desc())).first()
    assert row is not None
    assert (row.actor, row.subject, row.details) == ("wallet", COC, '{"as":"pdf"}')
    assert ingrid.ask("NO-NONE").status_code == 404
    Lifecycle(office.database, office.clock, office.settings).suspend(FIT, reason="x", actor="clerk")
    assert ingrid.ask(FIT).status_code == 409
    assert office.audit_trail().count("certificate-seen") == before + 2


def test_wallets_take_a_document_as_large_as_we_make_them() -> None:
    assert MAX_BYTES < MAX_BODY_BYTES


def test_stranger_learns_nothing(office: Office, ingrid: Asker) -> None:
    for number in (COC, "NO-NONE"):
        answer = Asker(SyncWallet(office, "stranger")).ask(number)
        assert kind(answer) == (401, "not-recognised")
        assert COC not in answer.text
        assert PROOF_TYPE in answer.headers["www-authenticate"]


@pytest.mark.parametrize("number", ["NO-NONE", "", "NO-COC-0001 ", "../register", "王"])
def test_number_that_the_phone_does_not_hold_is_no_document(ingrid: Asker, number: str) -> None:
    assert ingrid.ask(number).status_code == 404


def test_certificate_of_another_seafarers_phone_is_not_told_from_one_that_is_not(office: Office) -> None:
    SyncWallet(office).hold(COC)
    other = Asker(SyncWallet(office, "other").hold(FIT))
    answers = [other.ask(number) for number in (COC, "NO-NONE")]
    assert [(one.status_code, one.json()["detail"]) for one in answers] == [
        (404, "No certificate of this number is bound to this phone.")
    ] * 2


def test_lost_phone_gets_no_document(office: Office, ingrid: Asker) -> None:
    office.rebind()
    assert kind(ingrid.ask()) == (403, "no-longer-bound")


def test_certificate_that_is_not_in_force_has_no_document_and_a_hint_why(
    office: Office, ingrid: Asker
) -> None:
    Lifecycle(office.database, office.clock, office.settings).suspend(COC, reason="", actor="clerk")
    assert ingrid.ask().status_code == 409
    assert ingrid.ask(FIT).status_code == 200


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"typ": "ombord-sync+jwt"}, "invalid-proof"),
        ({"aud": "https://elsewhere.example"}, "invalid-proof"),
        ({"iat": 0}, "invalid-proof"),
        ({"nonce": "made up"}, "invalid-nonce"),
        ({"document_number": COC}, "invalid-proof"),
    ],
)
def test_proof_that_is_not_for_documents_and_for_now_is_refused(
    ingrid: Asker, changes: dict[str, object], problem: str
) -> None:
    assert kind(ingrid.ask(**changes)) == (400, problem)


def test_nonce_serves_once(ingrid: Asker) -> None:
    proof = ingrid.proof()
    assert ingrid.send({"proof": proof, "document_number": COC}).status_code == 200
    assert kind(ingrid.send({"proof": proof, "document_number": COC})) == (400, "invalid-nonce")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"document_number": COC},
        {"proof": "x"},
        {"proof": 1, "document_number": COC},
        {"proof": "x", "document_number": 7},
        {"proof": "x", "document_number": "N" * 65},
        {"proof": "x", "document_number": COC, "more": 1},
        {"proof": "x" * 5_000, "document_number": COC},
        [],
    ],
)
def test_body_of_another_form_is_refused(ingrid: Asker, body: Json) -> None:
    assert 400 <= ingrid.send(body).status_code < 500


def test_phone_that_asks_without_end_is_told_to_wait(ingrid: Asker) -> None:
    answers = [ingrid.ask("NO-NONE") for _ in range(31)]
    assert [one.status_code for one in answers] == [404] * 30 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_fault_in_typesetting_is_ours_and_says_nothing_of_the_person(
    ingrid: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from issuer.adapters import typesetting

    monkeypatch.setattr(typesetting, "MAX_BYTES", 10)
    answer = ingrid.ask()
    assert answer.status_code == 500
    assert "Ingrid" not in answer.text
