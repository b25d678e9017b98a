"""`ombord-keys signer`: the process that holds an authority's keys, and what its operator says to it."""

import argparse
import gc
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keys import console
from keys.commands import files
from keys.custody import CustodyError, passphrase
from keys.custody.signer_client import SignerClient
from keys.options import UsageError

if TYPE_CHECKING:
    from keys.custody.backend import Batches, KeyBackend
    from keys.custody.signing_policy import SigningPolicy

JOURNAL: Final = "signer.journal"
STOP: Final = "signer.stop"
LOG_HEADS: Final = "signer.log-heads"
LISTS: Final = "signer.lists"
SOCKET: Final = "signer.sock"
PIN: Final = "OMBORD_TOKEN_PIN"
ANSWER_SECONDS: Final = 10.0
HANDOVER_SECONDS: Final = 0.0001  # threads that wait for each other; Python's own is 5 ms


class SignerHomeError(CustodyError):
    """The signer's folder is not as it must be."""

    hint = "the first start makes its journal: signer serve --new-journal; later, restore it from a backup"


def serve(arguments: argparse.Namespace) -> str:
    """Hold the keys until SIGTERM or SIGINT."""
    from keys.custody import policy_file
    from keys.custody.checking_process import CheckingProcess
    from keys.custody.journal import Journal
    from keys.custody.list_states import ListStates
    from keys.custody.log_heads import LogHeads
    from keys.custody.signer_process import SignerServer
    from keys.custody.signing_desk import SigningDesk
    from keys.custody.stop_switch import StopSwitch
    from keys.trust.directory import LOG

    home: Path = arguments.home
    policy = policy_file.load(arguments.policy)
    _prepare(home, new=arguments.new_journal)
    # One signer at a time: found out before anybody is asked for a passphrase.
    journal = Journal(home / JOURNAL, new=arguments.new_journal)
    with ExitStack() as ending:
        ending.callback(journal.close)
        if journal.torn:
            console.warn(f"warning: {journal.torn} bytes of a last batch were torn, and are kept beside")
        counted = any(purpose == LOG for _, purpose in journal.counts)
        desk = SigningDesk(
            policy,
            journal,
            _backend(arguments, policy),
            StopSwitch(home / STOP),
            heads=LogHeads(home / LOG_HEADS, expected=counted),
            lists=ListStates(home / LISTS),
        )
        sys.setswitchinterval(HANDOVER_SECONDS)
        desk.start()
        desk.check = checking = CheckingProcess(desk.public)
        ending.callback(checking.close)
        server = SignerServer(desk, _socket(arguments))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.end())
        console.say(f"Signing with {', '.join(sorted(desk.public))} (policy {policy.version})")
        gc.freeze()  # what is there for good is not looked through again and again
        gc.set_threshold(20_000)
        server.serve()
        return f"Ended; {len(journal)} drafts were signed in all"


def stop(arguments: argparse.Namespace) -> str:
    """Stop: by the file itself, which needs no signer that answers."""
    from keys.custody.stop_switch import StopSwitch

    if (arguments.home / JOURNAL).exists():
        StopSwitch(arguments.home / STOP).stop(arguments.reason)
    else:  # another user's signer
        _client(arguments).stop(arguments.reason)
    return "Signing is stopped; signer resume lets it go on"


def resume(arguments: argparse.Namespace) -> str:
    """Let it go on, if the policy names us among the operators."""
    _client(arguments).resume()
    return "Signing goes on"


def status(arguments: argparse.Namespace) -> str:
    """How it stands, in lines."""
    client = _client(arguments)
    found, counts = client.status(), client.count()
    lines = [f"policy   {found.get('policy')}", f"stopped  {found.get('stopped') or 'no'}"]
    lines += [f"drafts   {counts.drafts}"]
    for kid, by_purpose in counts.by_key.items():
        lines += [f"         {kid} {purpose} {count}" for purpose, count in by_purpose.items()]
    return "\n".join([*lines, f"head     {found.get('head')}"])


def _prepare(home: Path, *, new: bool) -> None:
    if new:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (home / JOURNAL).exists():
            raise SignerHomeError(f"{home / JOURNAL} is there already: start without --new-journal")
    elif not (home / JOURNAL).exists():
        raise SignerHomeError(f"{home / JOURNAL} is missing: what was signed before would be signed again")


def _backend(arguments: argparse.Namespace, policy: "SigningPolicy") -> "KeyBackend | Batches":
    from keys.custody.backend import SealedBackend
    from keys.custody.backend_process import BackendProcess

    if arguments.module is None:
        return SealedBackend(files.own_signers(arguments))
    if arguments.token is None:
        raise UsageError("--module needs --token, the token's label")
    try:
        from keys.custody.pkcs11 import Pkcs11Backend
    except ImportError:
        raise UsageError("tokens need python-pkcs11: pip install ombord[pkcs11]") from None
    pin = passphrase.ask(PIN, prompt=f"the token {arguments.token} (its PIN)").decode()
    ids = {kid: key.cka_id or kid.encode() for kid, key in policy.keys.items()}
    return BackendProcess(Pkcs11Backend(arguments.module, arguments.token, pin, ids))


def _socket(arguments: argparse.Namespace) -> Path:
    path: Path = arguments.socket or arguments.home / SOCKET
    return path


def _client(arguments: argparse.Namespace) -> SignerClient:
    return SignerClient(_socket(arguments), timeout=ANSWER_SECONDS)
