"""The main job from end to end, through the real commands: `make demo`.

Two authorities issue, a phone carries, an inspector checks with no connection; then things go wrong.
Ends with a table of what was shown and what the verifier said of it, and exit code 0 if all of it is right.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from demo import at_sea, pictures, scenes
from demo.at_sea import Cast
from demo.authorities import MEDICAL_ONLY_KID, PASSPHRASE, AuthorityOffice, establish
from demo.extract import in_force, make_extract, write
from demo.faces import jpeg
from demo.inspector import Inspector, Scene, Seen
from demo.personas import Persona, with_all
from demo.scenes import LiveCode, Material
from demo.seafarer_file import Row
from demo.stage import DemoFailed, Stage
from demo.wallet_scene import PASS
from keys.custody import sealed_file
from verifier.scan import codes

SEED = 20260101
SEAFARERS = {"NO": 1000, "DK": 40}
HELD = ("competency", "gmdss", "medical", "proficiency")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it all. Exit 0 if every verdict is right, 1 if one is not or a command failed."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("demo-output"), help="where everything is left")
    parser.add_argument(
        "--seafarers", type=int, default=SEAFARERS["NO"], help="how many Norway's register has"
    )
    asked = parser.parse_args(arguments)
    stage = Stage(asked.out.resolve())
    try:
        stage.clear()
        seen = _play(stage, SEAFARERS | {"NO": asked.seafarers})
    except DemoFailed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return _report(stage, seen)


def _play(stage: Stage, seafarers: Mapping[str, int]) -> list[Seen]:
    stage.say("— A root of trust, two authorities, their keys, and the signed directory")
    offices = establish(stage)
    norway = offices["NO"]
    with ExitStack() as servers:
        stage.say("— Each authority's service, and its register")
        for office in offices.values():
            well_known = f"http://127.0.0.1:{office.port}/.well-known/jwt-vc-issuer/{office.flag.lower()}"
            servers.enter_context(
                stage.serving("ombord-issuer", "serve", env=office.settings, url=well_known)
            )
        rows = {flag: _load(stage, office, seafarers[flag]) for flag, office in offices.items()}
        today = datetime.now(UTC).date()
        officer = with_all(rows["NO"], today, *HELD)
        recognised = with_all(rows["DK"], today, "recognition").numbers["recognition"]
        ailing = _medical_that_expires_soon(rows["NO"], today)

        stage.say("— Paper, the seafarer's phone, and the sea pack that goes on board")
        colleague = _colleague(rows["NO"], today, officer)
        papers = (officer.numbers["competency"], str(ailing["document_number"]), colleague)
        paper = _print(stage, norway, *papers)
        danish = _print(stage, offices["DK"], recognised)
        shown = _pick_up(stage, norway, officer)
        inspector = Inspector(stage.path("inspector"))
        _sea_pack(stage, offices, inspector, "first")

        stage.say("— What the inspector is shown, with every socket blocked")
        material = Material(
            folder=stage.path("shown", "x").parent,
            live=shown[officer.numbers["competency"]],
            sea_pass=shown[PASS],
            paper=paper[0],
            medical=paper[1],
            endorsement=danish[0],
            medical_last_day=date.fromisoformat(str(ailing["expiry_date"])),
            keys=dict(sealed_file.unseal(norway.sealed_keys, PASSPHRASE["OMBORD_PASSPHRASE"].encode())),
            certificate_kid=norway.settings["OMBORD_CERTIFICATE_KID"],
            medical_kid=MEDICAL_ONLY_KID,
        )
        seen = [_judge(stage, inspector, scene) for scene in scenes.on_the_first_day(material)]

        stage.say("— Ashore, one certificate is revoked, one suspended, one replaced; a newer pack says so")
        fallen = [officer.numbers[kind] for kind in ("gmdss", "proficiency", "medical")]
        for command, number in zip(("revoke", "suspend", "replace"), fallen, strict=True):
            stage.run("ombord-issuer", command, number, env=norway.settings, quiet=True)
        _sea_pack(stage, offices, inspector, "second")
        later = _show(stage, fallen)
        news = scenes.after_the_news([later[number] for number in fallen], later[PASS])
        seen += [_judge(stage, inspector, scene) for scene in news]
        cast = Cast(
            phone=stage.path("phone"),
            number=officer.numbers["competency"],
            colleague=colleague,
            colleague_paper=paper[2],
            danish_paper=danish[0],
        )
        seen += [_judge(stage, ship, scene) for ship, scene in at_sea.play(stage, offices, cast)]
    _leave_pictures(stage, officer, inspector, material)
    return seen


def _load(stage: Stage, office: AuthorityOffice, count: int) -> list[Row]:
    """Make the register's extract and load it, progress bar and all."""
    extract = stage.path(office.flag, "register.jsonl")
    today = datetime.now(UTC).date()
    rows = list(make_extract(office.flag, count, SEED, today))
    seafarers, certificates, good = write(iter(rows), extract, today)
    stage.say(f"{extract.name}: {seafarers:,} seafarers, {certificates:,} certificates, {good:,} in force")
    print(stage.run("ombord-issuer", "import", extract, env=office.settings), end="")
    return rows


def _medical_that_expires_soon(rows: Sequence[Row], today: date) -> Row:
    """A medical certificate with a few days left, so that its last day passes while the pack is fresh."""
    last = (today + timedelta(days=40)).isoformat()
    candidates = [
        row
        for row in rows
        if row.get("type") == "medical" and in_force(row, today) and str(row["expiry_date"]) <= last
    ]
    return min(candidates, key=lambda row: str(row["expiry_date"]))


def _colleague(rows: Sequence[Row], today: date, officer: Persona) -> str:
    """Another officer's certificate of competency, good for the whole voyage."""
    voyage_over = (today + timedelta(days=250)).isoformat()
    return next(
        str(row["document_number"])
        for row in rows
        if row.get("type") == "competency"
        and in_force(row, today)
        and str(row["expiry_date"]) >= voyage_over
        and row["document_number"] != officer.numbers["competency"]
    )


def _print(stage: Stage, office: AuthorityOffice, *numbers: str) -> list[Path]:
    """Credentials for paper; the files with their QR text."""
    out = stage.path("paper", office.flag)
    stage.run("ombord-issuer", "print", *numbers, "--out", out, env=office.settings, quiet=True)
    return [next(out.rglob(f"{number}*.txt")) for number in numbers]


def _pick_up(stage: Stage, office: AuthorityOffice, officer: Persona) -> dict[str, LiveCode]:
    """An offer by the authority, taken up on the phone, which then shows the certificate of competency."""
    photograph = stage.path(office.flag, "officer.jpg")
    photograph.write_bytes(jpeg(officer.seafarer_id))
    stage.run("ombord-issuer", "portrait", officer.seafarer_id, photograph, env=office.settings, quiet=True)
    numbers = [word for kind in HELD for word in ("--certificate", officer.numbers[kind])]
    said = stage.run("ombord-issuer", "offer", officer.seafarer_id, "--json", *numbers, env=office.settings)
    offer = json.loads(said)
    stage.say(f"{officer.name} takes the phone, opens the offer, types the pick-up code, and syncs")
    offered = ("--offer", offer["link"], "--tx-code", offer["tx_code"], "--sync")
    return _wallet(stage, "pick-up", [officer.numbers["competency"]], *offered)


def _show(stage: Stage, numbers: Sequence[str]) -> dict[str, LiveCode]:
    stage.say("The phone shows each of them, live")
    return _wallet(stage, "later", numbers)


def _wallet(stage: Stage, scene: str, numbers: Sequence[str], *more: str) -> dict[str, LiveCode]:
    """Drive the wallet in a process of its own; the codes that its screen showed, by number, and the pass."""
    out = stage.path("screens", scene)
    where = ("--home", stage.path("phone"), "--out", out, "--show-pass")
    stage.run("python", "-m", "demo.wallet_scene", *where, *more, "--show", *numbers, show=False)
    taken = json.loads((out / "shown.json").read_text())
    return {name: _live(out / f"{name}-code.png", taken[name]) for name in taken}


def _live(picture: Path, taken: str) -> LiveCode:
    found = codes(picture.read_bytes())
    if len(found) != 1:
        raise DemoFailed(f"{picture}: {len(found)} QR codes can be read, instead of one")
    return LiveCode(picture=picture, text=found[0], taken=datetime.fromisoformat(taken))


def _sea_pack(stage: Stage, offices: dict[str, AuthorityOffice], inspector: Inspector, name: str) -> None:
    """Publish status lists, build a pack, carry it on board and import it."""
    lists = []
    for flag, office in offices.items():
        lists.append(stage.path("published", flag))
        stage.run("ombord-issuer", "publish", "--out", lists[-1], env=office.settings, quiet=True)
    pack, directory = stage.path("packs", f"{name}.obpack"), stage.path("directory")
    stage.run("ombord-verify", "pack", "build", "--directory", directory, "--lists", *lists, "--out", pack)
    root, device = directory / "1.root.json", {"OMBORD_HOME": str(inspector.home)}
    print(stage.run("ombord-verify", "pack", "import", pack, "--root", root, env=device), end="")


def _judge(stage: Stage, inspector: Inspector, scene: Scene) -> Seen:
    seen = inspector.judge(scene)
    stage.say(f"{'ok   ' if seen.right else 'WRONG'} {scene.title}: {seen.headline}")
    return seen


def _leave_pictures(stage: Stage, officer: Persona, inspector: Inspector, material: Material) -> None:
    """The wallet's screens side by side, and a verdict as a terminal shows it."""
    screens, number = stage.path("screens", "pick-up"), officer.numbers["competency"]
    three = [screens / "list.png", screens / f"{number}-certificate.png", screens / f"{number}-code.png"]
    pictures.side_by_side(three, stage.path("wallet.png"))
    at = material.live.taken.strftime("%Y-%m-%dT%H:%M:%SZ")
    _, said = inspector.check(str(material.paper), "--at", at, env={"FORCE_COLOR": "1"})
    command = f"$ ombord-verify check {material.paper.name}"
    pictures.terminal(f"{command}\n\n{said}", stage.path("verdict.svg"))


def _report(stage: Stage, seen: Sequence[Seen]) -> int:
    """The table of verdicts, on the screen and in the folder."""
    lines = list(_table(seen))
    stage.path("verdicts.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(("", *lines, "")))
    wrong = [one for one in seen if not one.right]
    for one in wrong:
        print(f"WRONG: {one.scene.title}: {one.headline}, not {one.scene.headline} ({one.reason})")
    stage.say(f"{len(seen) - len(wrong)} of {len(seen)} verdicts are right. Everything is in {stage.folder}")
    print("  wallet.png, verdict.svg    the phone's screens, and a verdict in a terminal")
    print("  pack.svg, ship/, site/     the sea pack: a look at it, on board, on a web server")
    print("  shown/, paper/, screens/   what the inspector was shown; check any of it yourself:")
    print(f"  OMBORD_HOME={stage.path('inspector')} \\")
    print(f"    .venv/bin/ombord-verify check {stage.path('shown', 'unknown-issuer.txt')}")
    return 1 if wrong else 0


def _table(seen: Sequence[Seen]) -> Iterator[str]:
    yield "| row | shown to the inspector | headline | verdict |"
    yield "|---|---|---|---|"
    for one in seen:
        yield f"| {one.scene.row} | {one.scene.title} | {one.headline} | {one.verdict} |"


if __name__ == "__main__":
    sys.exit(main())
