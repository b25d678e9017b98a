"""`propose`, `approve`, `reject`: how a certificate made here comes into force, or not."""

import secrets
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.arguments import Number, Reason, check_numbers
from issuer.commands.approver_key import OwnKey, open_own_key
from issuer.commands.drafting import shown
from issuer.commands.opening import actor, register_of
from issuer.commands.repeating import once
from issuer.composition import Register
from issuer.domain.errors import InvalidInput
from issuer.domain.register import CertificateState
from issuer.services.approval.approving import Weighed
from issuer.services.approval.awaiting import Waiting
from keys.custody.approval import MAX_CLAIMS, Act, approve_by_rule
from keys.custody.approval import approve as sign_approval
from keys.encoding import Json
from verifier.credential.model import CertificateType

Numbers = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NUMBER]...", help="certificates' document numbers", callback=check_numbers),
]
Key = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="one's own key, as `ombord-keys approver new` made it"),
]
Claims = Annotated[
    list[str] | None,
    typer.Option("--claims", metavar="HASH", help="the hash of claims that were read, for each certificate"),
]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask: sign what --claims says was read")]


def propose(
    context: typer.Context,
    numbers: Numbers = None,
    key: Key = None,
    yes: Yes = False,
    claims: Claims = None,
) -> None:
    """Put certificates forward for others to approve. With one's own key."""
    _state(context, Act.PROPOSE, numbers, key, claims or (), yes=yes)


def approve(
    context: typer.Context,
    numbers: Numbers = None,
    key: Key = None,
    yes: Yes = False,
    claims: Claims = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="NAME", help="as a rule says, with its key")
    ] = None,
    state: Annotated[
        CertificateState, typer.Option("--state", help="with --rule: which certificates")
    ] = CertificateState.DRAFTED,
    kind: Annotated[
        CertificateType | None, typer.Option("--type", help="with --rule: of this type alone")
    ] = None,
) -> None:
    """Approve certificates. With one's own key; or all that lack it, by a rule's."""
    if rule is None:
        _state(context, Act.APPROVE, numbers, key, claims or (), yes=yes)
    elif numbers or claims or key is None:
        raise InvalidInput(
            "--rule goes with --key, and with --state and --type instead of numbers and --claims"
        )
    else:
        _by_rule(context, rule, key, state, kind)


def reject(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """End what is not in force yet. It waits for approval, or is approved for a later day."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        register.approving.reject(number, reason=reason, actor=actor())
        return {}

    once(context, register, act)
    terminal.tell(f"{number} is cancelled")


def _state(
    context: typer.Context,
    what: Act,
    numbers: Sequence[str] | None,
    key: Path | None,
    claims: Collection[str],
    *,
    yes: bool,
) -> None:
    """Sign a statement about these certificates as its maker has read them, and take it in.

    What is signed are the hashes of what was shown here, or of what --claims says was read before: claims
    that an import changed meanwhile are refused, never signed unseen.
    """
    if not numbers:
        raise InvalidInput("no certificate is named", hint="`ombord-issuer pending` shows what waits")
    register = register_of(context)
    policy = register.approving.policy
    if key is None and what is Act.PROPOSE:
        raise InvalidInput("a proposal is signed", hint="name one's own key: --key FILE")
    _refuse_unread(key, claims, yes=yes)
    read = None if key is None or yes else register.awaiting.as_read(numbers, claims, actor=actor())
    if read is not None:
        _confirm(read)
    own = None if key is None else open_own_key(key, () if policy is None else policy.approvers)

    def act() -> dict[str, Json]:
        if own is None:
            return _told(register.approving.approve_without_policy(numbers, actor=actor()))
        found = read or register.awaiting.as_read(numbers, claims, actor=actor())
        return _told(
            [
                weighed
                for kind in sorted({one.type for one in found})
                for weighed in _sign(register, what, own, kind, [one for one in found if one.type == kind])
            ]
        )

    for line in once(context, register, act)["certificates"]:
        terminal.tell(line)


def _sign(
    register: Register, what: Act, own: OwnKey, kind: str, found: Sequence[Waiting]
) -> Sequence[Weighed]:
    """One statement is about one type of certificate."""
    token = sign_approval(
        [one.claims_hash for one in found],
        kind,
        at=int(register.clock().timestamp()),
        name=secrets.token_hex(16),
        signer=own.signer,
        kid=own.kid,
        act=what,
    )
    numbers = [one.document_number for one in found]
    return register.approving.receive(token, numbers=numbers, actor=actor())


def _by_rule(
    context: typer.Context, rule: str, key: Path, state: CertificateState, kind: CertificateType | None
) -> None:
    register = register_of(context)
    policy = register.approving.policy
    if policy is None:
        raise InvalidInput(
            "no signing policy is set, so there are no rules", hint="set OMBORD_SIGNING_POLICY"
        )
    rules = [kid for kid, one in policy.rule_keys.items() if rule in one.rules]
    types = [name for name, one in policy.types.items() if rule in one.automatic]
    chosen = [name for name in types if kind in (None, name)]
    if not chosen:
        raise InvalidInput(
            f"no type of certificate{f', or not {kind},' if kind else ''} may be approved by {rule}",
            hint="the signing policy says which rules may: `automatic` of a type",
        )
    own = open_own_key(key, rules)

    def act() -> dict[str, Json]:
        done = 0
        for name in chosen:
            for lacking in register.awaiting.lacking(state, name):
                token = approve_by_rule(
                    list(lacking.values()),
                    name,
                    rule=rule,
                    at=int(register.clock().timestamp()),
                    name=secrets.token_hex(16),
                    signer=own.signer,
                    kid=own.kid,
                )
                done += len(register.approving.receive(token, numbers=list(lacking), actor=actor()))
        return {"approved": done}

    done = once(context, register, act, in_steps=True)
    terminal.tell(f"{done['approved']} approved by {rule}")


def _refuse_unread(key: Path | None, claims: Collection[str], *, yes: bool) -> None:
    """Without a question there is still an answer to it: which claims their approver has read."""
    if key is None and claims:
        raise InvalidInput(
            "--claims says what is signed, and nothing is without a key", hint="add --key FILE"
        )
    if key is not None and yes and not claims:
        raise InvalidInput(
            "--yes signs what was read before, and nothing says what that was",
            hint="`ombord-issuer pending` shows claims and their hash: --claims HASH for each certificate",
        )


def _confirm(found: Sequence[Waiting]) -> None:
    """Whoever signs has read what: the claims, as they are signed."""
    if len(found) > MAX_CLAIMS:
        raise InvalidInput(f"{len(found)} certificates; one approval names {MAX_CLAIMS} at most")
    for one in found:
        for line in shown(one):
            terminal.say(line)
    if not sys.stdin.isatty():
        raise InvalidInput(
            "nobody is here to say that this is right", hint="read it, then say --yes and --claims HASH"
        )
    if not typer.confirm(f"Sign for {len(found)}?", err=True):
        raise InvalidInput("nothing was signed")


def _told(weighed: Sequence[Weighed]) -> dict[str, Json]:
    lines: list[Json] = [
        f"{one.document_number}: {one.state}" + (f"; lacks: {one.lacks}" if one.lacks else "")
        for one in weighed
    ]
    return {"certificates": lines}
