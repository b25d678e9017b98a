"""The decision: is this one credential good, here and now? Pure: no disk, network, clock or randomness.

The checks are numbered as in the table of rows C: C1 readable, C2 known issuer, C3 its key good for this,
C4 signature, C4b dates agree, C5 holder, C6-C8 status, C9 last day, C10 clock, C11 first day, C12 status
known, C13 holder confirmed, C14 remarks, C15 nothing against it. Every check that can run is reported.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from keys import jws
from keys.jwk import PublicKey
from keys.trust.directory import Authority, Directory, KeyState, TrustedKey
from verifier import checks
from verifier.checks import Holding
from verifier.credential import presentation, vc
from verifier.credential.model import CertificateType, Credential
from verifier.credential.presentation import HolderProof
from verifier.policy import DEFAULT, Policy
from verifier.remarks import remarks
from verifier.status import StatusBook
from verifier.unverified import NotReadable, Unverified, plain, read, read_all
from verifier.verdict import ROWS, Assessment, Check, Outcome, ReliedOn, Verdict, conclude

if TYPE_CHECKING:
    from verifier.inspection.duty import Duty
    from verifier.inspection.identity import Identity
    from verifier.inspection.ship import Ship

__all__ = ["assess", "verify", "verify_all"]

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


class _Phone(NamedTuple):
    """A phone that has proved its key for another credential shown with this one."""

    key: PublicKey
    proof: HolderProof


class _Setting(NamedTuple):
    """All that a credential is judged against."""

    directory: Directory
    status: StatusBook
    policy: Policy
    at: datetime
    time: datetime  # max(clock, time floor)
    challenge: bytes | None
    last_clock: datetime | None
    phone: _Phone | None = None


def verify(
    presented: str,
    *,
    directory: Directory,
    status: StatusBook,
    policy: Policy = DEFAULT,
    at: datetime,
    challenge: bytes | None = None,
    last_clock: datetime | None = None,
) -> Verdict:
    """Judge one credential, pass or presentation: an SD-JWT, or the text of its QR code.

    `at` is the clock, an aware instant; `challenge` the 8 bytes that the inspector has set, if any: to use it
    once is the caller's to remember. `last_clock` is what the clock showed when it was last seen.
    """
    setting = _Setting(directory, status, policy, at, max(at, directory.time_floor), challenge, last_clock)
    try:
        return _decide(read(presented), setting)
    except NotReadable as error:
        return _unreadable(error, setting)


def verify_all(
    presented: str | bytes,
    *,
    directory: Directory,
    status: StatusBook,
    policy: Policy = DEFAULT,
    at: datetime,
    challenge: bytes | None = None,
    last_clock: datetime | None = None,
) -> tuple[Verdict, ...]:
    """As `verify`, for what may hold several credentials: also a muster, and the wire of moving frames.

    One verdict for each credential, in their order. A muster's proof is made for its first: once that one's
    phone is shown to hold it (C5), the others that are bound to the same key are held by the same phone.
    """
    setting = _Setting(directory, status, policy, at, max(at, directory.time_floor), challenge, last_clock)
    first, *others = read_all(presented)
    verdict = _decided(first, setting)
    if others and isinstance(first, Unverified):
        setting = setting._replace(phone=_phone(first, verdict))
    return verdict, *(_decided(one, setting) for one in others)


def _decided(one: Unverified | NotReadable, setting: _Setting) -> Verdict:
    return _unreadable(one, setting) if isinstance(one, NotReadable) else _decide(one, setting)


def _phone(shown: Unverified, verdict: Verdict) -> _Phone | None:
    """The phone whose proof was judged to be of the key that the signed credential names."""
    signed = verdict.sea_pass or verdict.credential
    if signed is None or signed.holder_key is None or shown.proof is None:
        return None
    return _Phone(signed.holder_key, shown.proof) if verdict.outcome("C5") is Outcome.PASS else None


def _unreadable(error: NotReadable, setting: _Setting) -> Verdict:
    """(C1) not readable, or of a schema that we do not know."""
    return _stop([Check("C1", Outcome.UNKNOWN, "{}", (str(error),))], setting, "it cannot be read")


def _decide(unverified: Unverified, setting: _Setting) -> Verdict:
    """Rows C2 to C15 of what could be read; (C1) once more where what was signed is no credential."""
    directory, policy = setting.directory, setting.policy
    # (C2) the issuer and its key are in the directory
    authority = directory.authority(unverified.issuer)
    key = directory.key(unverified.issuer, unverified.kid)
    if authority is None or key is None:
        return _stop([_READABLE, _unknown(unverified, authority)], setting, "nobody known has signed it")
    # (C3) the key is good for this, at that time; (C4) the signature is the key's
    trusted, signed = _trusted(key, unverified, setting), _signature(key, unverified)
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
        unreadable = Check("C1", Outcome.UNKNOWN, "not a {} that can be read: {}", (unverified.type, error))
        return _stop([unreadable, _KNOWN, trusted, signed], setting, "it cannot be read")
    trusted = checks.in_own_name(credential.certificate.issuing_country, authority) or trusted
    shown = _holding(unverified, credential.holder_key, setting.phone)
    return _judge(credential, authority, shown, known, trusted, setting)


def assess(
    verdicts: Sequence[Verdict],
    *,
    ship: "Ship | None" = None,
    at: datetime,
    identity: "Identity | None" = None,
    duty: "Duty | None" = None,
    policy: Policy = DEFAULT,
) -> Assessment:
    """Judge a person on a ship, in a duty: rows P of `verifier.inspection.person`."""
    from verifier.inspection import person  # which a check of one credential does not need

    return person.assess(verdicts, ship=ship, at=at, identity=identity, duty=duty, policy=policy)


def _unknown(unverified: Unverified, authority: Authority | None) -> Check:
    """C2 of a stranger, or of a key that its authority has not published."""
    if authority is None:
        return Check("C2", Outcome.UNKNOWN, "{} is not in the directory", (plain(unverified.issuer),))
    reason = "{} has no key {} in the directory: a newer sea pack may have it"
    return Check("C2", Outcome.UNKNOWN, reason, (authority.name, plain(unverified.kid)))


def _trusted(key: TrustedKey, unverified: Unverified, setting: _Setting) -> Check:
    objection = key.objection(
        unverified.type,
        at_signing=unverified.issued_at,
        now=setting.time,
        environment=setting.policy.environment or setting.directory.environment,
        allowed=key.state is _ALLOW_LIST_ONLY and _allowed(unverified, setting.directory),
    )
    return _TRUSTED if objection is None else Check("C3", Outcome.FAIL, "{}", (objection,))


def _allowed(unverified: Unverified, directory: Directory) -> bool:
    """Whether the authority says that its key truly signed this, before a thief had the key or since."""
    listed = directory.allow_list(unverified.issuer, unverified.kid)
    return listed is not None and listed.holds(unverified.sd_jwt.jws.signing_input)


def _signature(key: TrustedKey, unverified: Unverified) -> Check:
    if key.conflicting:
        return Check("C4", Outcome.NOT_ASSESSED, "it cannot be told which of two keys should have signed it")
    try:
        jws.verify(unverified.sd_jwt.jws, key.key, typ=vc.TYP)
    except (jws.MalformedJws, jws.SignatureMismatch):
        return Check("C4", Outcome.FAIL, "it was changed after key {} signed it, or never signed", (key.kid,))
    return _SIGNED


def _holding(unverified: Unverified, key: PublicKey | None, phone: _Phone | None) -> Holding:
    """What the proof by the holder's key amounts to; its time is judged by row C13."""
    parsed, proof = unverified.sd_jwt, unverified.proof
    if proof is None and parsed.key_binding is None:
        if phone is not None and phone.key == key:
            return Holding(proof=phone.proof)
        return _NONE_SHOWN
    if key is None:
        return Holding(failure="a phone proves itself for a credential that is bound to none")
    try:
        if proof is None:
            return Holding(proof=presentation.check(parsed, key))
        presentation.confirm(parsed.text, proof, key)
        return Holding(proof=proof)
    except presentation.WrongHolder as error:
        return Holding(failure=str(error))
    except presentation.MalformedProof as error:
        return Holding(garbled=str(error))


def _judge(
    credential: Credential,
    authority: Authority,
    shown: Holding,
    known: Check,
    trusted: Check,
    setting: _Setting,
) -> Verdict:
    """Rows C4b to C15 of a credential that its issuer has signed."""
    policy, time = setting.policy, setting.time
    contradiction = vc.date_contradiction(credential)
    dates = _AGREE if contradiction is None else Check("C4b", Outcome.UNKNOWN, "{}", (contradiction,))
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
    unverified: Unverified, authority: Authority, known: Check, trusted: Check, setting: _Setting
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
    unverified: Unverified, authority: Authority, known: Check, trusted: Check, setting: _Setting
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


def _stop(rows: list[Check], setting: _Setting, because: str) -> Verdict:
    """A verdict without claims: of the rows that are left, only the clock can be judged."""
    for row in _ROWS[len(rows) :]:
        if row == "C10":
            rows.append(checks.clock(setting.at, setting.directory, setting.policy, setting.last_clock))
        else:
            rows.append(Check(row, Outcome.NOT_ASSESSED, because))
    return conclude(tuple(rows), None, _relied_on(setting))


def _relied_on(setting: _Setting, uri: str | None = None, as_of: datetime | None = None) -> ReliedOn:
    directory = setting.directory
    return ReliedOn(
        setting.time, setting.policy.name, setting.status.pack, directory.published_at, uri, as_of
    )
