"""The one family of errors that the issuer's domain and services raise: what, where, and what to do."""


class IssuerError(Exception):
    """Something the caller can understand and mend.

    `message` says what and where, `hint` what to do. Neither holds personal data: both may be logged and sent
    over HTTP. The edge maps the class to an exit code or an HTTP status.
    """

    code = "issuer-error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(IssuerError):
    """What was given cannot be used as it is (HTTP 400, 422)."""

    code = "invalid-input"


class NotFound(IssuerError):
    """There is no such record (HTTP 404)."""

    code = "not-found"


def unknown_seafarer(seafarer_id: str) -> NotFound:
    """The register has nothing under this id."""
    return NotFound(
        f"no certificates of seafarer {seafarer_id} are in the register",
        hint="check the seafarer's id as `export` writes it, or import the register that has it",
    )


class Conflict(IssuerError):
    """The record is there and does not allow this now (HTTP 409)."""

    code = "conflict"


class Crowded(Conflict):
    """Others are at the same records this very moment: it passes by itself."""


class IllegalTransition(Conflict):
    """The state machine has no such arrow."""

    code = "illegal-transition"


class NotInForce(Conflict):
    """Only certificates in force are signed."""

    code = "not-in-force"


class PhoneTaken(Conflict):
    """One phone serves one seafarer."""

    code = "phone-taken"


class IdempotencyConflict(Conflict):
    """An idempotency key came back with another request."""

    code = "idempotency-conflict"


class SelfVerificationFailed(IssuerError):
    """Our own verifier's rules refuse what was about to be issued; nothing was released (HTTP 500)."""

    code = "self-verification-failed"


class IssuingStopped(IssuerError):
    """The stop-issuing switch is on: nothing is signed or released until it is lifted (HTTP 503)."""

    code = "issuing-stopped"


class SigningRefused(Conflict):
    """A check of the signing policy (S1 to S7; of a checkpoint S12) says no; the message names it."""

    code = "signing-refused"


class EvidenceRefused(SigningRefused):
    """(S13) A pass: the signer knows otherwise of what it sums up, as its status lists were last signed."""


class SigningDeferred(IssuerError):
    """Nothing is wrong with what was to be signed, and it is kept: the signer cannot now (HTTP 503)."""

    code = "signing-deferred"


class QuotaReached(SigningDeferred):
    """As many as the policy lets an hour have are signed (S9); `retry_after` in seconds."""

    code = "quota-reached"

    def __init__(self, message: str, *, hint: str = "", retry_after: int) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class ApprovalRefused(Conflict):
    """A statement that approves or proposes does not count; the message names the policy's rule."""

    code = "approval-refused"


class DatabaseUnusable(IssuerError):
    """The database is missing, locked, read-only, broken or from a newer version (HTTP 503)."""

    code = "database-unusable"


class KeysUnusable(IssuerError):
    """The sealed key file is missing, has another passphrase, or lacks a key that is needed."""

    code = "keys-unusable"


class SettingsInvalid(IssuerError):
    """A setting is missing or wrong; the message names it and says what to change."""

    code = "settings-invalid"
