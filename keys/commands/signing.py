"""`root sign`, `directory sign`, `authority sign`: a holder reads what a draft says, and signs it."""

import argparse

from keys import console
from keys.commands import files
from keys.custody import atomic_file, lock
from keys.options import UsageError
from keys.trust import draft_checks, drafts, words
from keys.trust.ceremony import ROOT
from keys.trust.drafts import Draft, DraftError
from keys.trust.handing_over import HandoverDraft
from keys.trust.metadata import DIRECTORY, encode
from keys.trust.plan import spoken
from keys.trust.signed_before import SignedBefore


def root_sign(arguments: argparse.Namespace) -> str:
    """Sign a draft of the root."""
    return _sign(arguments, "root")


def directory_sign(arguments: argparse.Namespace) -> str:
    """Sign a draft of the directory."""
    return _sign(arguments, "directory")


def authority_sign(arguments: argparse.Namespace) -> str:
    """Sign a flag's list of keys, or its handover to other keys."""
    data = files.read(arguments.draft)
    if b'"ombord-handover-draft"' in data[:200]:
        return _sign_handover(arguments, data)
    return _sign(arguments, "authority")


def _sign(arguments: argparse.Namespace, kind: str) -> str:
    draft = files.draft(arguments.draft)
    its_kind = {ROOT: "root", DIRECTORY: "directory"}.get(draft.role, "authority")
    if its_kind != kind:
        raise DraftError(f"{arguments.draft} is a draft of {spoken(draft.role)}: ombord-keys {its_kind} sign")
    draft_checks.check(draft, arguments.at)
    _compare(arguments, draft)
    text = words.describe(draft)
    if arguments.show:
        return text
    console.say(text)  # before a passphrase is asked for: whoever types it has read this
    signers = files.own_signers(arguments)
    added = draft.sign(signers.values())
    if not added:
        return "This file's key has signed it already; nothing was changed"
    SignedBefore(arguments.sealed).note(draft, instead=arguments.instead)
    with lock.beside(arguments.draft):  # others may have signed the same file meanwhile
        draft = drafts.merge(draft, files.draft(arguments.draft))
        draft_checks.check(draft, arguments.at)
        atomic_file.write(arguments.draft, drafts.to_json(draft))
    return _thanks(", ".join(map(draft.name, added)), draft.lacking(), f"--signed {arguments.draft}")


def _compare(arguments: argparse.Namespace, draft: Draft) -> None:
    """A holder who keeps the version before need not believe the draft about it."""
    if arguments.before is None:
        return
    if draft.before is None or encode(draft.before) != files.read(arguments.before):
        raise DraftError(f"{arguments.draft} does not follow {arguments.before}, but another version before")


def _sign_handover(arguments: argparse.Namespace, data: bytes) -> str:
    if arguments.before is not None:
        raise UsageError("a handover follows no version before it: leave --before out")
    draft = HandoverDraft.from_json(data)
    draft.check()
    if arguments.show:
        return draft.describe()
    console.say(draft.describe())
    signed = draft.signed_by(files.own_signers(arguments).values())
    added = ", ".join(draft.name(one) for one in signed.signatures if one not in draft.signatures)
    if not added:
        return "This file's key has signed it already; nothing was changed"
    SignedBefore(arguments.sealed).note_handover(signed, instead=arguments.instead)
    with lock.beside(arguments.draft):
        signed = signed.merged(HandoverDraft.from_json(files.read(arguments.draft)))
        signed.check()
        atomic_file.write(arguments.draft, signed.to_json())
    lack = draft.old.threshold - len(signed.signatures)
    return _thanks(added, f"{lack} more" if lack > 0 else "", f"authority rotate {draft.flag} --signed")


def _thanks(who: str, lacking: str, then: str) -> str:
    if lacking:
        return f"Signed as {who}; it needs {lacking}"
    return f"Signed as {who}; that is enough: give it to the publisher ({then})"
