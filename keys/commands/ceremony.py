"""`holder new`, `root init|rotate`, `directory draft`, `authority draft`: keys apart, and drafts to sign."""

import argparse
from dataclasses import replace
from pathlib import Path

from keys.algorithms import Algorithm
from keys.commands import files
from keys.custody import lock, passphrase, sealed_file
from keys.jwk import PublicKey
from keys.options import UsageError
from keys.signer import SoftwareSigner
from keys.trust import ceremony, drafts, words
from keys.trust.ceremony import ROOT, Change
from keys.trust.directory import Environment
from keys.trust.holder import Holder
from keys.trust.home import ONLINE, Home
from keys.trust.metadata import DIRECTORY
from keys.trust.plan import FLAG_KEYS, Plan, Role, key_id, spoken
from keys.trust.published import Published
from keys.trust.register import RegisterError, check_roles_apart, flag_of


def holder_new(arguments: argparse.Namespace) -> str:
    """A key pair on the holder's own machine."""
    out = arguments.out or Path(f"{arguments.name}.pub.json")
    if arguments.out is None and Path(arguments.name).name != arguments.name:
        raise UsageError(f"{arguments.name} is no name for a file; name the public half with --out")
    if arguments.sealed.resolve() == out.resolve():
        raise UsageError("the private key and its public half go into two files")
    for path in (arguments.sealed, out):
        files.refuse_existing(path, "a holder's key is never overwritten: name a new file")
    signer = SoftwareSigner.generate(Algorithm.ED25519)
    holder = Holder(arguments.name, signer.public_key)
    Holder.from_json(holder.to_json(), f"the name {arguments.name!r}")  # refused before anything is written
    secret = passphrase.ask(*files.OWN_PASSPHRASE, prompt=str(arguments.sealed), new=True)
    with lock.beside(arguments.sealed):
        files.refuse_existing(arguments.sealed, "a holder's key is never overwritten: name a new file")
        sealed_file.seal(arguments.sealed, {key_id(signer.public_key): signer}, secret)
        try:
            files.write_new(out, holder.to_json())
        except (OSError, RegisterError):
            arguments.sealed.unlink()  # a key of which nobody has the public half
            raise
    return (
        f"{arguments.name}: key {key_id(signer.public_key)} in {arguments.sealed}: "
        "it stays on this machine\n"
        f"Its thumbprint, by which others know it: {signer.public_key.thumbprint()}\n"
        f"Give {out} to whoever makes the ceremony"
    )


def root_init(arguments: argparse.Namespace) -> str:
    """A home for the online roles, and the first root as a draft."""
    people = {ROOT: files.holders(arguments.holder), DIRECTORY: files.holders(arguments.directory)}
    needed = {ROOT: arguments.threshold, DIRECTORY: arguments.directory_threshold, **dict.fromkeys(ONLINE, 1)}

    def plan_for(online: "dict[str, PublicKey]") -> Plan:
        own = {name: (Holder(f"this home's {name} key", key),) for name, key in online.items()}
        plan = ceremony.new_plan(Environment(arguments.environment), {**people, **own}, needed)
        elsewhere = {key_id(one.key): one.name for role in people.values() for one in role}
        return replace(plan, holders=elsewhere)  # only keys that lie elsewhere have a holder

    trial = {name: SoftwareSigner.generate(Algorithm.ED25519).public_key for name in ONLINE}
    plan_for(trial)  # refused before a folder is made
    out = arguments.out or Path(_name(1, ROOT))
    files.refuse_existing(out)
    secret = files.home_secret(arguments, new=True)
    with Home.create_for(arguments.home, secret, lambda online: plan_for(dict(online))) as plan:
        draft = ceremony.draft_root(plan, Published({}), arguments.at)
        files.write_new(out, drafts.to_json(draft))
    return (
        f"Made {arguments.home}, which holds the snapshot and timestamp keys alone\n{_hand_out(draft, out)}"
    )


def root_rotate(arguments: argparse.Namespace) -> str:
    """The next root, as a draft; the register changes when it is published."""
    home = Home(arguments.home)
    root = Change(
        add=files.holders(arguments.add), remove=tuple(arguments.remove), threshold=arguments.threshold
    )
    directory = Change(
        add=files.holders(arguments.directory_add),
        remove=tuple(arguments.directory_remove),
        threshold=arguments.directory_threshold,
    )
    flag_holders = files.holders(arguments.flag_holder)
    if flag_holders and len(arguments.replace_flag) != 1:
        raise UsageError("--flag-holder names the new holders of one --replace-flag")
    with home.locked() as before:
        published = Published(home.published())
        version = 1 if published.root is None else published.root.signed.version + 1
        out = arguments.out or Path(_name(version, ROOT))
        files.new_draft(home, out)
        plan = ceremony.with_holders(ceremony.with_holders(before, ROOT, root), DIRECTORY, directory)
        for flag in arguments.replace_flag:
            flag_of(plan, flag)  # refused before a key is made
        for name in dict.fromkeys(arguments.renew):
            keys = home.new_keys(1)
            plan = replace(plan, roles={**plan.roles, name: replace(plan.roles[name], keys=keys)})
        for flag in dict.fromkeys(arguments.replace_flag):
            plan = _replaced(home, plan, flag, flag_holders)
        plan = ceremony.with_gone(plan, arguments.gone, arguments.back)
        plan = replace(plan, time_floor=arguments.time_floor)
        draft = ceremony.draft_root(
            plan, published, arguments.at, replaced=dict.fromkeys(arguments.replace_flag)
        )
        draft.sign_with(files.signers_here(arguments, home, plan, draft.allowed))
        files.keep(arguments, home)
        files.write_new(out, drafts.to_json(draft))
    return _hand_out(draft, out)


def _replaced(home: Home, plan: Plan, flag: str, people: tuple[Holder, ...]) -> Plan:
    """A flag with keys that its old ones have not vouched for: the root's holders must."""
    one = flag_of(plan, flag)
    if people:
        keys = tuple(dict.fromkeys(holder.key for holder in people))
        if len(keys) < FLAG_KEYS:
            raise RegisterError(
                f"{flag} needs {FLAG_KEYS} keys, a current one and the next", "--flag-holder PUB.JSON"
            )
    else:
        keys = home.new_keys(FLAG_KEYS)
    role = Role(keys=keys, threshold=min(one.role.threshold, len(keys)), lifetime=one.role.lifetime)
    changed = replace(one, role=role)
    plan = replace(
        plan,
        flags=tuple(changed if other is one else other for other in plan.flags),
        holders={**plan.holders, **{key_id(holder.key): holder.name for holder in people}},
    )
    check_roles_apart(plan)
    return ceremony.names_flag(plan, changed)


def directory_draft(arguments: argparse.Namespace) -> str:
    """What the register says of all flags, for the directory's holders."""
    home = Home(arguments.home)
    with home.locked() as plan:
        published = Published(home.published())
        plan = with_root(plan, _root(arguments.signed), published)
        draft = ceremony.draft_directory(plan, published, arguments.at)
        return _write(arguments, home, plan, draft)


def authority_draft(arguments: argparse.Namespace) -> str:
    """A flag's list of keys, for the flag's holders."""
    home = Home(arguments.home)
    with home.locked() as plan:
        published = Published(home.published())
        plan = with_root(plan, _root(arguments.signed), published)
        draft = ceremony.draft_flag(plan, arguments.flag, published, arguments.at)
        return _write(arguments, home, plan, draft)


def with_root(plan: Plan, draft: drafts.Draft | None, published: Published) -> Plan:
    """The register as a root will have changed it that is signed and not yet published."""
    known = 0 if published.root is None else published.root.signed.version
    if draft is None or draft.metadata.signed.version <= known:
        return plan
    return ceremony.adopt(plan, draft)


def _root(path: Path | None) -> drafts.Draft | None:
    draft = None if path is None else files.draft(path)
    if draft is not None and draft.role != ROOT:
        raise drafts.DraftError(f"{path} is a draft of {spoken(draft.role)}, not of the root")
    return draft


def _write(arguments: argparse.Namespace, home: Home, plan: Plan, draft: drafts.Draft) -> str:
    out = arguments.out or Path(_name(draft.metadata.signed.version, draft.role))
    files.new_draft(home, out)
    draft.sign_with(files.signers_here(arguments, home, plan, draft.allowed))
    files.write_new(out, drafts.to_json(draft))
    return _hand_out(draft, out)


def _name(version: int, role: str) -> str:
    return f"{version}.{'directory' if role == DIRECTORY else role}.draft.json"


def _hand_out(draft: drafts.Draft, path: Path) -> str:
    kind = {ROOT: "root", DIRECTORY: "directory"}.get(draft.role, "authority")
    after = f"ombord-keys {kind} sign {path} --sealed FILE" if draft.lacking() else "ombord-keys publish"
    if not draft.lacking():
        after += f" --out DIR --signed {path}"
    return f"{words.describe(draft)}\nNext: {after}"
