"""The screens of showing and adding, as tired eyes and cold fingers meet them; with the longest names."""

from collections.abc import Iterator

import pytest
from kivy.metrics import Metrics
from support.looks import require_contrast, require_targets, require_whole_words
from support.phone import Phone
from support.scenario import TODAY, competency, medical
from support.simulator import DAY, NOW
from support.wallet import NoNetwork, PhoneInHand

from wallet_app.core.issuer_metadata import Authority
from wallet_app.core.offer import Offer, TransactionCode
from wallet_app.core.pickup import Proposal
from wallet_app.core.trust import Check, Known

pytestmark = pytest.mark.screen

LONG = "Finnish Transport and Communications Agency, Maritime Department"
PROPOSAL = Proposal(
    Authority(
        issuer="https://no.example",
        name=LONG,
        documents={"a": "Certificate of competency"},
        token_endpoint="",
        nonce_endpoint="",
        credential_endpoint="",
        notification_endpoint=None,
    ),
    Offer("https://no.example", ("a",), "c", TransactionCode(True, 6, "")),
)
CHECKS = {
    "unchecked": Known(Check.NO_DIRECTORY),
    "not listed": Known(Check.NOT_LISTED, as_of=NOW),
    "listed": Known(Check.LISTED, LONG, "FI", NOW),
    "rehearsal": Known(Check.LISTED, "Transportstyrelsen", "SE", NOW, is_rehearsal=True),
}


def screens(phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Phone]]:
    """Stop at each screen and state in turn."""
    eyes = phone.open_wallet(
        competency(expiry_date=TODAY + 100 * DAY, issuing_authority=LONG),
        medical(TODAY + 20 * DAY),
        transport=NoNetwork(),
    )
    app = phone.app
    key = app.wallet.held[0].key
    yield "list", eyes
    for name, go in {
        "more": lambda: app.go("more"),
        "challenge": app.ask_for_challenge,
        "no challenge": lambda: app.answer("0"),
        "answer": lambda: app.answer("K7M2QX"),
        "moving": app.show_all_in_one,
        "certificate": lambda: app.open_certificate(key),
        "history": app.open_history,
        "delete": lambda: app.ask_to_delete(key),
        "directory": app.open_trust,
        "no root": lambda: app.drop(phone.home / "a.pack"),
        "add": app.add,
        "web address": lambda: app.take("https://www.a-very-long-name-of-a-harbour-restaurant.example/menu"),
        "camera": app.scan,
    }.items():
        app.show_list() if name not in ("no challenge", "answer", "no root") else None
        eyes.wait(0.5)
        go()
        yield name, eyes.wait(0.5)
    app.show_list()
    eyes.wait(0.5)
    app.open_certificate(key)
    eyes.wait(0.5).scroll_to("The certificate itself stays in force")
    yield "certificate's end", eyes
    for name, known in CHECKS.items():
        monkeypatch.setattr(app.wallet.trust, "look_up", lambda _, known=known: known)
        app.add()
        app.screen_of("add").propose(PROPOSAL)
        yield name, eyes.wait(0.5)


@pytest.fixture
def large_text() -> Iterator[None]:
    Metrics.fontscale = 1.5
    yield
    Metrics.fontscale = 1.0


def test_words_stand_out_and_targets_are_large(phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, eyes in screens(phone, monkeypatch):
        require_contrast(eyes, name)
        require_targets(eyes, name)


@pytest.mark.usefixtures("large_text")
def test_nothing_is_clipped_or_covered_at_one_and_a_half_size(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, eyes in screens(phone, monkeypatch):
        require_whole_words(eyes, name)
