"""Who signs credentials: the keys in this process, the same behind a policy, or the signer process."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from support.custody import (
    AT,
    CERTIFICATES_KEY,
    ISSUER,
    PASS_KEY,
    PEOPLE,
    SIGNERS,
    approved,
    by,
    by_rule,
    claims,
    hash_of,
    policy,
    policy_members,
    signing_input,
)
from support.issuer_app import issuer_settings

from issuer.adapters.database import Database
from issuer.adapters.tables import approval, approval_claims
from issuer.domain.errors import KeysUnusable, QuotaReached, SettingsInvalid, SigningDeferred, SigningRefused
from issuer.services.approval import approvals
from issuer.services.approval.approvals import Received
from issuer.services.custody import authority_keys, signing_port
from issuer.services.custody.policy import signs_no_pass
from issuer.services.custody.signing_port import GuardedSigner, InProcessSigner, Signed, ToSign
from keys.custody.approval import verify
from keys.custody.signing_policy import Check, Refusal
from keys.encoding import json_dumps


def guarded(members: dict[str, Any] | None = None, at: int = AT) -> GuardedSigner:
    return GuardedSigner(SIGNERS, policy(members), lambda: at)


def test_without_a_policy_keys_here_sign_all_that_is_asked_for() -> None:
    text = signing_input(claims())
    stranger = signing_input(claims(), kid="NO-1999x")
    first, second = InProcessSigner(SIGNERS).sign([ToSign(text=text), ToSign(text=stranger)])
    assert isinstance(first, Signed)
    SIGNERS[CERTIFICATES_KEY].public_key.verify(text.encode(), first.signature)
    assert isinstance(second, Refusal)
    assert second.check is Check.KEY


def test_with_a_policy_the_same_keys_sign_what_the_signer_process_would() -> None:
    other = signing_input(claims(number=2))
    cases = [
        (approved(1), None),
        (ToSign(text=signing_input(claims())), Check.APPROVAL),
        (ToSign(text=other, approvals=approved(1).approvals), Check.APPROVAL),
        (ToSign(text=other, approvals=["no.approval.at-all"]), Check.APPROVAL),
        (ToSign(text="garbage"), Check.DRAFT),
        (ToSign(text=signing_input(claims("medical"), kid="NO-pass-2026a")), Check.PURPOSE),
    ]
    answers = guarded().sign([one for one, _ in cases])
    assert [one.check if isinstance(one, Refusal) else None for one in answers] == [due for _, due in cases]


def test_a_quota_is_refused_with_the_seconds_after_which_there_is_room_again() -> None:
    members = policy_members()
    members["types"]["course"]["per_hour"] = 2
    now = AT
    signer = GuardedSigner(SIGNERS, policy(members), lambda: now)
    assert all(isinstance(one, Signed) for one in signer.sign([approved(1), approved(2)]))
    now = AT + 600
    (refusal,) = signer.sign([approved(3)])
    assert isinstance(refusal, Refusal)
    assert (refusal.check, refusal.wait) == (Check.QUOTA, 3_000)
    error = signing_port.refused(refusal, "NO-3")
    assert isinstance(error, QuotaReached)
    assert error.retry_after == 3_000
    assert "2 an hour of course are signed" in error.message
    now = AT + 3_600
    assert isinstance(signer.sign([approved(3, iat=AT + 3_600)])[0], Signed)


@pytest.mark.parametrize("check", Check)
def test_what_is_temporary_is_deferred_and_all_else_refused_by_name(check: Check) -> None:
    error = signing_port.refused(Refusal(check, "because"), "NO-1")
    assert isinstance(error, SigningDeferred if check.is_temporary else SigningRefused)
    assert check.value in error.message


def stored(database: Database, *tokens: str) -> list[bool]:
    """Store statements as if the policy's people had sent them."""
    found = policy()
    people = {kid: one.key for kid, one in found.approvers.items()}
    rules = {kid: one.key for kid, one in found.rule_keys.items()}
    news = []
    for token in tokens:
        said = verify(token, people, rules)
        who = found.approvers[said.kid].person if said.kid in found.approvers else None
        with database.write() as connection:
            news.append(approvals.store(connection, Received(token, said, who)))
    return news


def test_statements_are_found_by_what_they_are_about_and_the_newer_of_one_person_counts(
    database: Database,
) -> None:
    one, two, none = (hash_of(signing_input(claims(number=number))) for number in (1, 2, 3))
    rule, first = by_rule([one, two]), by("anna-1", [one])
    newer, bo = by("anna-2", [one], at=AT + 5), by("bo-1", [one, two])
    assert stored(database, rule, first, bo, newer, rule) == [True, True, True, True, False]
    with database.read() as connection:
        found = approvals.tokens_for(connection, [one, two, none])
        assert found == {one: [rule, bo, newer], two: [rule, bo], none: []}
        left = approvals.tokens_for(connection, [one], kids={"anna-1", "engine-1"})
        assert left == {one: [rule, first]}


def test_what_was_approved_is_never_changed_or_taken_away(database: Database) -> None:
    stored(database, by("anna-1", [hash_of(signing_input(claims()))]))
    for change in (
        approval.update().values(token="other"),
        approval.delete(),
        approval_claims.delete(),
        approval_claims.update().values(claims_hash="other"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
            connection.execute(change)
    with database.read() as connection:
        assert connection.execute(select(approval.c.kid)).scalars().all() == ["anna-1"]


def test_in_production_the_issuer_opens_no_key_file(tmp_path: Path) -> None:
    settings = issuer_settings("sqlite://", environment="production", sealed_keys=tmp_path / "none")
    with pytest.raises(KeysUnusable, match="in production the issuer holds no keys") as refused:
        authority_keys.open_keys(settings, b"x")
    assert "OMBORD_SIGNER_SOCKET" in refused.value.hint


def policy_path(folder: Path, **changed: Any) -> Path:
    path = folder / "policy.yaml"
    path.write_bytes(json_dumps({**policy_members(), **changed}))
    path.chmod(0o644)
    return path


def test_a_signer_that_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    settings = issuer_settings(
        "sqlite://", base_url=ISSUER, signer_socket=tmp_path / "s", signing_policy=policy_path(tmp_path)
    )
    with pytest.raises(KeysUnusable, match="no signer at") as refused:
        authority_keys.ask_signer(settings)
    assert "ombord-keys signer serve" in refused.value.hint


@pytest.mark.parametrize(
    ("policy_of", "says"),
    [
        (lambda folder: folder / "none", "No such file"),
        (lambda folder: policy_path(folder, format="other"), "format is not"),
        (lambda folder: policy_path(folder, issuers=["https://se.example"]), "is not for https://no.example"),
        (lambda folder: policy_path(folder, status_prefix="https://se.example/"), "is not for"),
    ],
)
def test_a_policy_that_cannot_be_gone_by_is_refused_at_start(
    tmp_path: Path, policy_of: Any, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority_keys, "unseal", lambda path, passphrase: SIGNERS)
    settings = issuer_settings("sqlite://", base_url=ISSUER, signing_policy=policy_of(tmp_path))
    with pytest.raises(SettingsInvalid, match=says):
        authority_keys.open_keys(settings, b"x")


def _without(members: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    return {**members, part: {key: value for key, value in members[part].items() if key != name}}


@pytest.mark.parametrize(
    ("members", "kid"),
    [
        (policy_members(), None),
        (_without(_without(policy_members(), "keys", PASS_KEY), "types", "pass"), PASS_KEY),
        (_without(policy_members(), "keys", PASS_KEY), PASS_KEY),
        (policy_members(), "NO-status-2026a"),
    ],
    ids=["no key", "neither", "no key in the policy", "a key for something else"],
)
def test_policy_that_lets_no_pass_be_signed_is_said_with_what_to_write(
    members: dict[str, Any], kid: str | None
) -> None:
    lacking = signs_no_pass(policy(members), kid)
    assert lacking is not None
    assert "lets no key of ours sign a pass: phones are given none" in lacking.message
    assert "signs: [pass]" in lacking.hint
    assert signs_no_pass(policy(policy_members()), PASS_KEY) is None
    assert signs_no_pass(None, None) is None  # without a policy, nothing but the key decides


def test_keys_in_this_process_go_by_the_policy_that_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority_keys, "unseal", lambda path, passphrase: SIGNERS)
    settings = issuer_settings("sqlite://", base_url=ISSUER, signing_policy=policy_path(tmp_path))
    keys = authority_keys.open_keys(settings, b"x")
    assert keys.approver_kids == {*PEOPLE, "engine-1"}
    (answer,) = keys.credential_signer.sign([ToSign(text=signing_input(claims()))])
    assert isinstance(answer, Refusal)
    assert answer.check in (Check.APPROVAL, Check.WINDOW)  # by the clock of this machine
