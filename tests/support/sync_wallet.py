"""A phone that syncs, in a few lines: every part of its request can be replaced by a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from support.issuer_app import KEYS, Office
from support.pickup_wallet import PickUpWallet
from support.simulator import seeded_signer

from issuer.services.issuing.issuer import CredentialIssuer
from keys import jws
from keys.encoding import Json, json_dumps
from keys.signer import SoftwareSigner

PROOF_TYPE = "ombord-sync+jwt"


@dataclass
class SyncWallet:
    """One phone of our one seafarer, or of a stranger."""

    office: Office
    phone: str = "phone"

    @property
    def signer(self) -> SoftwareSigner:
        return seeded_signer(self.phone)

    @property
    def url(self) -> str:
        return f"{self.office.settings.base_url}/api/v1/sync"

    def pick_up(self, *numbers: str) -> SyncWallet:
        """Have these certificates bound to this phone, by an offer of the authority's."""
        wallet = self.office.admitted_wallet(self.phone)
        for number in numbers:
            wallet.request(number).raise_for_status()
        return self

    def hold(self, *numbers: str) -> SyncWallet:
        """Have these certificates bound to this phone, without the dozen requests that a pick-up takes."""
        office = self.office
        issuer = CredentialIssuer(office.database, office.clock, KEYS, office.settings)
        for number in numbers:
            issuer.issue(number, self.signer.public_key, f"{self.phone} {number}")
        return self

    def nonce(self) -> str:
        answer = self.office.client.post(f"{self.office.settings.base_url}/oid4vci/nonce")
        return str(answer.raise_for_status().json()["c_nonce"])

    def proof(
        self,
        nonce: Json = None,
        *,
        typ: str | None = PROOF_TYPE,
        header: dict[str, Json] | None = None,
        without: str = "",
        signer: SoftwareSigner | None = None,
        **changes: Json,
    ) -> str:
        """A good proof, changed as asked."""
        signer = signer or self.signer
        claims: dict[str, Json] = {
            "aud": self.office.settings.issuer,
            "iat": int(self.office.clock().timestamp()),
            "nonce": self.nonce() if nonce is None else nonce,
            **changes,
        }
        head: dict[str, Json] = {"jwk": signer.public_key.to_jwk(), **(header or {})}
        claims.pop(without, None)
        head.pop(without, None)
        return jws.sign(json_dumps(claims), signer, typ=typ, header=head)

    def send(self, body: object) -> httpx.Response:
        return self.office.client.post(self.url, json=body)

    def ask(self, proof: str | None = None) -> httpx.Response:
        """One sync, whatever the answer."""
        return self.send({"proof": proof or self.proof()})

    def sync(self) -> dict[str, Any]:
        """One sync that is answered."""
        answer = self.ask()
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def redeem(self, offer: dict[str, Any], phone: str | None = None) -> PickUpWallet:
        """Follow an offer that a sync made, with its codes, on this phone or on another."""
        wallet = PickUpWallet(self.office.client, self.office.clock, phone or self.phone)
        wallet.read(f"openid-credential-offer://?credential_offer_uri={offer['offer']}")
        wallet.exchange(offer["tx_code"]).raise_for_status()
        return wallet
