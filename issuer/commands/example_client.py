"""Report a seafarer's service on board to the authority: an example to begin from.

Needs `pip install 'pyjwt[crypto]' httpx` alone. Beside it lie `organisation.json` (who we are) and
the private key that it names, which is ours alone: it is sent nowhere.

    python report_sea_service.py [SEAFARER]
"""

import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import jwt

HERE = Path(__file__).resolve().parent
SCOPE = "ombord:qualifications/sea-service.write"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def signed_assertion(us: dict[str, str]) -> str:
    """What says that it is us who ask (RFC 7523): good for two minutes, and for one token."""
    now = int(time.time())
    claims = {
        "iss": us["client_id"],
        "aud": us["issuer"],
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
    }
    private_key = (HERE / us["private_key"]).read_bytes()
    return jwt.encode(claims, private_key, algorithm="ES256", headers={"kid": us["kid"]})


def access_token(authority: httpx.Client, us: dict[str, str]) -> str:
    """A token, good for some minutes: ask for a new one when the authority answers 401."""
    form = {"grant_type": GRANT, "assertion": signed_assertion(us), "scope": SCOPE}
    answer = authority.post(f"{us['issuer']}/oauth/token", data=form)
    if answer.is_error:
        raise SystemExit(f"no token: {answer.json()['error_description']}")
    return str(answer.json()["access_token"])


def sea_service(seafarer: str) -> dict[str, Any]:
    """One period on board; `reference` is our own number for it, so sending it twice makes one record."""
    return {
        "seafarer_id": seafarer,
        "reference": "example-1",
        "contents": {
            "first": "2026-03-01",
            "last": "2026-05-31",
            "department": "deck",
            "ship": {"imo": "9074729", "name": "Nordvind", "flag": "NO", "gt": 4200, "kw": 3600},
            "hours": 1104,
        },
    }


def report(authority: httpx.Client, us: dict[str, str], seafarer: str) -> httpx.Response:
    """Send one record with a fresh token."""
    headers = {
        "Authorization": f"Bearer {access_token(authority, us)}",
        "Idempotency-Key": str(uuid.uuid4()),  # the same again, when no answer came back
    }
    url = f"{us['issuer']}/api/v1/reports/sea-service"
    return authority.post(url, json=sea_service(seafarer), headers=headers)


def main() -> None:
    """Get a token, and report one record with it."""
    us = json.loads((HERE / "organisation.json").read_text(encoding="utf-8"))
    seafarer = sys.argv[1] if len(sys.argv) > 1 else us["seafarer"]
    try:
        with httpx.Client(timeout=30) as authority:
            answer = report(authority, us, seafarer)
    except httpx.TransportError as error:
        raise SystemExit(f"no answer from {us['issuer']}: {error}") from error
    print(answer.status_code, json.dumps(answer.json(), indent=2, ensure_ascii=False))
    if answer.is_error:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
