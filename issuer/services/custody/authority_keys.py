"""The authority's private keys, opened once: which signs credentials, status lists, the pass, checkpoints."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from issuer.domain.errors import KeysUnusable
from issuer.services.clock import Clock, utc_now
from issuer.services.custody.policy import read_policy
from issuer.services.custody.signing_port import AskedSigner, CredentialSigner, GuardedSigner, InProcessSigner
from issuer.settings import Settings
from keys.algorithms import Algorithm
from keys.custody.sealed_file import SealedFileError, WrongPassphrase, unseal
from keys.custody.signer_client import SignerClient, SignerError
from keys.custody.signing_policy import SigningPolicy
from keys.encoding import Json
from keys.jwk import PublicKey
from keys.signer import Signer
from keys.trust.directory import CERTIFICATES, LOG, PASS, STATUS

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityKeys:
    """Signers by key id. Credentials, status lists, the pass and the log's checkpoints have different keys.

    An authority without a key for the pass (`pass_kid` is None) gives out none; without one for the log it
    signs no checkpoints.
    """

    signers: Mapping[str, Signer]
    certificate_kid: str
    status_kid: str
    pass_kid: str | None = None
    log_kid: str | None = None
    guarded: CredentialSigner | None = None  # who signs credentials by a policy; None: these signers, without
    policy: SigningPolicy | None = None  # the issuer's copy: what a type needs, whose statements count

    @property
    def credential_signer(self) -> CredentialSigner:
        """What signs credentials, in batches, each with its approvals."""
        return self.guarded or InProcessSigner(self.signers)

    @property
    def approver_kids(self) -> frozenset[str] | None:
        """The keys whose statements count; None without a policy."""
        if self.policy is None:
            return None
        return frozenset((*self.policy.approvers, *self.policy.rule_keys))

    def signer(self, kid: str) -> Signer:
        """The signer of one key id; raises KeysUnusable when the sealed file no longer has it."""
        try:
            return self.signers[kid]
        except KeyError:
            raise KeysUnusable(
                f"key {kid} is needed to finish what was begun with it, and the key file lacks it",
                hint="restore the key file that holds it",
            ) from None

    def public(self, kid: str) -> PublicKey:
        """The public key of one key id."""
        return self.signer(kid).public_key

    def purposes(self, kid: str) -> tuple[str, ...]:
        """What a key signs: as the settings choose it; one that signs no more, as its id says."""
        chosen: dict[str, tuple[str, ...]] = {self.certificate_kid: CERTIFICATES, self.status_kid: (STATUS,)}
        if self.pass_kid is not None:
            chosen[self.pass_kid] = (PASS,)
        if self.log_kid is not None:
            chosen[self.log_kid] = (LOG,)
        by_name: dict[str, tuple[str, ...]] = {_LISTS.word: (STATUS,), _PASS.word: (PASS,), _LOG.word: (LOG,)}
        return chosen.get(kid) or by_name.get(_word(kid)) or CERTIFICATES

    def jwks(self) -> dict[str, Json]:
        """All public keys as a JWK Set (RFC 7517, 5), by key id; those of the log sign nothing of JOSE's."""
        keys: list[Json] = []
        for kid in sorted(self.signers):
            if self.purposes(kid) == (LOG,):
                continue
            signer = self.signers[kid]
            keys.append(
                {**signer.public_key.to_jwk(), "kid": kid, "use": "sig", "alg": signer.algorithm.value}
            )
        return {"keys": keys}


def ask_signer(settings: Settings) -> AuthorityKeys:
    """The keys of the signer process, none of which is here. Raises KeysUnusable, SettingsInvalid."""
    assert settings.signer_socket is not None, "asked where one is set"  # noqa: S101
    policy = read_policy(settings)
    client = SignerClient(settings.signer_socket)
    try:
        public, signers_policy = client.public_keys(), client.status().get("policy")
    except SignerError as error:
        raise KeysUnusable(str(error), hint=error.hint) from error
    if policy is not None and signers_policy != policy.version:
        log.warning(
            "the signer goes by policy %s, and %s is %s: start both again with the same file",
            signers_policy, settings.signing_policy, policy.version,
        )  # fmt: skip
    signers = {kid: AskedSigner(client, kid, key) for kid, key in public.items()}
    return _of(settings.signer_socket, signers, settings, guarded=client, policy=policy)


def open_keys(settings: Settings, passphrase: bytes, *, clock: Clock = utc_now) -> AuthorityKeys:
    """Unseal the key file that the settings name; raises KeysUnusable with what to do."""
    path = settings.sealed_keys
    if settings.environment == "production":
        raise KeysUnusable(
            "in production the issuer holds no keys: whoever takes it over would hold them too",
            hint="start `ombord-keys signer serve` over them, and set OMBORD_SIGNER_SOCKET and"
            " OMBORD_SIGNING_POLICY (docs/custody.md)",
        )
    policy = read_policy(settings)
    try:
        signers = unseal(path, passphrase)
    except WrongPassphrase as error:
        raise KeysUnusable(
            f"{path}: wrong passphrase", hint="set OMBORD_PASSPHRASE, or OMBORD_PASSPHRASE_FILE to its file"
        ) from error
    except SealedFileError as error:
        raise KeysUnusable(str(error), hint="restore it, or make keys with ombord-keys") from error
    except OSError as error:
        raise KeysUnusable(
            f"{path}: {error.strerror}", hint="set OMBORD_SEALED_KEYS to the file that ombord-keys wrote"
        ) from error
    guarded = None if policy is None else GuardedSigner(signers, policy, lambda: int(clock().timestamp()))
    return _of(path, signers, settings, guarded=guarded, policy=policy)


def _of(
    path: Path,
    signers: Mapping[str, Signer],
    settings: Settings,
    *,
    guarded: CredentialSigner | None,
    policy: SigningPolicy | None,
) -> AuthorityKeys:
    chosen = _choose(path, sorted(signers), settings)
    return AuthorityKeys(
        signers=signers,
        guarded=guarded,
        policy=policy,
        certificate_kid=chosen.certificates,
        status_kid=chosen.lists,
        pass_kid=chosen.sea_pass,
        log_kid=_checked(chosen.log, signers),
    )


def keys_with(settings: Settings, passphrase: bytes | None) -> AuthorityKeys:
    """The sealed file's keys; without a passphrase the signer process's. Raises KeysUnusable."""
    return ask_signer(settings) if passphrase is None else open_keys(settings, passphrase)


class _Purpose(NamedTuple):
    """One kind of key: the setting that names it, what it signs, and the word that its id has by default."""

    setting: str
    signs: str
    option: str  # of `ombord-keys key add`
    word: str


_CERTIFICATES = _Purpose("certificate_kid", "credentials", "", "")
_LISTS = _Purpose("status_kid", "status lists", " --purpose status", "status")
_PASS = _Purpose("pass_kid", "the pass", " --purpose pass", "pass")
_LOG = _Purpose("log_kid", "checkpoints of the log", " --purpose log", "log")


class _Chosen(NamedTuple):
    certificates: str
    lists: str
    sea_pass: str | None
    log: str | None


def _choose(path: Path, kids: Sequence[str], settings: Settings) -> _Chosen:
    """Which key signs what.

    The sealed file does not say what its keys are for: the directory does, which is elsewhere. So the
    settings say it. The last resort is the name that `ombord-keys` gives: NO-status-2026a for lists,
    NO-pass-2026a for the pass, NO-log-2026a for the log.
    """
    purposes = (_CERTIFICATES, _LISTS, _PASS, _LOG)
    named = {purpose: _named(path, kids, purpose, settings) for purpose in purposes}
    _refuse_double(named)
    taken = {kid for kid in named.values() if kid is not None}
    certificates, lists, sea_pass, log = (
        kid or _guess(path, kids, purpose, taken) for purpose, kid in named.items()
    )
    return _Chosen(
        certificates or _missing(path, kids, _CERTIFICATES),
        lists or _missing(path, kids, _LISTS),
        sea_pass,
        log,
    )


def _checked(log_kid: str | None, signers: Mapping[str, Signer]) -> str | None:
    """The log's key, if there is one: C2SP's checkpoints are signed with Ed25519. Raises KeysUnusable."""
    if log_kid is not None and signers[log_kid].algorithm is not Algorithm.ED25519:
        raise KeysUnusable(
            f"key {log_kid} is to sign checkpoints of the log, and is no Ed25519 key",
            hint="make one that is: ombord-keys key add FLAG --purpose log",
        )
    return log_kid


def _named(path: Path, kids: Sequence[str], purpose: _Purpose, settings: Settings) -> str | None:
    """The key that the settings name for a purpose, if they do."""
    wanted: str | None = getattr(settings, purpose.setting)
    if wanted is not None and wanted not in kids:
        raise KeysUnusable(
            f"no key {wanted}: {_has(path, kids)}", hint=f"set {_variable(purpose)} to one of those"
        )
    return wanted


def _refuse_double(named: Mapping[_Purpose, str | None]) -> None:
    """Each purpose has a key of its own: a pass sums up what others signed, a list's key stays online."""
    user: dict[str, _Purpose] = {}
    for purpose, kid in named.items():
        if kid is None:
            continue
        if kid in user:
            raise KeysUnusable(
                f"{_variable(user[kid])} and {_variable(purpose)} both name {kid}",
                hint=f"make one for {purpose.signs} alone: ombord-keys key add FLAG{purpose.option}",
            )
        user[kid] = purpose


def _guess(path: Path, kids: Sequence[str], purpose: _Purpose, taken: Collection[str]) -> str | None:
    """The only key whose id says its purpose; None when no id does."""
    candidates = [kid for kid in kids if kid not in taken and _word(kid) == purpose.word]
    if len(candidates) > 1:
        raise _unclear(path, kids, purpose, "more than one")
    return candidates[0] if candidates else None


def _word(kid: str) -> str:
    """What a key's id says about its purpose; nothing, for certificates."""
    found = next((word for word in (_LISTS.word, _PASS.word) if word in kid.lower()), "")
    return found or (_LOG.word if _LOG.word in kid.lower().split("-") else "")


def _missing(path: Path, kids: Sequence[str], purpose: _Purpose) -> NoReturn:
    raise _unclear(path, kids, purpose, "none")


def _unclear(path: Path, kids: Sequence[str], purpose: _Purpose, which: str) -> KeysUnusable:
    return KeysUnusable(
        f"{_has(path, kids)}; by name {which} of them signs {purpose.signs}",
        hint=f"set {_variable(purpose)} to the one that the directory lists for {purpose.signs}",
    )


def _has(path: Path, kids: Sequence[str]) -> str:
    return f"{path} has {', '.join(kids) or 'no keys'}"


def _variable(purpose: _Purpose) -> str:
    return f"OMBORD_{purpose.setting.upper()}"
