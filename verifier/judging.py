"""Rows C: what is judged of one credential that was read, check by check. `decision` is the way in.

The checks are numbered as in the table of rows C: C1 readable, C2 known issuer, C3 its key good for this,
C4 signature, C4b dates agree, C5 holder, C6-C8 status, C9 last day, C10 clock, C11 first day, C12 status
known, C13 holder confirmed, C14 remarks, C15 nothing against it. Every check that can run is reported.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from keys import jws
from keys.jwk import PublicKey
from keys.said import Said
from keys.trust.directory import Authority, Directory, KeyState, TrustedKey
from verifier import checks
from verifier.checks import Holding
from verifier.credential import presentation, vc
from verifier.credential.model import CertificateType, Credential
from verifier.credential.presentation import HolderProof
from verifier.policy import Policy
from verifier.remarks import remarks
from verifier.status import StatusBook
from verifier.unverified import NotReadable, Unverified, plain
from verifier.verdict import ROWS, Check, Outcome, ReliedOn, Verdict, conclude

_READABLE: Final = Check("C1", Outcome.PASS, "a credential of a known form")
_KNOWN: Final = Check("C2", Outcome.PASS, "the issuer and its key are in the directory")
_TRUSTED: Final = Check("C3", Outcome.PASS, "the key may sign this, and did so in its time")
_SIGNED: Final = Check("C4", Outcome.PASS, "the signature holds")
_AGREE: Final = Check("C4b", Outcome.PASS, "its dates agree with each other")
_NONE_SHOWN: Final = Holding()
_PASS: Final = CertificateType.PASS
_SAFE_MANNING: Final = CertificateType.SAFE_MANNING
_ALLOW_LIST_ONLY: Final = KeyState.ALLOW_LIST_ONLY
_ROWS: Final = ROWS[: ROWS.index("C14")]  # what is a check; C14 and C15 follow from them


class Phone(NamedTuple):
    """A phone that has proved its key for another credential shown with this one."""

    key: PublicKey
    proof: HolderProof


class Setting(NamedTuple):
    """All that a credential is judged against."""

    directory: Directory
    status: StatusBook
    policy: Policy
    at: datetime
    time: datetime  # max(clock, time floor)
    challenge: bytes | None
    last_clock: datetime | None
    phone: Phone | None = None


def phone_of(shown: Unverified, verdict: Verdict) -> Phone | None:
    """The phone whose proof was judged to be of the key that the signed credential names."""
    signed = verdict.sea_pass or verdict.credential
    if signed is None or signed.holder_key is None or shown.proof is None:
        return None
    return Phone(signed.holder_key, shown.proof) if verdict.outcome("C5") is Outcome.PASS else None


def unreadable(error: NotReadable, setting: Setting) -> Verdict:
    """(C1) not readable, or of a schema that we do not know."""
    return _stop([Check("C1", Outcome.UNKNOWN, *error.said)], setting, "it cannot be read")


def decide(unverified: Unverified, setting: Setting, *, holds: bool = False) -> Verdict:
    """Rows C2 to C15 of what could be read; (C1) once more where what was signed is no credential.

    `holds` where its `pending` signature was computed before, and does.
    """
    directory, policy = setting.directory, setting.policy
    # (C2) the issuer and its key are in the directory
    authority = directory.authority(unverified.issuer)
    key = directory.key(unverified.issuer, unverified.kid)
    if authority is None or key is None:
        return _stop([_READABLE, _unknown(unverified, authority)], setting, "nobody known has signed it")
    # (C3) the key is good for this, at that time; (C4) the signature is the key's
    trusted, signed = _trusted(key, unverified, setting), _SIGNED if holds else _signature(key, unverified)
    if signed is not _SIGNED:
        return _stop([_READABLE, _KNOWN, trusted, signed], setting, "its signature was not shown to hold")
    known = _KNOWN if policy.flags is None else checks.covered(authority, policy) or _KNOWN
    try:
        if unverified.type is _PASS:
            return _judge_pass(unverified, authority, known, trusted, setting)
        if unverified.type is _SAFE_MANNING:
            return _judge_manning(unverified, authority, known, trusted, setting)
        credential = vc.from_claims(unverified.claims, unverified.key, issued_at=unverified.issued_at)
    except vc.MalformedCredential as error:
        malformed = Check(
            "C1", Outcome.UNKNOWN, "not a {} that can be read: {}", (unverified.type, error.said)
        )
        return _stop([malformed, _KNOWN, trusted, signed], setting, "it cannot be read")
    trusted = checks.in_own_name(credential.certificate.issuing_country, authority) or trusted
    shown = _holding(unverified, credential.holder_key, setting.phone)
    return _judge(credential, authority, shown, known, trusted, setting)


def _unknown(unverified: Unverified, authority: Authority | None) -> Check:
    """C2 of a stranger, or of a key that its authority has not published."""
    if authority is None:
        return Check("C2", Outcome.UNKNOWN, "{} is not in the directory", (plain(unverified.issuer),))
    reason = "{} has no key {} in the directory: a newer sea pack may have it"
    return Check("C2", Outcome.UNKNOWN, reason, (authority.name, plain(unverified.kid)))


def _trusted(key: TrustedKey, unverified: Unverified, setting: Setting) -> Check:
    objection = key.objection(
        unverified.type,
        at_signing=unverified.issued_at,
        now=setting.time,
        environment=setting.policy.environment or setting.directory.environment,
        allowed=key.state is _ALLOW_LIST_ONLY and _allowed(unverified, setting.directory),
    )
    return _TRUSTED if objection is None else Check("C3", Outcome.FAIL, *objection)


def _allowed(unverified: Unverified, directory: Directory) -> bool:
    """Whether the authority says that its key truly signed this, before a thief had the key or since."""
    listed = directory.allow_list(unverified.issuer, unverified.kid)
    return listed is not None and listed.holds(unverified.sd_jwt.jws.signing_input)


def pending(unverified: Unverified, directory: Directory) -> Callable[[], None] | None:
    """What is to be computed for row C4, where it comes to that: else the rows say why not."""
    key = directory.key(unverified.issuer, unverified.kid)
    if key is None or key.conflicting:
        return None
    try:
        return jws.pending(unverified.sd_jwt.jws, key.key, typ=vc.TYP)
    except (jws.MalformedJws, jws.SignatureMismatch):
        return None


def _signature(key: TrustedKey, unverified: Unverified) -> Check:
    if key.conflicting:
        return Check("C4", Outcome.NOT_ASSESSED, "it cannot be told which of two keys should have signed it")
    try:
        jws.verify(unverified.sd_jwt.jws, key.key, typ=vc.TYP)
    except (jws.MalformedJws, jws.SignatureMismatch):
        return Check("C4", Outcome.FAIL, "it was changed after key {} signed it, or never signed", (key.kid,))
    return _SIGNED


def _holding(unverified: Unverified, key: PublicKey | None, phone: Phone | None) -> Holding:
    """What the proof by the holder's key amounts to; its time is judged by row C13."""
    parsed, proof = unverified.sd_jwt, unverified.proof
    if proof is None and parsed.key_binding is None:
        if phone is not None and phone.key == key:
            return Holding(proof=phone.proof)
        return _NONE_SHOWN
    if key is None:
        return Holding(failure=Said("a phone proves itself for a credential that is bound to none"))
    try:
        if proof is None:
            return Holding(proof=presentation.check(parsed, key))
        presentation.confirm(parsed.text, proof, key)
        return Holding(proof=proof)
    except presentation.WrongHolder as error:
        return Holding(failure=error.said)
    except presentation.MalformedProof as error:
        return Holding(garbled=error.said)


def _judge(
    credential: Credential,
    authority: Authority,
    shown: Holding,
    known: Check,
    trusted: Check,
    setting: Setting,
) -> Verdict:
    """Rows C4b to C15 of a credential that its issuer has signed."""
    policy, time = setting.policy, setting.time
    contradiction = vc.date_contradiction(credential)
    dates = _AGREE if contradiction is None else Check("C4b", Outcome.UNKNOWN, *contradiction)
    listed = setting.status.get(credential.status.uri)
    c6, c7, c8, c12, old = checks.state(credential, listed, authority, policy=policy, time=time)
    c5, c13, unproved = checks.holder(
        credential.holder_key, shown, policy=policy, time=time, challenge=setting.challenge
    )
    c9, c11 = checks.last_day(credential, time), checks.first_day(credential, time)
    c10 = checks.clock(setting.at, setting.directory, policy, setting.last_clock)
    rows = [_READABLE, known, trusted, _SIGNED, dates, c5, c6, c7, c8, c9, c10, c11, c12, c13]
    for remark in (old, unproved):
        if remark is not None:
            rows.append(remark)
    rows += remarks(credential, policy=policy, time=time)
    as_of = None if listed is None else listed.iat
    return conclude(tuple(rows), credential, _relied_on(setting, credential.status.uri, as_of))


def _judge_pass(
    unverified: Unverified, authority: Authority, known: Check, trusted: Check, setting: Setting
) -> Verdict:
    """Rows C4b to C15 of a pass and of each certificate in it. Raises MalformedCredential."""
    from verifier import pass_decision  # which nothing but a pass needs

    policy, time = setting.policy, setting.time
    sea_pass = pass_decision.read(unverified.sd_jwt, unverified.claims, unverified.key)
    trusted = checks.in_own_name(sea_pass.issuing_country, authority) or trusted
    shown = _holding(unverified, sea_pass.holder_key, setting.phone)
    c5, c13, unproved = checks.holder(
        sea_pass.holder_key, shown, policy=policy, time=time, challenge=setting.challenge
    )
    c10 = checks.clock(setting.at, setting.directory, policy, setting.last_clock)
    rows = pass_decision.Shared(_READABLE, known, trusted, _SIGNED, c5, c10, c13, unproved)
    basis = pass_decision.Basis(authority, setting.status, policy, time, _relied_on(setting))
    return pass_decision.judge(sea_pass, rows, basis)


def _judge_manning(
    unverified: Unverified, authority: Authority, known: Check, trusted: Check, setting: Setting
) -> Verdict:
    """Rows C4b to C15 of a ship's safe manning document. Raises MalformedCredential."""
    from verifier import manning_decision  # which nothing else needs
    from verifier.credential import safe_manning_claims

    signed = safe_manning_claims.from_claims(unverified.claims)
    c10 = checks.clock(setting.at, setting.directory, setting.policy, setting.last_clock)
    rows = manning_decision.Shared(_READABLE, known, trusted, _SIGNED, c10)
    relied_on = _relied_on(setting)
    basis = manning_decision.Basis(authority, setting.status, setting.policy, setting.time, relied_on)
    return manning_decision.judge(signed, rows, basis)


def _stop(rows: list[Check], setting: Setting, because: str) -> Verdict:
    """A verdict without claims: of the rows that are left, only the clock can be judged."""
    for row in _ROWS[len(rows) :]:
        if row == "C10":
            rows.append(checks.clock(setting.at, setting.directory, setting.policy, setting.last_clock))
        else:
            rows.append(Check(row, Outcome.NOT_ASSESSED, because))
    return conclude(tuple(rows), None, _relied_on(setting))


def _relied_on(setting: Setting, uri: str | None = None, as_of: datetime | None = None) -> ReliedOn:
    directory = setting.directory
    return ReliedOn(
        setting.time, setting.policy.name, setting.status.pack, directory.published_at, uri, as_of
    )
