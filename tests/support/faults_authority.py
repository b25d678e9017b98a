"""The authority of the fault runs and its services over a register: all that a worker's process needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from support.issuer_app import HandClock, issuer_settings
from support.simulator import Authority, seeded_signer

from issuer.composition import Services, compose
from issuer.services.clock import Clock
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.custody.signing_port import GuardedSigner
from keys.algorithms import Algorithm
from keys.custody.signing_policy import SigningPolicy
from keys.trust.directory import CERTIFICATES, LOG

NORWAY: Final = Authority("NO")
KID: Final = NORWAY.certificate_kid
NEW_KID: Final = NORWAY.add_key(*CERTIFICATES, kid="NO-2027a")  # for mass operations, when the other must go
LOG_KID: Final = "NO-log-2026a"
NORWAY.add_key(LOG, kid=LOG_KID, signer=seeded_signer(LOG_KID, Algorithm.ED25519))
LIST_SIZE: Final = 16  # half full is full: a workload opens several lists
KEYS: Final = AuthorityKeys(
    signers=NORWAY.signers,
    certificate_kid=KID,
    status_kid=NORWAY.status_kid,
    pass_kid=NORWAY.pass_kid,
    log_kid=LOG_KID,
)


def services_over(
    database_url: str, clock: Clock | None = None, policy: SigningPolicy | None = None, **changes: object
) -> Services:
    """The authority's services as they are, with the keys that its directory lists."""
    clock = clock or HandClock()
    settings = issuer_settings(database_url, base_url=NORWAY.iss, list_size=LIST_SIZE, **changes)
    keys = KEYS
    if policy is not None:
        guarded = GuardedSigner(NORWAY.signers, policy, lambda: int(clock().timestamp()))
        keys = replace(KEYS, guarded=guarded, policy=policy)
    return compose(settings, keys=keys, clock=clock)
