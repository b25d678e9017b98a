"""An authority for a wallet's syncs: answers that a test writes itself, signed with keys of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from support.scenario import competency, medical
from support.simulator import NOW, Authority, seeded_signer

from keys import jws
from keys.encoding import Json, json_dumps, json_object
from keys.jwk import PublicKey
from keys.signer import Signer
from verifier.credential.model import Certificate, StatusReference
from verifier.credential.sea_pass import Pass, PassMember
from verifier.credential.sea_pass_claims import sign_pass
from wallet_app.core.transport import Response

ISSUER = Authority("NO").iss
PASS_KID = "NO-2026p"


def a_pass(
    holder_key: PublicKey,
    *certificates: Certificate,
    at: datetime = NOW,
    issuer: str = ISSUER,
    signer: Signer | None = None,
    kid: str = PASS_KID,
) -> str:
    """A signed pass, good unless changed."""
    summed_up = certificates or (competency(), medical())
    sea_pass = Pass(
        issuer=issuer,
        issued_at=at,
        not_before=at,
        expires=at + timedelta(days=30),
        holder_key=holder_key,
        issuing_country=summed_up[0].issuing_country,
        issuing_authority=summed_up[0].issuing_authority,
        holder=summed_up[0].holder,
        members=tuple(
            PassMember(one, StatusReference(f"{issuer}/status/1", n)) for n, one in enumerate(summed_up)
        ),
    )
    return sign_pass(sea_pass, signer or seeded_signer(PASS_KID), kid)


@dataclass
class SyncOffice:
    """A transport: the authority's metadata, nonces, keys, and what it answers to a sync."""

    answer: dict[str, Json] | Response = field(default_factory=dict)
    issuer: str = ISSUER
    published: Mapping[str, Signer] = field(default_factory=lambda: {PASS_KID: seeded_signer(PASS_KID)})
    proofs: list[jws.UnverifiedJws] = field(default_factory=list)
    stale_nonces: int = 0

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        path = url.removeprefix(self.issuer)
        if path == "/.well-known/openid-credential-issuer":
            return _json({"credential_issuer": self.issuer, "nonce_endpoint": f"{self.issuer}/nonce"})
        if path == "/nonce":
            return _json({"c_nonce": f"nonce {len(self.proofs)}"})
        if path == "/.well-known/jwt-vc-issuer":
            keys: list[Json] = [
                {**signer.public_key.to_jwk(), "kid": kid} for kid, signer in self.published.items()
            ]
            return _json({"issuer": self.issuer, "jwks": {"keys": keys}})
        if path == "/api/v1/sync":
            self.proofs.append(jws.parse(str(json_object(body or b"{}")["proof"])))
            if self.stale_nonces:
                self.stale_nonces -= 1
                return problem(400, "invalid-nonce")
            return self.answer if isinstance(self.answer, Response) else _json(self.answer)
        return Response(404, "application/json", b"{}")


def problem(status: int, name: str) -> Response:
    """RFC 9457 problem details of ours."""
    body = json_dumps({"type": f"urn:ombord:problem:{name}", "title": name, "status": status, "detail": name})
    return Response(status, "application/problem+json", body)


def an_answer(**changes: Json) -> dict[str, Json]:
    """What an authority says that has nothing to say."""
    plain: dict[str, Json] = {
        "as_of": int(NOW.timestamp()),
        "pass": None,
        "left_out": [],
        "credentials": [],
        "offers": [],
    }
    return {**plain, **changes}


def _json(value: Json) -> Response:
    return Response(200, "application/json", json_dumps(value))
