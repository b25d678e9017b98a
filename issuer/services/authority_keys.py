"""The authority's private keys, opened once: which of them signs credentials and which signs status lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from issuer.domain.errors import KeysUnusable
from issuer.settings import Settings
from keys.custody.sealed_file import SealedFileError, WrongPassphrase, unseal
from keys.encoding import Json
from keys.jwk import PublicKey
from keys.signer import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityKeys:
    """Signers by key id. Credentials and status lists have different keys: only the latter stay online."""

    signers: Mapping[str, Signer]
    certificate_kid: str
    status_kid: str

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

    def jwks(self) -> dict[str, Json]:
        """All public keys as a JWK Set (RFC 7517, 5), by key id."""
        keys: list[Json] = []
        for kid in sorted(self.signers):
            signer = self.signers[kid]
            keys.append(
                {**signer.public_key.to_jwk(), "kid": kid, "use": "sig", "alg": signer.algorithm.value}
            )
        return {"keys": keys}


def open_keys(settings: Settings, passphrase: bytes) -> AuthorityKeys:
    """Unseal the key file that the settings name; raises KeysUnusable with what to do."""
    path = settings.sealed_keys
    try:
        signers = unseal(path, passphrase)
    except WrongPassphrase as error:
        raise KeysUnusable(
            f"{path}: wrong passphrase", hint="set OMBORD_PASSPHRASE, or OMBORD_PASSPHRASE_FILE to its file"
        ) from error
    except SealedFileError as error:
        raise KeysUnusable(f"{path}: {error}", hint="restore it, or make keys with ombord-keys") from error
    except OSError as error:
        raise KeysUnusable(
            f"{path}: {error.strerror}", hint="set OMBORD_SEALED_KEYS to the file that ombord-keys wrote"
        ) from error
    certificate_kid, status_kid = _choose(path, sorted(signers), settings)
    return AuthorityKeys(signers=signers, certificate_kid=certificate_kid, status_kid=status_kid)


def _choose(path: Path, kids: Sequence[str], settings: Settings) -> tuple[str, str]:
    """Which key signs credentials and which status lists.

    The sealed file does not say what its keys are for: the directory does, which is elsewhere. So the
    settings say it. The last resort is the name that `ombord-keys` gives: NO-status-2026a for lists.
    """
    credentials, lists = settings.certificate_kid, settings.status_kid
    if credentials is not None and credentials == lists:
        raise KeysUnusable(
            f"OMBORD_CERTIFICATE_KID and OMBORD_STATUS_KID both name {lists}",
            hint="status lists have a key of their own: ombord-keys key add FLAG --purpose status",
        )
    return (
        _one(path, kids, credentials, taken=lists, status=False),
        _one(path, kids, lists, taken=credentials, status=True),
    )


def _one(path: Path, kids: Sequence[str], wanted: str | None, *, taken: str | None, status: bool) -> str:
    """The key that is `wanted`, or else the only one of its kind that is not `taken` by the other purpose."""
    variable = "OMBORD_STATUS_KID" if status else "OMBORD_CERTIFICATE_KID"
    has = f"{path} has {', '.join(kids) or 'no keys'}"
    if wanted is not None:
        if wanted not in kids:
            raise KeysUnusable(f"no key {wanted}: {has}", hint=f"set {variable} to one of those")
        return wanted
    candidates = [kid for kid in kids if kid != taken and ("status" in kid.lower()) is status]
    if len(candidates) != 1:
        which = "none of them" if not candidates else "more than one of them"
        purpose = "status lists" if status else "credentials"
        raise KeysUnusable(
            f"{has}; by name {which} signs {purpose}",
            hint=f"set {variable} to the one that the directory lists for {purpose}",
        )
    return candidates[0]
