"""`init`, `authority add`, `key new`, `key add`, `key retire`: who is in the directory, with which keys."""

import argparse
from pathlib import Path

from keys import options
from keys.algorithms import Algorithm
from keys.commands import files
from keys.custody import lock, passphrase, sealed_file
from keys.encoding import json_dumps, json_object
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner
from keys.trust.authority import check_kid
from keys.trust.directory import Environment, KeyState, TrustedKey
from keys.trust.home import FULL, SINGLE, Home
from keys.trust.plan import FLAG_KEYS, FLAG_LIFETIME, Flag, Plan, Role
from keys.trust.register import (
    RegisterError,
    check_roles_apart,
    flag_of,
    next_kid,
    with_authority,
    with_key,
    with_state,
)


def init(arguments: argparse.Namespace) -> str:
    """A home with all keys in it."""
    secret = files.home_secret(arguments, new=True)
    sizes = FULL if arguments.full else SINGLE
    Home.create(arguments.home, Environment(arguments.environment), secret, sizes)
    holders = "3 of 5 root keys and 2 of 3 directory keys, all here" if arguments.full else "one key each"
    made = f"Made {arguments.home}: a {arguments.environment} directory whose roles have {holders}."
    if arguments.environment == "production":
        made += (
            "\nWarning: whoever takes this home can sign anything; ombord-keys root init keeps the keys apart"
        )
    return made


def authority_add(arguments: argparse.Namespace) -> str:
    """An authority, and who signs its list of keys."""
    authority, home = options.authority(arguments), Home(arguments.home)
    people = files.holders(arguments.holder)
    with home.locked() as plan:
        with_authority(plan, authority, plan.roles["targets"])  # refused before a key is made for it
        if people:
            role = _elsewhere(
                [one.key for one in people],
                1 if arguments.threshold is None else arguments.threshold,
                authority.flag,
            )
        elif arguments.threshold is not None:
            raise options.UsageError("--threshold is for a flag whose --holder files are named")
        else:
            role = home.new_flag_role()
        changed = with_authority(plan, authority, role)
        named = {keyid: one.name for keyid, one in zip(role.ids, people, strict=False)}
        check_roles_apart(changed)
        files.keep(arguments, home)
        home.save(_with_names(changed, named))
    issuers = ", ".join(authority.issuers)
    return f"{authority.flag}: {authority.name} at {issuers}, status lists below {authority.status_prefix}"


def _elsewhere(keys: list[PublicKey], threshold: int, flag: str) -> Role:
    """A flag's role whose keys are on its own machines: at least a current one and the next."""
    if len(set(keys)) < max(FLAG_KEYS, threshold) or threshold < 1:
        raise RegisterError(
            f"{flag} needs {FLAG_KEYS} different keys, a current one and the next, and as many as must sign",
            "name another: --holder PUB.JSON",
        )
    return Role(keys=tuple(keys), threshold=threshold, lifetime=FLAG_LIFETIME)


def _with_names(plan: Plan, names: dict[str, str]) -> Plan:
    from dataclasses import replace

    return replace(plan, holders={**plan.holders, **names})


def key_new(arguments: argparse.Namespace) -> str:
    """A key on the authority's machine; the publisher gets its public half."""
    check_kid(arguments.kid)  # it names a file, too
    path: Path = arguments.sealed
    out = arguments.out or Path(f"{arguments.kid}.jwk.json")
    files.refuse_existing(out)
    secret = passphrase.ask(*files.OWN_PASSPHRASE, prompt=str(path), new=not path.exists())
    with lock.beside(path):
        signers = sealed_file.unseal(path, secret) if path.exists() else {}
        signer = signers.get(arguments.kid)
        if signer is None:
            signer = SoftwareSigner.generate(Algorithm(arguments.algorithm))
            sealed_file.seal(path, {**signers, arguments.kid: signer}, secret)
    # Else it was made before: its public half is written once more.
    files.write_new(out, json_dumps({**signer.public_key.to_jwk(), "kid": arguments.kid}) + b"\n")
    public = f"its public half in {out}, thumbprint {signer.public_key.thumbprint()}"
    return f"{arguments.kid}: {signer.algorithm} key in {path}; {public}"


def key_add(arguments: argparse.Namespace) -> str:
    """A key of an authority, made here in its file or elsewhere by itself."""
    home = Home(arguments.home)
    if arguments.sealed is not None:
        files.not_in_home(home, arguments.sealed)
    with home.locked() as plan:
        flag, purposes = flag_of(plan, arguments.flag), options.purposes(arguments.purpose)
        if arguments.public is not None:
            key = _made_elsewhere(arguments, plan, purposes)
            home.save(with_key(plan, arguments.flag, key))
            where = arguments.public
        else:
            kid = arguments.kid or next_kid(flag, arguments.at.year, purposes)
            key = _made_here(arguments, home, plan, kid, purposes)
            where = arguments.sealed
    said = (
        f"{key.kid}: {key.key.algorithm} key in {where} for {', '.join(sorted(key.purposes))}; "
        f"signs until {key.sign_until:%Y-%m-%d}, counts until {key.verify_until:%Y-%m-%d}"
    )
    return "\n".join([said, *stray_test_keys(plan.environment, [key])])


def _made_here(
    arguments: argparse.Namespace, home: Home, plan: Plan, kid: str, purposes: frozenset[str]
) -> TrustedKey:
    path: Path = arguments.sealed
    secret = passphrase.ask(*files.OWN_PASSPHRASE, prompt=str(path), new=not path.exists())
    with lock.beside(path):
        signers = sealed_file.unseal(path, secret) if path.exists() else {}
        # A key that is sealed and not registered was left by a command that died in between.
        algorithm = options.algorithm(arguments.algorithm, purposes)
        signer = signers.get(kid) or SoftwareSigner.generate(algorithm)
        if signer.algorithm is not algorithm:
            raise RegisterError(f"{path} has a key {kid} of another kind", f"--algorithm {signer.algorithm}")
        key = options.trusted_key(arguments, plan, kid, signer.public_key, purposes)
        changed = with_key(plan, arguments.flag, key)  # refused before anything is written
        if kid not in signers:
            sealed_file.seal(path, {**signers, kid: signer}, secret)
    home.save(changed)
    return key


def _made_elsewhere(arguments: argparse.Namespace, plan: Plan, purposes: frozenset[str]) -> TrustedKey:
    try:
        jwk = json_object(files.read(arguments.public))
        public = PublicKey.from_jwk(jwk)
    except ValueError as error:
        raise RegisterError(
            f"{arguments.public} is no public key: {error}", "ombord-keys key new KID --sealed FILE makes one"
        ) from error
    kid = arguments.kid or jwk.get("kid")
    if not isinstance(kid, str):
        raise options.UsageError(f"{arguments.public} names no key id: --kid KID")
    return options.trusted_key(arguments, plan, kid, public, purposes)


def key_retire(arguments: argparse.Namespace) -> str:
    """Another state for a key."""
    from keys.trust.ceremony import published_key  # with python-tuf, which the other commands do without
    from keys.trust.published import Published

    home, state = Home(arguments.home), KeyState(arguments.state)
    if arguments.signs_until is not None and state is not KeyState.RETIRED:
        raise options.UsageError(
            "--signs-until is for --state retired; a stolen key counts no more from now on"
        )
    allow_list = None if arguments.allow_list is None else files.read(arguments.allow_list)
    with home.locked() as plan:
        changed = with_state(
            plan,
            arguments.flag,
            arguments.kid,
            state=state,
            reason=arguments.reason,
            at=arguments.at,
            signs_until=arguments.signs_until,
            published=published_key(Published(home.published()), arguments.flag, arguments.kid),
            allow_list=allow_list,
        )
        home.save(changed)
    state_now = _state(flag_of(changed, arguments.flag), arguments.kid)
    flag = flag_of(changed, arguments.flag)
    elsewhere = not files.perhaps_here(changed, flag.role.ids)
    then = (
        f"ombord-keys authority draft {arguments.flag}, and publish"
        if elsewhere
        else "publish to tell the ships"
    )
    return f"{arguments.kid}: {state_now}; {then}"


def _state(flag: Flag, kid: str) -> str:
    key = next(key for key in flag.keys if key.kid == kid)
    if key.state is KeyState.ACTIVE:
        return f"signs until {key.sign_until:%Y-%m-%d %H:%M} UTC"
    if key.state is KeyState.ALLOW_LIST_ONLY and kid not in flag.allow_lists:
        return (
            f"{key.state}, and no allow list is registered: nothing that it signed counts (--allow-list FILE)"
        )
    if key.state is KeyState.ALLOW_LIST_ONLY:
        from keys.trust.allow_list import AllowList

        return f"{key.state}: {len(AllowList(flag.allow_lists[kid]))} credentials that it signed count on"
    return str(key.state)


def stray_test_keys(environment: Environment, keys: list[TrustedKey]) -> list[str]:
    """A complaint for each test key in a production directory: nothing that it signs will count there."""
    return [
        f"Warning: {key.kid} is a {key.environment} key in a {environment} directory: what it signs is void"
        for key in keys
        if key.environment is not environment
    ]
