"""The signing policy as the issuer reads it: the signer's own file, to say beforehand what a type needs."""

from issuer.domain.errors import SettingsInvalid
from issuer.settings import Settings
from keys.custody import policy_file
from keys.custody.signing_policy import SigningPolicy
from keys.trust.directory import PASS


def read_policy(settings: Settings) -> SigningPolicy | None:
    """The policy of the setting `signing_policy`; None without one. Raises SettingsInvalid."""
    path = settings.signing_policy
    if path is None:
        return None
    try:
        policy = policy_file.load(path)
    except policy_file.PolicyError as error:
        raise SettingsInvalid(f"signing_policy: {error}", hint=error.hint) from error
    except OSError as error:
        raise SettingsInvalid(
            f"signing_policy {path}: {error.strerror}",
            hint="set OMBORD_SIGNING_POLICY to the file that the signer goes by, which this user can read",
        ) from error
    if settings.issuer not in policy.issuers or not settings.status_uri(1).startswith(policy.status_prefix):
        prefix = settings.status_uri(0)[:-1]
        raise SettingsInvalid(
            f"signing_policy {path} is not for {settings.issuer}",
            hint=f"its issuers must hold {settings.issuer}, and its status_prefix be {prefix}",
        )
    return policy


def signs_no_pass(policy: SigningPolicy | None, pass_kid: str | None) -> SettingsInvalid | None:
    """What the policy lacks for phones to be given a pass, if anything: an authority may mean it so."""
    key = None if policy is None or pass_kid is None else policy.keys.get(pass_kid)
    if policy is None or (PASS in policy.types and key is not None and PASS in key.signs):
        return None
    return SettingsInvalid(
        f"policy {policy.version} lets no key of ours sign a pass: phones are given none, and show each"
        " certificate alone",
        hint="if not meant so: under keys, the pass key with signs: [pass]; under types, pass: {per_hour:"
        " 20000}; then start the signer and this again (docs/custody.md: The policy)",
    )
