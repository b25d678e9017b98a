"""`ombord-keys`: register authorities and their keys, and publish the signed directory.

Exit codes: 0 done, 1 refused (nothing has changed), 3 wrong arguments.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from keys import options
from keys.custody import CustodyError

DONE, REFUSED, USAGE = 0, 1, 3
HOME_PASSPHRASE = ("OMBORD_KEYS_PASSPHRASE", "OMBORD_PASSPHRASE")
AUTHORITY_PASSPHRASE = ("OMBORD_PASSPHRASE",)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and prints no traceback for anything that a user can do."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without the names' letters
    try:
        arguments = options.parser().parse_args(argv, argparse.Namespace(home=None, at=None))
        arguments.home = arguments.home or Path(os.environ.get("OMBORD_KEYS_HOME") or "ombord-keys")
        arguments.at = arguments.at or datetime.now(UTC)
        done = COMMANDS[arguments.command](arguments)
    except options.UsageError as error:
        return _fail(USAGE, str(error), "ombord-keys --help")
    except SystemExit as helped:  # argparse has printed its help
        return USAGE if helped.code else DONE
    except KeyboardInterrupt:
        return _fail(REFUSED, "interrupted", "run the command again")
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else error.filename or arguments.home
        return _fail(
            REFUSED, f"{where}: {error.strerror or error}", "check the path, its permissions and free space"
        )
    except (CustodyError, ValueError) as error:  # whatever a register, key file or directory cannot be
        return _fail(REFUSED, str(error), getattr(error, "hint", "nothing has changed"))
    _say(done)
    return DONE


def _say(done: str) -> None:
    """Print what a command has done. It stays done where that cannot be told."""
    if sys.stdout is None:  # closed
        return
    try:
        print(done, flush=True)
        return
    except BrokenPipeError:  # whoever read it has gone: say nothing more
        pass
    except OSError as error:
        _warn(f"warning: {done}\nwarning: that is done; it could not be printed: {error.strerror}")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again at exit


def _fail(code: int, message: str, hint: str) -> int:
    _warn(f"error: {message}\nhint: {hint}")
    return code


def _warn(text: str) -> None:
    if sys.stderr is not None:  # closed: then print would take standard output
        print(text, file=sys.stderr)


# Commands


def _init(arguments: argparse.Namespace) -> str:
    from keys.custody import passphrase
    from keys.trust.directory import Environment
    from keys.trust.home import Home

    secret = passphrase.ask(*HOME_PASSPHRASE, prompt=f"the role keys in {arguments.home}", new=True)
    Home.create(arguments.home, Environment(arguments.environment), secret)
    return f"Made {arguments.home}: a {arguments.environment} directory whose roles have one key each."


def _authority_add(arguments: argparse.Namespace) -> str:
    from keys.custody import passphrase
    from keys.trust.home import Home
    from keys.trust.register import with_authority

    authority, home = options.authority(arguments), Home(arguments.home)
    with home.locked() as plan:
        with_authority(plan, authority, plan.roles["targets"])  # refused before a key is made for it
        secret = passphrase.ask(*HOME_PASSPHRASE, prompt=f"the role keys in {arguments.home}")
        home.save(with_authority(plan, authority, home.new_flag_role(secret)))
    issuers = ", ".join(authority.issuers)
    return f"{authority.flag}: {authority.name} at {issuers}, status lists below {authority.status_prefix}"


def _key_add(arguments: argparse.Namespace) -> str:
    from keys.algorithms import Algorithm
    from keys.custody import passphrase, sealed_file
    from keys.signer import SoftwareSigner
    from keys.trust.home import Home
    from keys.trust.register import RegisterError, flag_of, next_kid, with_key

    home, path = Home(arguments.home), arguments.sealed
    if home.owns(path):
        raise options.UsageError(f"{path} is the home's own: an authority's keys go into a file of theirs")
    with home.locked() as plan:
        flag, purposes = flag_of(plan, arguments.flag), options.purposes(arguments.purpose)
        kid = arguments.kid or next_kid(flag, arguments.at.year, purposes)
        secret = passphrase.ask(*AUTHORITY_PASSPHRASE, prompt=str(path), new=not path.exists())
        signers = sealed_file.unseal(path, secret) if path.exists() else {}
        # A key that is sealed and not registered was left by a command that died in between.
        signer = signers.get(kid) or SoftwareSigner.generate(Algorithm(arguments.algorithm))
        if signer.algorithm != arguments.algorithm:
            raise RegisterError(f"{path} has a key {kid} of another kind", f"--algorithm {signer.algorithm}")
        key = options.trusted_key(arguments, plan, kid, signer, purposes)
        changed = with_key(plan, arguments.flag, key)  # refused before anything is written
        if kid not in signers:
            sealed_file.seal(path, {**signers, kid: signer}, secret)
        home.save(changed)
    return (
        f"{kid}: {signer.algorithm} key in {path} for {', '.join(sorted(key.purposes))}; "
        f"signs until {key.sign_until:%Y-%m-%d}, counts until {key.verify_until:%Y-%m-%d}"
    )


def _key_retire(arguments: argparse.Namespace) -> str:
    from keys.trust.directory import KeyState
    from keys.trust.home import Home
    from keys.trust.register import with_state

    home, state = Home(arguments.home), KeyState(arguments.state)
    with home.locked() as plan:
        home.save(
            with_state(
                plan,
                arguments.flag,
                arguments.kid,
                state=state,
                reason=arguments.reason,
                at=arguments.at,
            )
        )
    return f"{arguments.kid}: {state}; publish to tell the ships"


def _publish(arguments: argparse.Namespace) -> str:
    from keys.custody import passphrase
    from keys.trust.folder import check_successor, write_folder
    from keys.trust.home import Home
    from keys.trust.publisher import publish

    home, out = Home(arguments.home), arguments.out
    if home.folder.resolve() in (out.resolve(), *out.resolve().parents):
        raise options.UsageError(f"{out} lies in the home {home.folder}, which is never shown to anyone")
    with home.locked() as plan:
        secret = passphrase.ask(*HOME_PASSPHRASE, prompt=f"the role keys in {home.folder}")
        files = publish(plan, signers=home.signers(secret), at=arguments.at, before=home.published())
        check_successor(out, files, arguments.at)
        out.mkdir(parents=True, exist_ok=True)
        home.store(files)  # remembered before it is shown: no version is ever signed twice
        write_folder(out, files)
    keys = sum(len(flag.keys) for flag in plan.flags)
    published = f"Published {len(plan.flags)} authorities with {keys} keys in {out}"
    return f"{published}\nDevices pin {out / '1.root.json'}"


COMMANDS: Mapping[str, Callable[[argparse.Namespace], str]] = {
    "init": _init,
    "authority add": _authority_add,
    "key add": _key_add,
    "key retire": _key_retire,
    "publish": _publish,
}

if __name__ == "__main__":
    sys.exit(main())
