"""`ombord-keys`: register authorities and their keys, and publish the signed directory.

Exit codes: 0 done, 1 refused (nothing has changed), 3 wrong arguments.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from keys.arguments import parser
from keys.console import fail, say
from keys.custody import CustodyError
from keys.options import UsageError

DONE, REFUSED, USAGE = 0, 1, 3
COMMANDS: Mapping[str, str] = {
    "init": "register:init",
    "holder new": "ceremony:holder_new",
    "root init": "ceremony:root_init",
    "root sign": "signing:root_sign",
    "root rotate": "ceremony:root_rotate",
    "directory draft": "ceremony:directory_draft",
    "directory sign": "signing:directory_sign",
    "authority add": "register:authority_add",
    "authority rotate": "handovers:authority_rotate",
    "authority draft": "ceremony:authority_draft",
    "authority sign": "signing:authority_sign",
    "key new": "register:key_new",
    "key add": "register:key_add",
    "key retire": "register:key_retire",
    "publish": "publishing:publish",
    "approver new": "approvers:approver_new",
    "signer serve": "signer:serve",
    "signer stop": "signer:stop",
    "signer resume": "signer:resume",
    "signer status": "signer:status",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and prints no traceback for anything that a user can do."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without the names' letters
    try:
        arguments = parser().parse_args(argv, argparse.Namespace(home=None, at=None))
        arguments.home = arguments.home or Path(os.environ.get("OMBORD_KEYS_HOME") or "ombord-keys")
        arguments.at = arguments.at or datetime.now(UTC)
        done = _run(arguments.command, arguments)
    except UsageError as error:
        return fail(USAGE, str(error), "ombord-keys --help")
    except SystemExit as helped:  # argparse has printed its help
        return USAGE if helped.code else DONE
    except KeyboardInterrupt:
        return fail(REFUSED, "interrupted", "run the command again")
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else error.filename or arguments.home
        return fail(
            REFUSED, f"{where}: {error.strerror or error}", "check the path, its permissions and free space"
        )
    except (CustodyError, ValueError) as error:  # whatever a register, key file or directory cannot be
        return fail(REFUSED, str(error), getattr(error, "hint", "nothing has changed"))
    say(done)
    return DONE


def _run(command: str, arguments: argparse.Namespace) -> str:
    """Each command loads what it needs: most of them need no python-tuf."""
    module, function = COMMANDS[command].split(":")
    run: Callable[[argparse.Namespace], str] = getattr(import_module(f"keys.commands.{module}"), function)
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
