"""The authority's private keys, opened once: which of them signs credentials and which signs status lists."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    return AuthorityKeys(
        signers=signers,
        certificate_kid=_choose(signers, settings.certificate_kid, status=False),
        status_kid=_choose(signers, settings.status_kid, status=True),
    )


def _choose(signers: Mapping[str, Signer], wanted: str | None, *, status: bool) -> str:
    """The configured key, or else the only one of its kind: status keys have `status` in their key id."""
    name = "STATUS_KID" if status else "CERTIFICATE_KID"
    if wanted is not None:
        if wanted not in signers:
            raise KeysUnusable(
                f"the key file has no key {wanted}; it has {', '.join(sorted(signers))}",
                hint=f"change OMBORD_{name}",
            )
        return wanted
    candidates = [kid for kid in signers if ("status" in kid.lower()) is status]
    if len(candidates) != 1:
        raise KeysUnusable(
            f"the key file has {len(candidates)} keys for {'status lists' if status else 'credentials'}",
            hint=f"say which in OMBORD_{name}: {', '.join(sorted(signers)) or 'it is empty'}",
        )
    return candidates[0]
