"""The two state machines: every pair of state and event, by table."""

from itertools import product

import pytest

from issuer.api.tracking import MEANING
from issuer.domain.errors import IllegalTransition
from issuer.domain.register import (
    CERTIFICATE_TRANSITIONS,
    CREDENTIAL_TRANSITIONS,
    CertificateEvent,
    CertificateState,
    CredentialEvent,
    CredentialState,
    event_between,
    next_certificate_state,
    next_credential_state,
)
from issuer.domain.standing import STATUS_OF_STATE, credential_status
from verifier.status import Status

S, E = CertificateState, CertificateEvent
ENDED = (S.REVOKED, S.CANCELLED)


@pytest.mark.parametrize(("state", "event"), list(product(CertificateState, CertificateEvent)))
def test_certificate_moves_along_the_table_and_nowhere_else(
    state: CertificateState, event: CertificateEvent
) -> None:
    target = CERTIFICATE_TRANSITIONS.get((state, event))
    if target is not None:
        assert next_certificate_state(state, event, "NO-1") is target
        assert event_between(state, target) is event
    else:
        with pytest.raises(IllegalTransition, match=f"NO-1 is {state.value}"):
            next_certificate_state(state, event, "NO-1")


@pytest.mark.parametrize(("state", "event"), list(product(CredentialState, CredentialEvent)))
def test_credential_moves_along_the_table_and_nowhere_else(
    state: CredentialState, event: CredentialEvent
) -> None:
    target = CREDENTIAL_TRANSITIONS.get((state, event))
    if target is not None:
        assert next_credential_state(state, event, "0a") is target
    else:
        with pytest.raises(IllegalTransition):
            next_credential_state(state, event, "0a")


def test_suspension_can_be_lifted_and_revocation_cannot() -> None:
    assert next_certificate_state(S.SUSPENDED, E.REINSTATE, "NO-1") is S.IN_FORCE
    for state in ENDED:
        assert not any(before is state for before, _ in CERTIFICATE_TRANSITIONS)


def test_nothing_comes_back_into_force_but_a_suspended_certificate() -> None:
    before = {state for (state, _), target in CERTIFICATE_TRANSITIONS.items() if target is S.IN_FORCE}
    assert before == {S.APPROVED, S.SUSPENDED}


def test_released_credential_is_never_voided() -> None:
    assert not any(before is CredentialState.RELEASED for before, _ in CREDENTIAL_TRANSITIONS)


def test_every_state_has_a_status() -> None:
    assert STATUS_OF_STATE.keys() == set(CertificateState)


def test_public_is_told_what_every_state_means_that_it_may_see() -> None:
    unseen = {CertificateState.DRAFTED, CertificateState.APPROVED}
    assert set(MEANING) == {*(set(CertificateState) - unseen), "expired"}


@pytest.mark.parametrize(
    ("state", "superseded", "status"),
    [
        (S.IN_FORCE, False, Status.VALID),
        (S.IN_FORCE, True, Status.REPLACED),
        (S.SUSPENDED, False, Status.SUSPENDED),
        (S.SUSPENDED, True, Status.REPLACED),
        (S.REVOKED, True, Status.REVOKED),
        (S.CANCELLED, False, Status.REVOKED),
        (S.LOST, False, Status.REPLACED),
        (S.REPLACED, True, Status.REPLACED),
    ],
)
def test_status_of_a_credential(state: CertificateState, superseded: bool, status: Status) -> None:
    assert credential_status(state, superseded=superseded) is status
