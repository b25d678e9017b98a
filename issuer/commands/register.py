"""`import` and `export`: the register as a file."""

import sys
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer import terminal
from issuer.commands.opening import PART, actor, register_of, settings_of
from issuer.commands.repeating import is_keyed, once
from issuer.composition import Register
from issuer.domain.errors import InvalidInput
from issuer.services.register import looking
from issuer.services.register.exporting import export_lines
from issuer.services.register.importing import ImportReport
from issuer.services.register.portraits import ENDING, Portraits
from keys.custody import atomic_file
from keys.encoding import Json


def import_register(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a register extract, JSON Lines")],
) -> None:
    """Load a register extract. Good rows are loaded, bad ones are named."""
    settings = settings_of(context)
    try:
        size = file.stat().st_size
        with file.open("rb") as lines:
            digest = _digest(lines, file) if is_keyed(context) else b""
            register = register_of(context, settings, create=True)

            def act() -> dict[str, Json]:
                with terminal.progress(f"Loading {file.name} (bytes)", size) as show:
                    return _members(
                        register.importing.load(
                            lines, actor=actor(), progress=lambda done: show(min(done, size), size)
                        )
                    )

            # Each batch commits by itself: rows that are loaded are unchanged when they are loaded again.
            report = once(context, register, act, reading=digest, in_steps=True)
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the file's name") from error
    _tell(report)
    if report["rejected"]:
        raise typer.Exit(PART)


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="where to; - is standard output")] = Path("-"),
    portraits: Annotated[
        Path | None, typer.Option("--portraits", metavar="DIR", help="photographs too, as `portraits` reads")
    ] = None,
) -> None:
    """Write the register in the format that `import` reads."""
    register = register_of(context)
    if portraits is not None:
        looking.note(register.database, register.clock, looking.PORTRAITS_EXPORTED, {}, actor=actor())
        _write_portraits(register, portraits)
    looking.note(register.database, register.clock, looking.EXPORTED, {}, actor=actor())
    lines = export_lines(register.database, register.settings)
    if str(file) == "-":
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
        return
    try:
        atomic_file.write(file, b"".join(lines), mode=0o600)
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be written: {error.strerror}", hint="choose another place"
        ) from error


def _write_portraits(register: Register, folder: Path) -> None:
    """Each in its file. One from before of somebody who has none now would come back with the next import."""
    portraits = Portraits(register.database, register.clock)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        older = {path.name for path in folder.glob(f"*{ENDING}")}
        if older and (gone := older - {f"{one.seafarer_id}{ENDING}" for one in portraits.each()}):
            raise InvalidInput(
                f"{folder} holds a picture that the register does not: {min(gone)}",
                hint="export into an empty folder",
            )
        for one in portraits.each():
            atomic_file.write(folder / f"{one.seafarer_id}{ENDING}", one.picture, mode=0o600)
    except OSError as error:
        raise InvalidInput(
            f"{folder} cannot be written: {error.strerror}", hint="choose another place"
        ) from error


def _digest(lines: BufferedReader, file: Path) -> bytes:
    if not lines.seekable():
        raise InvalidInput(
            f"{file}: what is read once cannot be compared with what came under the same idempotency key",
            hint="save it as a file first, or give no key",
        )
    digest = file_digest(lines, "sha256").digest()
    lines.seek(0)
    return digest


def _members(report: ImportReport) -> dict[str, Json]:
    problems: list[Json] = [f"line {row.line}: {row.reason}" for row in report.rejected[: terminal.SHOWN]]
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "rejected": len(report.rejected),
        "problems": problems,
    }


def _tell(report: dict[str, Any]) -> None:
    counts = (f"{report[name]} {name}" for name in ("added", "changed", "unchanged", "rejected"))
    terminal.tell(", ".join(counts))
    terminal.say_some(report["problems"], of=report["rejected"])
