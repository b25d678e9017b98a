"""A verdict as JSON for machines, as docs/verdict.schema.json describes it. Shows signed data only."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from keys.encoding import Json
from keys.trust.directory import Environment
from verifier.credential.model import CertificateType, Credential
from verifier.verdict import Assessment, Check, ReliedOn, Standing, Verdict, standing

if TYPE_CHECKING:
    from verifier.credential.safe_manning import SafeManning
    from verifier.credential.sea_pass import Pass


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
    shown = None if verdict.credential is None else _certificate_json(verdict.credential)
    if verdict.manning is not None:
        shown = _manning_json(verdict.manning)
    report: dict[str, Json] = {
        "verdict": standing(verdict).value,
        "headline": verdict.headline.value,
        "checks": [_check_json(check) for check in verdict.checks],
        "certificate": shown if verdict.sea_pass is None else _pass_json(verdict.sea_pass),
        "relied_on": _relied_on_json(verdict.relied_on, environment),
    }
    if verdict.members:
        report["members"] = [_credential_json(member, environment) for member in verdict.members]
    return report


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


def _manning_json(document: "SafeManning") -> dict[str, Json]:
    """A ship's safe manning document under the names that it was signed with."""
    from verifier.credential.safe_manning_claims import document_claims

    return {"type": CertificateType.SAFE_MANNING.value, **document_claims(document)}


def _pass_json(sea_pass: "Pass") -> dict[str, Json]:
    """What a pass says of itself; its certificates are the verdict's members."""
    from verifier.credential import vc

    return {
        "type": CertificateType.PASS.value,
        "issuer": sea_pass.issuer,
        "issued_at": _instant(sea_pass.issued_at),
        "expires_at": _instant(sea_pass.expires),
        "bound_to_phone": sea_pass.holder_key is not None,
        "issuing_country": sea_pass.issuing_country,
        "issuing_authority": sea_pass.issuing_authority,
        **vc.holder_claims(sea_pass.holder),
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
