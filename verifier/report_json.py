"""A verdict as JSON for machines, as docs/verdict.schema.json describes it. Shows signed data only."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from keys.encoding import Json
from keys.trust.directory import Environment
from verifier.credential.model import Credential
from verifier.verdict import Assessment, Check, ReliedOn, Standing, Verdict, standing


def as_json(
    verdicts: Sequence[Verdict], person: Assessment | None, overall: Standing, environment: Environment
) -> str:
    """The report of docs/verdict.schema.json, ASCII alone."""
    report = {
        "verdict": overall.value,
        "credentials": [_credential_json(verdict, environment) for verdict in verdicts],
        "person": None if person is None else _person_json(person),
    }
    return json.dumps(report, indent=2)


def _credential_json(verdict: Verdict, environment: Environment) -> dict[str, Json]:
    return {
        "verdict": standing(verdict).value,
        "headline": verdict.headline.value,
        "checks": [_check_json(check) for check in verdict.checks],
        "certificate": None if verdict.credential is None else _certificate_json(verdict.credential),
        "relied_on": _relied_on_json(verdict.relied_on, environment),
    }


def _person_json(person: Assessment) -> dict[str, Json]:
    return {
        "verdict": person.standing.value,
        "headline": person.headline.value,
        "checks": [_check_json(check) for check in person.checks],
    }


def _check_json(check: Check) -> dict[str, Json]:
    return {"row": check.row, "outcome": check.outcome.value, "reason": check.reason}


def _certificate_json(credential: Credential) -> dict[str, Json]:
    """The certificate's claims under the names that it was signed with, and what the credential adds."""
    from verifier.credential import vc

    return {
        "type": credential.certificate.type.value,
        "issuer": credential.issuer,
        "issued_at": _instant(credential.issued_at),
        "bound_to_phone": credential.holder_key is not None,
        **vc.certificate_claims(credential.certificate),
    }


def _relied_on_json(relied_on: ReliedOn, environment: Environment) -> dict[str, Json]:
    return {
        "environment": environment.value,
        "pack": relied_on.pack,
        "status_as_of": None if relied_on.status_as_of is None else _instant(relied_on.status_as_of),
        "status_list": relied_on.status_uri,
        "directory_published_at": _instant(relied_on.directory_published_at),
        "policy": relied_on.policy,
        "time": _instant(relied_on.time),
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
