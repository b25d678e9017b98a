"""An issuer at an address of its own that says whatever a test wants: names, endpoints, certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qs

from support.scenario import competency
from support.simulator import NOW, Authority, seeded_signer
from support.wallet import NoNetwork

from keys.encoding import Json, json_dumps, json_object
from keys.jwk import PublicKey
from keys.signer import Signer
from verifier.credential import vc
from verifier.credential.model import Certificate, Credential, Holder
from wallet_app.core.transport import Response, Transport

EVIL = "https://evil.example"
OFFER = f"{EVIL}/offer"
STRANGER = Holder(seafarer_id="9ZZZZZZ9", family_name="Berg", given_name="Ola", birth_date=date(1970, 1, 2))


@dataclass
class HostileIssuer:
    """A transport: requests to this issuer are answered here, all others by `elsewhere`.

    `signer` signs; `published` are the keys that it admits to. `changes` are put over each document by name.
    """

    certificates: tuple[Certificate, ...] = (competency(),)
    holder_key: PublicKey = field(default_factory=lambda: seeded_signer("phone").public_key)
    signer: Signer = field(default_factory=lambda: seeded_signer("evil"))
    kid: str = "evil-1"
    elsewhere: Transport = field(default_factory=NoNetwork)
    changes: dict[str, dict[str, object]] = field(default_factory=dict)
    published: Mapping[str, Signer] | None = None
    sent: list[str] = field(default_factory=list)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        if not url.startswith(f"{EVIL}/"):
            return self.elsewhere.send(method, url, headers=headers, body=body)
        self.sent.append(url)
        name = url.removeprefix(f"{EVIL}/").removeprefix(".well-known/")
        answer = getattr(self, "_" + name.replace("-", "_"), None)
        if answer is None:
            return Response(404, "application/json", b"{}")
        document = {**answer(body), **self.changes.get(name, {})}
        return Response(200, "application/json", json_dumps(document))

    def _offer(self, _: bytes | None) -> dict[str, Json]:
        grant: Json = {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {"pre-authorized_code": "x"}}
        return {
            "credential_issuer": EVIL,
            "credential_configuration_ids": ["competency"],
            "grants": grant,
        }

    def _openid_credential_issuer(self, _: bytes | None) -> dict[str, Json]:
        return {
            "credential_issuer": EVIL,
            "credential_endpoint": f"{EVIL}/credential",
            "nonce_endpoint": f"{EVIL}/nonce",
            "display": [{"name": "Sjøfartsdirektoratet"}],
            "credential_configurations_supported": {},
        }

    def _oauth_authorization_server(self, _: bytes | None) -> dict[str, Json]:
        return {
            "issuer": EVIL,
            "token_endpoint": f"{EVIL}/token",
            "pre-authorized_grant_anonymous_access_supported": True,
        }

    def _jwt_vc_issuer(self, _: bytes | None) -> dict[str, Json]:
        published = {self.kid: self.signer} if self.published is None else self.published
        keys: list[Json] = [{**one.public_key.to_jwk(), "kid": kid} for kid, one in published.items()]
        return {"issuer": EVIL, "jwks": {"keys": keys}}

    def _token(self, body: bytes | None) -> dict[str, Json]:
        assert parse_qs((body or b"").decode())["pre-authorized_code"] == ["x"]
        return {
            "access_token": "a",
            "token_type": "Bearer",
            "expires_in": 300,
            "authorization_details": [
                {
                    "type": "openid_credential",
                    "credential_configuration_id": "competency",
                    "credential_identifiers": [one.document_number for one in self.certificates],
                }
            ],
        }

    def _nonce(self, _: bytes | None) -> dict[str, Json]:
        return {"c_nonce": "n"}

    def _credential(self, body: bytes | None) -> dict[str, Json]:
        wanted = json_object(body or b"")["credential_identifier"]
        certificate = next(one for one in self.certificates if one.document_number == wanted)
        return {"credentials": [{"credential": self.forge(certificate)}]}

    def forge(self, certificate: Certificate) -> str:
        """The certificate in this issuer's own name, signed by its own key."""
        norway = Authority("NO", at=NOW)
        genuine: Credential = norway.credential(certificate, self.holder_key)
        return vc.sign(replace(genuine, issuer=EVIL), self.signer, self.kid)
