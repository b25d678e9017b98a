"""`authority rotate`: other keys for a flag's role, vouched for by those that it had."""

import argparse
from dataclasses import replace
from pathlib import Path

from keys.commands import files
from keys.options import UsageError
from keys.trust import ceremony
from keys.trust.drafts import role_keys
from keys.trust.handing_over import HandoverDraft, handed_over
from keys.trust.handover import MAX_KEYS
from keys.trust.holder import Holder
from keys.trust.home import Home
from keys.trust.plan import FLAG_KEYS, Flag, Plan, Role, key_id
from keys.trust.register import RegisterError, flag_of


def authority_rotate(arguments: argparse.Namespace) -> str:
    """The current key goes, the next becomes the current one, and there is a new next one."""
    home, people = Home(arguments.home), files.holders(arguments.holder)
    with home.locked() as plan:
        flag = flag_of(plan, arguments.flag)
        if arguments.signed is not None:
            draft = HandoverDraft.from_json(files.read(arguments.signed))
            return _register(arguments, home, plan, draft)
        role = _next_role(arguments, home, plan, flag, people)
        names = {key_id(one.key): one.name for one in people}
        ceremony.with_flag_role(plan, arguments.flag, role, ())  # refused before anybody is asked to sign
        draft = HandoverDraft(
            flag=arguments.flag,
            old=role_keys(flag.role),
            new=role_keys(role),
            holders={**{one: plan.holders[one] for one in flag.role.ids if one in plan.holders}, **names},
        )
        here = files.signers_here(arguments, home, plan, flag.role.ids)
        if here:
            draft = draft.signed_by(here.values(), enough=True)
        if len(draft.signatures) >= flag.role.threshold:
            return _register(arguments, home, plan, draft)
        out = arguments.out or Path(f"{arguments.flag}.handover.draft.json")
        files.new_draft(home, out)
        files.keep(arguments, home)
        files.write_new(out, draft.to_json())
    return f"{draft.describe()}\nNext: ombord-keys authority sign {out} --sealed FILE"


def _register(arguments: argparse.Namespace, home: Home, plan: Plan, draft: HandoverDraft) -> str:
    flag = arguments.flag
    if draft.flag != flag:
        raise RegisterError(f"this handover is of {draft.flag}, not of {flag}", "name another draft")
    draft.check()
    changed = handed_over(plan, draft)
    files.keep(arguments, home)
    home.save(changed)
    return f"{draft.describe()}\n{flag}: registered; publish signs what follows from it"


def _next_role(
    arguments: argparse.Namespace, home: Home, plan: Plan, flag: Flag, people: tuple[Holder, ...]
) -> Role:
    if people or arguments.remove:
        return _chosen(arguments, plan, flag, people)
    if not files.signers_here(arguments, home, plan, flag.role.ids):
        raise UsageError(f"{arguments.flag} holds its keys elsewhere: --holder PUB.JSON, --remove NAME")
    kept = () if arguments.all else flag.role.keys[1:] if len(flag.role.keys) >= FLAG_KEYS else flag.role.keys
    threshold = flag.role.threshold if arguments.threshold is None else arguments.threshold
    number = min(max(FLAG_KEYS, threshold), MAX_KEYS) - len(kept)
    new = home.new_keys(max(0, number))
    return _checked(flag, replace(flag.role, keys=(*kept, *new)), arguments.threshold)


def _chosen(arguments: argparse.Namespace, plan: Plan, flag: Flag, people: tuple[Holder, ...]) -> Role:
    """The flag's own choice of holders."""
    names = {keyid: plan.holders.get(keyid, keyid) for keyid in flag.role.ids}
    for one in arguments.remove:
        if one not in {*names, *names.values()}:
            raise RegisterError(
                f"{arguments.flag} has no holder {one}", f"there are: {', '.join(names.values())}"
            )
    gone = {keyid for keyid, name in names.items() if {keyid, name} & set(arguments.remove)}
    kept = [key for key in flag.role.keys if key_id(key) not in gone and not arguments.all]
    keys = tuple(dict.fromkeys([*kept, *(one.key for one in people)]))
    return _checked(flag, replace(flag.role, keys=keys), arguments.threshold)


def _checked(flag: Flag, role: Role, threshold: int | None) -> Role:
    role = replace(role, threshold=role.threshold if threshold is None else threshold)
    name = flag.authority.flag
    if len(role.keys) > MAX_KEYS:
        raise RegisterError(f"{name} would have more than {MAX_KEYS} keys", "name fewer holders")
    if len(role.keys) < FLAG_KEYS or not 1 <= role.threshold <= len(role.keys):
        raise RegisterError(
            f"{name} would have {len(role.keys)} keys of which {role.threshold} must sign; "
            "it needs a current key and the next",
            "--holder PUB.JSON names one more",
        )
    if (role.public, role.threshold) == (flag.role.public, flag.role.threshold):
        raise RegisterError(f"{name} has these keys already", "--holder, --remove or --all")
    return role
