"""The register's two state machines: certificates, and the credentials that are signed instances of them.

STCW Reg. I/2 asks for a register of certificates issued, expired, revalidated, suspended, cancelled, lost and
destroyed. Expired is derived from dates and never stored.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from issuer.domain.errors import IllegalTransition


class CertificateState(StrEnum):
    """What the register says of a certificate."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"  # void from the start
    REPLACED = "replaced"
    LOST = "lost"
    DESTROYED = "destroyed"


class CertificateEvent(StrEnum):
    """What happens to a certificate."""

    APPROVE = "approve"
    ENTER_FORCE = "enter-force"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    CANCEL = "cancel"
    REPLACE = "replace"
    REPORT_LOST = "report-lost"
    DESTROY = "destroy"


class CredentialState(StrEnum):
    """How far one credential has come; each step is recorded before the next begins."""

    RESERVED = "reserved"  # serial and status index are taken, for ever
    PERSISTED = "persisted"  # the exact bytes to sign are stored
    SIGNED = "signed"
    VERIFIED = "verified"  # by our own verifier's rules
    LOGGED = "logged"
    RELEASED = "released"  # only now may anybody see it
    VOID = "void"  # given up before release: its index stays taken and says revoked


class CredentialEvent(StrEnum):
    """The steps of issuing."""

    PERSIST = "persist"
    SIGN = "sign"
    VERIFY = "verify"
    LOG = "log"
    RELEASE = "release"
    GIVE_UP = "give-up"


_C, _E = CertificateState, CertificateEvent
CERTIFICATE_TRANSITIONS: Mapping[tuple[CertificateState, CertificateEvent], CertificateState] = {
    (_C.DRAFTED, _E.APPROVE): _C.APPROVED,
    (_C.DRAFTED, _E.CANCEL): _C.CANCELLED,
    (_C.APPROVED, _E.ENTER_FORCE): _C.IN_FORCE,
    (_C.APPROVED, _E.CANCEL): _C.CANCELLED,
    (_C.IN_FORCE, _E.SUSPEND): _C.SUSPENDED,
    (_C.IN_FORCE, _E.REVOKE): _C.REVOKED,
    (_C.IN_FORCE, _E.CANCEL): _C.CANCELLED,
    (_C.IN_FORCE, _E.REPLACE): _C.REPLACED,
    (_C.IN_FORCE, _E.REPORT_LOST): _C.LOST,
    (_C.IN_FORCE, _E.DESTROY): _C.DESTROYED,
    # A suspension is lifted or ends in revocation; it is not escaped by replacing or losing the certificate.
    (_C.SUSPENDED, _E.REINSTATE): _C.IN_FORCE,
    (_C.SUSPENDED, _E.REVOKE): _C.REVOKED,
    (_C.SUSPENDED, _E.CANCEL): _C.CANCELLED,
    # What is lost or destroyed is replaced by a new certificate; it may turn out to deserve worse.
    (_C.LOST, _E.REPLACE): _C.REPLACED,
    (_C.LOST, _E.REVOKE): _C.REVOKED,
    (_C.LOST, _E.CANCEL): _C.CANCELLED,
    (_C.DESTROYED, _E.REPLACE): _C.REPLACED,
    (_C.DESTROYED, _E.REVOKE): _C.REVOKED,
    (_C.DESTROYED, _E.CANCEL): _C.CANCELLED,
    # What is decided is decided about the certificate that took its place; one that was void from the start,
    # obtained by fraud say, is void also when it has been replaced.
    (_C.REPLACED, _E.CANCEL): _C.CANCELLED,
}

_D, _F = CredentialState, CredentialEvent
CREDENTIAL_TRANSITIONS: Mapping[tuple[CredentialState, CredentialEvent], CredentialState] = {
    (_D.RESERVED, _F.PERSIST): _D.PERSISTED,
    (_D.PERSISTED, _F.SIGN): _D.SIGNED,
    (_D.SIGNED, _F.VERIFY): _D.VERIFIED,
    (_D.VERIFIED, _F.LOG): _D.LOGGED,
    (_D.LOGGED, _F.RELEASE): _D.RELEASED,
    (_D.RESERVED, _F.GIVE_UP): _D.VOID,
    (_D.PERSISTED, _F.GIVE_UP): _D.VOID,
    (_D.SIGNED, _F.GIVE_UP): _D.VOID,
    (_D.VERIFIED, _F.GIVE_UP): _D.VOID,
    (_D.LOGGED, _F.GIVE_UP): _D.VOID,
}

_State = TypeVar("_State", bound=StrEnum)
_Event = TypeVar("_Event", bound=StrEnum)


def _follow(
    transitions: Mapping[tuple[_State, _Event], _State],
    state: _State,
    event: _Event,
    what: str,
    hint: str | None = None,
) -> _State:
    target = transitions.get((state, event))
    if target is None:
        possible = sorted(e.value for s, e in transitions if s is state)
        hint = hint or (
            f"possible now: {', '.join(possible)}" if possible else "nothing more can happen to it"
        )
        raise IllegalTransition(f"{what} is {state.value}: {event.value} is not possible", hint=hint)
    return target


def next_certificate_state(
    state: CertificateState, event: CertificateEvent, number: str, *, replaced_by: str | None = None
) -> CertificateState:
    """The state after `event`; raises IllegalTransition, which names the certificate by its number.

    Of a replaced one it names the certificate that took its place too.
    """
    hint = None
    if state is CertificateState.REPLACED:
        hint = (
            f"decide about {replaced_by or 'the certificate'} that took its place; "
            "one that was obtained by fraud can still be cancelled"
        )
    return _follow(CERTIFICATE_TRANSITIONS, state, event, f"certificate {number}", hint)


def next_credential_state(state: CredentialState, event: CredentialEvent, serial: str) -> CredentialState:
    """The state after `event`; raises IllegalTransition, which names the credential by its serial."""
    return _follow(CREDENTIAL_TRANSITIONS, state, event, f"credential {serial}")


def event_between(before: CertificateState, after: CertificateState) -> CertificateEvent | None:
    """The one event that leads from `before` to `after`, or None when no arrow does."""
    return next((e for (s, e), t in CERTIFICATE_TRANSITIONS.items() if s is before and t is after), None)
