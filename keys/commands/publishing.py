"""`publish`: sign what may be signed here, take what was signed elsewhere, and show it to the world."""

import argparse
from pathlib import Path

from keys import options
from keys.commands import files
from keys.commands.ceremony import with_root
from keys.commands.register import stray_test_keys
from keys.options import UsageError
from keys.trust import draft_checks, status_index
from keys.trust.ceremony import ROOT
from keys.trust.drafts import Draft, gather, same
from keys.trust.folder import check_successor, read_folder, write_folder
from keys.trust.home import Home
from keys.trust.pending import pending
from keys.trust.plan import Plan
from keys.trust.published import Published
from keys.trust.publisher import publish as sign_all
from keys.trust.register import RegisterError


def publish(arguments: argparse.Namespace) -> str:
    """The next publication, in the home and in a folder for any web server."""
    home, out = Home(arguments.home), arguments.out
    if home.folder.resolve() in (out.resolve(), *out.resolve().parents):
        raise UsageError(f"{out} lies in the home {home.folder}, which is never shown to anyone")
    with home.locked() as plan:
        before = home.published()
        if not before:
            _refuse_lost(home, plan, out)
        signed = _gathered(arguments)
        known = Published(before).list_numbers
        lists = status_index.read(options.status_folders(arguments.status, plan), known)
        root = next((draft for draft in signed if draft.role == ROOT), None)
        now = with_root(plan, root, Published(before))
        secret = files.home_secret(arguments)
        made = sign_all(
            now,
            signers=home.signers(secret),
            at=arguments.at,
            before=before,
            drafts=signed,
            lists=lists.numbers,
            list_words=options.list_numbers(arguments.list_number, plan),
        )
        check_successor(out, made, arguments.at)
        out.mkdir(parents=True, exist_ok=True)
        if now != plan:
            home.save(now)  # first: were it lost, the next publication would undo what the root says
        home.store(made)  # remembered before it is shown: no version is ever signed twice
        write_folder(out, made)
    said = [f"Passed over: {one}" for one in lists.passed_over]
    return "\n".join([_told(now, made, out, arguments), *said])


def _refuse_lost(home: Home, plan: Plan, out: Path) -> None:
    """A home that has forgotten what it published would begin anew, and no device would follow."""
    shown = Published(read_folder(out)).root
    if shown is not None and set(shown.signed.roles["timestamp"].keyids) & set(plan.roles["timestamp"].ids):
        raise RegisterError(
            f"{home.folder} has lost what it published, which {out} still shows",
            f"restore the newest backup of the home, or copy {out} to {home.folder / 'published'}",
        )


def _gathered(arguments: argparse.Namespace) -> list[Draft]:
    """The drafts, each signed by enough: copies that were signed apart count together."""
    copies = [files.draft(path) for path in arguments.signed]
    for draft in copies:
        draft_checks.check(draft, arguments.at)
    for path, one in zip(arguments.signed, copies, strict=True):
        whole = next(iter(gather(draft for draft in copies if same(one, draft))))
        if lacking := whole.lacking():
            raise RegisterError(
                f"{path} is not signed by enough holders: it needs {lacking}", "let others sign it"
            )
    return gather(copies)


def _told(plan: Plan, made: dict[str, bytes], out: Path, arguments: argparse.Namespace) -> str:
    keys = [key for flag in plan.flags for key in flag.keys if flag.authority.flag not in plan.gone]
    lines = [
        (
            f"Published {_count(len(plan.flags) - len(plan.gone), 'authority', 'authorities')} with "
            f"{_count(len(keys), 'key', 'keys')} in {out}"
        ),
        f"Devices pin {out / '1.root.json'}",
        *(f"Waiting: {one}" for one in pending(plan, made, arguments.at)),
        *stray_test_keys(plan.environment, keys),
    ]
    return "\n".join(lines)


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
