"""The command line of `ombord-keys`: its commands, and what each can be asked."""

import argparse
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from keys.options import UsageError, instant

DESCRIPTION: Final = (
    "Register authorities and their keys, and publish the signed directory. "
    "Exit codes: 0 done, 1 refused, 3 wrong arguments."
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


@cache
def parser() -> argparse.ArgumentParser:
    """The command line; `command` names what to run. Made once: it costs more than most commands."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--home", type=Path, help="the publisher's folder (OMBORD_KEYS_HOME, ./ombord-keys)")
    common.add_argument("--at", type=instant, help=argparse.SUPPRESS)  # rehearsals make past and future
    top = _Parser(prog="ombord-keys", description=DESCRIPTION, parents=[common])
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    init = _command(commands, common, "init", "make a home that holds every role's keys: for trials")
    init.add_argument("--environment", choices=["test", "production"], default="test")
    init.add_argument(
        "--full", action="store_true", help="3 of 5 root keys and 2 of 3 directory keys, all here"
    )

    holder = _group(commands, "holder", "people who hold a role's key")
    new = _command(holder, common, "holder new", "make a holder's own key")
    new.add_argument("name", metavar="NAME", help="as the others know this holder")
    new.add_argument(
        "--sealed", type=Path, required=True, metavar="FILE", help="a new file for the private key"
    )
    new.add_argument("--out", type=Path, metavar="FILE", help="the public half (NAME.pub.json)")

    _root_options(_group(commands, "root", "ceremonies of the root's holders"), common)
    _directory_options(_group(commands, "directory", "what the directory's holders sign"), common)
    _authority_options(_group(commands, "authority", "register authorities; what they sign"), common)
    _key_options(_group(commands, "key", "make and retire authorities' keys"), common)

    _approver_options(
        _group(commands, "approver", "people and rules whose word lets the signer sign"), common
    )
    _signer_options(_group(commands, "signer", "the process that holds an authority's keys"), common)

    publish = _command(commands, common, "publish", "sign the directory into a folder")
    publish.add_argument("--out", type=Path, required=True, metavar="DIR")
    publish.add_argument(
        "--signed",
        type=Path,
        action="append",
        default=[],
        metavar="DRAFT",
        help="signed elsewhere; repeat it",
    )
    publish.add_argument(
        "--status",
        action="append",
        default=[],
        metavar="[FLAG=]FOLDER",
        help="a flag's status lists to index, or a folder with one named FLAG for each; repeat it",
    )
    publish.add_argument(
        "--list-number",
        action="append",
        default=[],
        metavar="FLAG/LIST=N",
        help="the newest number of a list, whatever was known; 0: there is none",
    )
    return top


def _group(commands: Any, name: str, text: str) -> Any:
    return commands.add_parser(name, help=text).add_subparsers(required=True, metavar="COMMAND")


def _command(commands: Any, common: argparse.ArgumentParser, name: str, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name.split()[-1], parents=[common], help=text)
    command.set_defaults(command=name)
    return command


def _root_options(root: Any, common: argparse.ArgumentParser) -> None:
    init = _command(root, common, "root init", "make a home whose root and directory are held elsewhere")
    init.add_argument("--environment", choices=["test", "production"], default="test")
    for role, option in (("root", ""), ("directory", "directory-")):
        holders = "--holder" if role == "root" else "--directory"
        init.add_argument(
            holders, type=Path, action="append", required=True, metavar="PUB.JSON", help=f"of {role}"
        )
        init.add_argument(
            f"--{option}threshold", type=int, required=True, metavar="N", help="how many must sign"
        )
    _out(init)

    rotate = _command(root, common, "root rotate", "draft the next root")
    for option, role in (("", "the root"), ("directory-", "the directory")):
        rotate.add_argument(
            f"--{option}add",
            type=Path,
            action="append",
            default=[],
            metavar="PUB.JSON",
            help=f"a holder of {role}",
        )
        rotate.add_argument(
            f"--{option}remove", action="append", default=[], metavar="NAME", help="by name or short key id"
        )
        rotate.add_argument(f"--{option}threshold", type=int, metavar="N", help="how many must sign")
    rotate.add_argument(
        "--renew", action="append", default=[], choices=["snapshot", "timestamp"], help="new keys"
    )
    rotate.add_argument(
        "--time-floor", type=instant, metavar="INSTANT", help="set devices' time floor back to it"
    )
    rotate.add_argument(
        "--gone", action="append", default=[], metavar="FLAG", help="a flag that is no member any more"
    )
    rotate.add_argument(
        "--back", action="append", default=[], metavar="FLAG", help="a flag that had left, with its own keys"
    )
    rotate.add_argument(
        "--replace-flag",
        action="append",
        default=[],
        metavar="FLAG",
        help="new keys without its old ones' word",
    )
    rotate.add_argument(
        "--flag-holder",
        type=Path,
        action="append",
        default=[],
        metavar="PUB.JSON",
        help="who holds the new ones",
    )
    _out(rotate)
    _sign_options(_command(root, common, "root sign", "sign a draft of the root with one's own key"))


def _directory_options(directory: Any, common: argparse.ArgumentParser) -> None:
    draft = _command(directory, common, "directory draft", "draft what the register says of all flags")
    draft.add_argument(
        "--signed", type=Path, metavar="DRAFT", help="the root's draft that this one goes with"
    )
    _out(draft)
    _sign_options(_command(directory, common, "directory sign", "sign a draft with one's own key"))


def _authority_options(authority: Any, common: argparse.ArgumentParser) -> None:
    add = _command(authority, common, "authority add", "register an authority")
    add.add_argument("flag", metavar="FLAG", help="two capitals as in ISO 3166-1")
    add.add_argument("--name", required=True, help="as its certificates name it")
    add.add_argument("--iss", action="append", required=True, metavar="URL", help="its https address")
    add.add_argument("--time-zone", metavar="ZONE", help="in which its dates are days")
    add.add_argument("--status-prefix", metavar="URL", help="below which its status lists lie (URL/status/)")
    _flag_holders(add, "holds a key of the flag's role on a machine of its own")

    rotate = _command(authority, common, "authority rotate", "hand a flag's role over to other keys")
    rotate.add_argument("flag", metavar="FLAG")
    rotate.add_argument(
        "--all", action="store_true", help="replace the next key too, not the current one alone"
    )
    _flag_holders(rotate, "a new holder, where the flag signs on machines of its own")
    rotate.add_argument(
        "--remove", action="append", default=[], metavar="NAME", help="by name or short key id"
    )
    rotate.add_argument(
        "--signed", type=Path, metavar="DRAFT", help="register a handover that was signed elsewhere"
    )
    _out(rotate)

    draft = _command(authority, common, "authority draft", "draft a flag's list of keys")
    draft.add_argument("flag", metavar="FLAG")
    draft.add_argument(
        "--signed", type=Path, metavar="DRAFT", help="the root's draft that this one goes with"
    )
    _out(draft)
    _sign_options(_command(authority, common, "authority sign", "sign a list of keys, or a handover"))


def _flag_holders(command: argparse.ArgumentParser, text: str) -> None:
    command.add_argument("--holder", type=Path, action="append", default=[], metavar="PUB.JSON", help=text)
    command.add_argument(
        "--threshold", type=int, metavar="N", help="how many of the flag's holders must sign"
    )


def _key_options(key: Any, common: argparse.ArgumentParser) -> None:
    new = _command(key, common, "key new", "make a key on the authority's own machine")
    new.add_argument("kid", metavar="KID", help="such as NO-2026a")
    new.add_argument("--sealed", type=Path, required=True, metavar="FILE", help="the authority's key file")
    new.add_argument("--algorithm", choices=["ES256", "Ed25519"], default="ES256")
    new.add_argument("--out", type=Path, metavar="FILE", help="the public half as a JWK (KID.jwk.json)")

    add = _command(key, common, "key add", "register a key, and make it unless it is there")
    add.add_argument("flag", metavar="FLAG")
    add.add_argument(
        "--purpose",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="certificate types, `certificates` for all of them (the default), `pass`, `status`, or `log`",
    )
    where = add.add_mutually_exclusive_group(required=True)
    where.add_argument("--sealed", type=Path, metavar="FILE", help="the authority's key file")
    where.add_argument("--public", type=Path, metavar="JWK", help="a public key that was made elsewhere")
    add.add_argument("--kid", help="chosen when left out: NO-2026a, NO-2026b, …")
    add.add_argument(
        "--algorithm", choices=["ES256", "Ed25519"], help="ES256 when left out, and Ed25519 for `log`"
    )
    add.add_argument("--iss", metavar="URL", help="for which of the authority's addresses (the first)")
    add.add_argument("--environment", choices=["test", "production"], help="the directory's when left out")
    add.add_argument("--sign-from", type=instant, metavar="INSTANT", help="today")
    add.add_argument("--sign-until", type=instant, metavar="INSTANT", help="two years later")
    add.add_argument("--verify-until", type=instant, metavar="INSTANT", help="five years and a month later")

    retire = _command(key, common, "key retire", "retire or revoke a key")
    retire.add_argument("flag", metavar="FLAG")
    retire.add_argument("kid", metavar="KID")
    retire.add_argument("--state", choices=["retired", "revoked", "allow-list-only"], default="retired")
    retire.add_argument(
        "--signs-until", type=instant, metavar="INSTANT", help="retired: it signs until then (now)"
    )
    retire.add_argument("--allow-list", type=Path, metavar="FILE", help="what the stolen key truly signed")
    retire.add_argument("--reason", help="shown to inspectors")


def _approver_options(approver: Any, common: argparse.ArgumentParser) -> None:
    new = _command(
        approver, common, "approver new", "make one's own key, and the line for the signing policy"
    )
    new.add_argument(
        "name", metavar="NAME", help="the person, or the engine of rules, as the policy names it"
    )
    new.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file for the private key")
    new.add_argument("--kid", help="the key's id; NAME and the year when left out")
    new.add_argument(
        "--rule", nargs="+", action="extend", default=[], metavar="RULE",
        help="an engine's key, which approves as these rules say",
    )  # fmt: skip


def _signer_options(signer: Any, common: argparse.ArgumentParser) -> None:
    serve = _command(signer, common, "signer serve", "hold the keys, and sign what the policy lets through")
    serve.add_argument("--policy", type=Path, required=True, metavar="FILE", help="the signing policy")
    where = serve.add_mutually_exclusive_group(required=True)
    where.add_argument("--sealed", type=Path, metavar="FILE", help="the authority's key file")
    where.add_argument("--module", metavar="LIBRARY", help="the PKCS#11 library of a token")
    serve.add_argument("--token", metavar="LABEL", help="the token's label, with --module")
    serve.add_argument(
        "--new-journal", action="store_true", help="begin a journal where there is none: once, at first"
    )
    stop = _command(signer, common, "signer stop", "stop all signing at once, until it is resumed")
    stop.add_argument("--reason", required=True)
    resume = _command(signer, common, "signer resume", "let signing go on")
    status = _command(
        signer, common, "signer status", "what the signer has signed, and whether it is stopped"
    )
    for command in (serve, stop, resume, status):
        command.add_argument("--socket", type=Path, metavar="FILE", help="HOME/signer.sock")


def _sign_options(sign: argparse.ArgumentParser) -> None:
    sign.add_argument("draft", type=Path, metavar="DRAFT")
    what = sign.add_mutually_exclusive_group(required=True)
    what.add_argument("--sealed", type=Path, metavar="FILE", help="the file with one's own key")
    what.add_argument("--show", action="store_true", help="say what it is, and sign nothing")
    sign.add_argument(
        "--before", type=Path, metavar="FILE", help="one's own copy of the version before, to compare"
    )
    sign.add_argument("--instead", action="store_true", help="another draft of this version was given up")


def _out(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, metavar="DRAFT", help="where the draft goes (here, by its name)")
