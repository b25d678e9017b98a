"""What a seafarer has on the phone after a pick-up at a real issuer, and the QR texts that it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from support import passes
from support.issuer_app import KEYS, Office
from support.passes import twelve
from support.scenario import PHONE, show
from support.simulator import NOW, Authority

from verifier.credential import carrier
from verifier.credential.model import StatusReference
from verifier.credential.sea_pass import PassMember
from verifier.credential.sea_pass_claims import sign_pass


def picked_up(office: Office, *numbers: str) -> tuple[str, ...]:
    """Credentials that the authority gives our one seafarer's phone, by their certificates' numbers."""
    wallet = office.admitted_wallet()
    answers = [wallet.request(number).raise_for_status().json() for number in numbers]
    return tuple(str(one["credentials"][0]["credential"]) for one in answers)


def code(credential: str, *, at: datetime = NOW, proof: bool = True) -> str:
    """The QR text on the phone's screen; without a proof it is a copy."""
    return carrier.to_qr_text(carrier.pack(show(credential, phone=PHONE, at=at) if proof else credential))


def signed_pass(office: Office, **changes: object) -> str:
    """The pass of twelve certificates, as the authority would have signed it two hours ago."""
    issuer = office.settings.base_url
    made = passes.sea_pass(Authority("NO"), at=NOW - timedelta(hours=2))
    members = tuple(
        PassMember(one, StatusReference(f"{issuer}/status/1", 1_000 + place))
        for place, one in enumerate(twelve())
    )
    assert KEYS.pass_kid is not None
    changed = replace(made, issuer=issuer, members=members, **changes)  # type: ignore[arg-type]
    return sign_pass(changed, KEYS.signer(KEYS.pass_kid), KEYS.pass_kid)
