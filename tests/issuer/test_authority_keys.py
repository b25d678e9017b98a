"""Which sealed key signs credentials, status lists and the pass, and what is said when that is unclear."""

from pathlib import Path

import pytest
from support.issuer_app import issuer_settings
from support.simulator import seeded_signer

from issuer.domain.errors import KeysUnusable
from issuer.services.custody import authority_keys
from issuer.services.custody.authority_keys import AuthorityKeys
from keys.algorithms import Algorithm
from keys.signer import SoftwareSigner


def opened(monkeypatch: pytest.MonkeyPatch, *kids: str, **settings: str) -> AuthorityKeys:
    """Open a key file that holds these keys; unsealing itself takes a while and has its own tests."""
    signers = {kid: seeded_signer(kid) for kid in kids}
    monkeypatch.setattr(authority_keys, "unseal", lambda path, passphrase: signers)
    return authority_keys.open_keys(
        issuer_settings("sqlite://", sealed_keys=Path("keys.sealed"), **settings), b"x"
    )


@pytest.mark.parametrize(
    ("kids", "settings", "chosen"),
    [
        (("NO-2026a", "NO-status-2026a"), {}, ("NO-2026a", "NO-status-2026a")),
        (("A", "B"), {"certificate_kid": "A", "status_kid": "B"}, ("A", "B")),
        (("A", "B"), {"status_kid": "B"}, ("A", "B")),
        (("X-status", "Y-status"), {"certificate_kid": "Y-status"}, ("Y-status", "X-status")),
    ],
)
def test_settings_say_which_key_is_for_what_and_names_are_the_last_resort(
    monkeypatch: pytest.MonkeyPatch,
    kids: tuple[str, ...],
    settings: dict[str, str],
    chosen: tuple[str, str],
) -> None:
    keys = opened(monkeypatch, *kids, **settings)
    assert (keys.certificate_kid, keys.status_kid) == chosen


@pytest.mark.parametrize(
    ("kids", "settings", "says", "variable"),
    [
        (("NO-2025a", "NO-2026a", "NO-status"), {}, "has NO-2025a, NO-2026a, NO-status", "CERTIFICATE_KID"),
        (("NO-1", "NO-2"), {"certificate_kid": "NO-1"}, "none of them signs status lists", "STATUS_KID"),
        (("NO-1",), {}, "NO-1; by name none of them signs status", "STATUS_KID"),
        (("A", "B"), {"certificate_kid": "C"}, r"no key C: keys\.sealed has A, B", "CERTIFICATE_KID"),
        ((), {}, "no keys", "CERTIFICATE_KID"),
        (("A", "B"), {"certificate_kid": "A", "status_kid": "B", "pass_kid": "C"}, "no key C", "PASS_KID"),
        (("A", "B"), {"certificate_kid": "A", "pass_kid": "A"}, "both name A", "--purpose pass"),
        (
            ("NO-1", "NO-status", "NO-pass-1", "NO-pass-2"),
            {},
            "more than one of them signs the pass",
            "PASS_KID",
        ),
        (("A", "B"), {"certificate_kid": "A", "status_kid": "A"}, "both name A", "--purpose status"),
    ],
)
def test_unclear_purpose_is_refused_with_the_keys_that_are_there_and_the_setting_to_use(
    monkeypatch: pytest.MonkeyPatch, kids: tuple[str, ...], settings: dict[str, str], says: str, variable: str
) -> None:
    with pytest.raises(KeysUnusable, match=says) as refused:
        opened(monkeypatch, *kids, **settings)
    assert variable in refused.value.hint


@pytest.mark.parametrize(
    ("kids", "settings", "chosen"),
    [
        (("NO-2026a", "NO-status-2026a", "NO-pass-2026a"), {}, "NO-pass-2026a"),
        (("NO-2026a", "NO-status-2026a", "NO-2026p"), {"pass_kid": "NO-2026p"}, "NO-2026p"),
        (("NO-2026a", "NO-status-2026a"), {}, None),
    ],
)
def test_key_of_the_pass_is_neither_of_the_others_and_need_not_be(
    monkeypatch: pytest.MonkeyPatch, kids: tuple[str, ...], settings: dict[str, str], chosen: str | None
) -> None:
    keys = opened(monkeypatch, *kids, **settings)
    assert (keys.certificate_kid, keys.status_kid, keys.pass_kid) == (*kids[:2], chosen)


LOG_KEY = SoftwareSigner.from_private_bytes(Algorithm.ED25519, bytes(range(32)))


@pytest.mark.parametrize(
    ("kid", "settings", "chosen"),
    [
        ("NO-log-2026a", {}, "NO-log-2026a"),
        ("NO-2026l", {"log_kid": "NO-2026l", "certificate_kid": "NO-2026a"}, "NO-2026l"),
        ("NO-catalog-1", {"certificate_kid": "NO-2026a"}, None),
    ],
)
def test_key_of_the_log_is_named_or_says_so_and_stands_in_no_set_of_keys_for_credentials(
    monkeypatch: pytest.MonkeyPatch, kid: str, settings: dict[str, str], chosen: str | None
) -> None:
    signers = {name: seeded_signer(name) for name in ("NO-2026a", "NO-status-2026a")} | {kid: LOG_KEY}
    monkeypatch.setattr(authority_keys, "unseal", lambda path, passphrase: signers)
    read = issuer_settings("sqlite://", sealed_keys=Path("keys.sealed"), **settings)
    keys = authority_keys.open_keys(read, b"x")
    assert keys.log_kid == chosen
    assert (keys.purposes(kid) == ("log",)) is (chosen is not None)
    assert (kid in str(keys.jwks())) is (chosen is None)


def test_key_of_the_log_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        KeysUnusable, match="NO-log-2026a is to sign checkpoints of the log, and is no Ed25519"
    ):
        opened(monkeypatch, "NO-2026a", "NO-status-2026a", "NO-log-2026a")
