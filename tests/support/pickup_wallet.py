"""A wallet in a few lines: what any OpenID4VCI 1.0 client sends, with every part replaceable by a test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from support.simulator import seeded_signer

from keys import jws
from keys.encoding import Json, json_dumps
from keys.signer import SoftwareSigner

PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
PROOF_TYPE = "openid4vci-proof+jwt"


class PickUpWallet:
    """Follows an offer's link to the end, knowing nothing but the link and the transaction code."""

    def __init__(self, http: httpx.Client, clock: Callable[[], datetime], phone: str = "phone") -> None:
        self.http = http
        self.clock = clock
        self.signer: SoftwareSigner = seeded_signer(phone)
        self.token = ""

    def read(self, link: str) -> dict[str, Any]:
        """The offer behind the link, and the metadata of its issuer and authorization server."""
        (uri,) = parse_qs(urlsplit(link).query)["credential_offer_uri"]
        self.offer = self._get(uri)
        self.issuer = self._get(well_known(self.offer["credential_issuer"], "openid-credential-issuer"))
        self.server = self._get(well_known(self.offer["credential_issuer"], "oauth-authorization-server"))
        return self.offer

    @property
    def code(self) -> str:
        return str(self.offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"])

    def exchange(self, tx_code: str | None, /, **changes: str | None) -> httpx.Response:
        """Ask for a token; `changes` replace form fields, None takes one out."""
        form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": self.code, "tx_code": tx_code, **changes}
        sent = {name: value for name, value in form.items() if value is not None}
        answer = self.http.post(self.server["token_endpoint"], data=sent)
        if answer.is_success:
            self.token = answer.json()["access_token"]
        return answer

    def nonce(self) -> str:
        return str(self.http.post(self.issuer["nonce_endpoint"]).raise_for_status().json()["c_nonce"])

    def proof(self, nonce: str, signer: SoftwareSigner | None = None, **changes: Json) -> str:
        signer = signer or self.signer
        claims: dict[str, Json] = {
            "aud": self.issuer["credential_issuer"],
            "iat": int(self.clock().timestamp()),
            "nonce": nonce,
            **changes,
        }
        header: dict[str, Json] = {"jwk": signer.public_key.to_jwk()}
        return jws.sign(json_dumps(claims), signer, typ=PROOF_TYPE, header=header)

    def request(self, identifier: str, proof: str | None = None) -> httpx.Response:
        """Ask for one credential, with a fresh nonce unless a proof is given."""
        proof = proof or self.proof(self.nonce())
        return self.ask({"credential_identifier": identifier, "proofs": {"jwt": [proof]}})

    def ask(self, body: object) -> httpx.Response:
        return self.http.post(self.issuer["credential_endpoint"], json=body, headers=self.authorization)

    def notify(self, body: object) -> httpx.Response:
        return self.http.post(self.issuer["notification_endpoint"], json=body, headers=self.authorization)

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _get(self, url: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(url).raise_for_status().json()
        return found


def well_known(issuer: str, name: str) -> str:
    """The address of a metadata document (OpenID4VCI 1.0, 12.2.2)."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/.well-known/{name}{parts.path}"
