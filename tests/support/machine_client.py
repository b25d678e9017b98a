"""A company's system that reports: its key, the assertions it signs, and the requests it makes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any
from uuid import UUID

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from support.issuer_app import Office

from issuer.adapters import law_files
from issuer.composition import Services
from issuer.domain.client_keys import client_key
from issuer.rules.facts import Reporter
from issuer.services.organisations.developing import Developing, synthetic_numbers
from issuer.services.organisations.registering import Organisations
from issuer.services.organisations.tokens import MachineTokens

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SEA_SERVICE = "ombord:qualifications/sea-service"
_NUMBERS = count(1)
_SYNTHETIC = islice(synthetic_numbers(), 1_000, None)  # beyond those of development organisations


def public_jwk(key: Any, kid: str | None = None) -> dict[str, Any]:
    """The public JWK of any private key."""
    for algorithm in ("ES256", "EdDSA", "RS256"):
        try:
            members = json.loads(jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key()))
        except (TypeError, AttributeError, jwt.InvalidKeyError):
            continue
        return {**members, "kid": kid} if kid else dict(members)
    raise AssertionError("no algorithm for this key")


@dataclass
class MachineClient:
    """One organisation, registered in an office."""

    office: Office
    country: str = "NO"
    number: str = field(default_factory=lambda: next(_SYNTHETIC))
    roles: tuple[Reporter, ...] = (Reporter.COMPANY,)
    kid: str = "2026-1"
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    token: str = ""

    def __post_init__(self) -> None:
        organisation = self.organisations.new(self.country, self.number, "Rederiet", self.roles, actor="test")
        self.client_id = organisation.client_id
        self.organisations.add_key(self.client_id, client_key(public_jwk(self.key, self.kid)), actor="test")

    @property
    def organisations(self) -> Organisations:
        return Organisations(self.office.database, self.office.clock, law_files.code_lists)

    def claims(self, **changes: object) -> dict[str, Any]:
        """Of an assertion; a claim changed to None is left out."""
        now = int(self.office.clock().timestamp())
        claims = {
            "iss": self.client_id,
            "aud": self.office.settings.issuer,
            "iat": now,
            "exp": now + 120,
            "jti": str(UUID(int=next(_NUMBERS))),
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def assertion(
        self, *, algorithm: str = "ES256", headers: dict[str, Any] | None = None, **changes: object
    ) -> str:
        return jwt.encode(
            self.claims(**changes),
            self.key,
            algorithm=algorithm,
            headers={"kid": self.kid, **(headers or {})},
        )

    def ask_token(self, assertion: str | None = None, **form: str) -> httpx.Response:
        sent = {"grant_type": JWT_BEARER, "assertion": assertion or self.assertion(), **form}
        return self.office.client.post(f"{self.office.settings.base_url}/oauth/token", data=sent)

    def admitted(self, *scopes: str) -> MachineClient:
        """With a token, for all that is granted or for `scopes`."""
        answer = self.ask_token(**({"scope": " ".join(scopes)} if scopes else {}))
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]
        return self

    def send(
        self, path: str, body: object, *, key: str | None = None, method: str = "POST", **headers: str
    ) -> httpx.Response:
        """A request with the token, and a key of its own unless one is given."""
        said = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": key or f"key-{next(_NUMBERS):08}",
            "Content-Type": "application/json",
            **headers,
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.office.client.request(method, self.url(path), content=content, headers=said)

    def get(self, path: str) -> httpx.Response:
        return self.office.client.get(self.url(path), headers={"Authorization": f"Bearer {self.token}"})

    def url(self, path: str) -> str:
        return f"{self.office.settings.base_url}/api/v1/{path}"


def development_token(services: Services) -> str:
    """A token that opens every resource, of an organisation made for it."""
    parts = (services.database, services.organisations, services.importing, services.settings)
    key = ec.generate_private_key(ec.SECP256R1())
    public = client_key(public_jwk(key))
    made = Developing(*parts).make(public, actor="test")
    now = int(services.clock().timestamp())
    claims = {
        "iss": made.organisation.client_id,
        "aud": services.settings.issuer,
        "iat": now,
        "exp": now + 120,
        "jti": str(UUID(int=next(_NUMBERS))),
    }
    assertion = jwt.encode(claims, key, algorithm="ES256", headers={"kid": public.kid})
    tokens = MachineTokens(services.database, services.clock, services.settings)
    return tokens.grant(assertion, None).access_token
