"""`portrait` and `portraits`: seafarers' photographs, one by one or a folder of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from issuer import terminal
from issuer.adapters.picture import MAX_FILE
from issuer.arguments import SeafarerId, check_seafarer
from issuer.commands.opening import PART, actor, register_of
from issuer.commands.repeating import is_keyed, once
from issuer.domain.errors import InvalidInput, IssuerError
from issuer.services.register.portraits import Portraits
from keys.encoding import Json
from keys.regular_file import opener

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def portrait(
    context: typer.Context,
    seafarer: SeafarerId,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="JPEG, PNG or WebP, upright")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="forget the photograph")] = False,
) -> None:
    """Keep a seafarer's photograph for the pass. It is made small; the next sync brings it to the phone."""
    if remove == (file is not None):
        raise InvalidInput("give a photograph or --remove", hint="ombord-issuer portrait SEAFARER FILE")
    data = None if file is None else _read(file)
    register = register_of(context)
    portraits = Portraits(register.database, register.clock)

    def act() -> dict[str, Json]:
        if data is None:
            portraits.remove(seafarer, actor=actor())
            return {}
        return {"changed": portraits.put(seafarer, data, actor=actor())}

    done = once(context, register, act, reading=data or b"")
    if data is None:
        terminal.tell(f"the photograph of {seafarer} is gone; phones lose it at their next sync")
    else:
        how = "stored" if done["changed"] else "the one that was there"
        terminal.tell(f"{seafarer}: the photograph is {how}")


def portraits(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="photographs, each named by its seafarer's id")
    ],
) -> None:
    """Load a folder of photographs. Good ones are kept, bad ones are named."""
    files = list(_pictures(folder))
    register = register_of(context)
    kept = Portraits(register.database, register.clock)
    digest = _digest(files) if is_keyed(context) else b""
    # Each picture commits by itself: one that is stored is unchanged when it is stored again.
    done = once(context, register, lambda: _store(kept, files), reading=digest, in_steps=True)
    terminal.tell(f"{done['stored']} stored, {done['unchanged']} unchanged, {done['refused']} refused")
    terminal.say_some(done["problems"], of=done["refused"])
    if done["refused"]:
        raise typer.Exit(PART)


def _store(kept: Portraits, files: Sequence[Path]) -> dict[str, Json]:
    of_each = Counter(file.stem for file in files)  # which of two is right, nobody has said
    changed, problems = 0, []
    with terminal.progress("Loading photographs", len(files)) as show:
        for done, file in enumerate(files, 1):
            try:
                if of_each[file.stem] > 1:
                    raise InvalidInput("another picture is of the same seafarer", hint="keep one of them")
                changed += kept.put(check_seafarer(file.stem) or "", _read(file), actor=actor())
            except IssuerError as error:
                problems.append(f"{file.name}: {error.message}")
            show(done, len(files))
    return {
        "stored": changed,
        "unchanged": len(files) - changed - len(problems),
        "refused": len(problems),
        "problems": [*problems[: terminal.SHOWN]],
    }


def _digest(files: Sequence[Path]) -> bytes:
    """Of all names and contents; what cannot be read counts as nothing, and is refused when it is stored."""
    digest = sha256()
    for file in files:
        try:
            contents = _read(file)
        except InvalidInput:
            contents = b""
        digest.update(sha256(file.name.encode(errors="surrogateescape")).digest() + sha256(contents).digest())
    return digest.digest()


def _pictures(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise InvalidInput(f"{folder}: {error.strerror}", hint="name a folder of photographs") from error
    yield from (one for one in found if one.suffix.lower() in ENDINGS)


def _read(file: Path) -> bytes:
    """At most one byte more than is taken. Raises InvalidInput."""
    try:
        with open(file, "rb", opener=opener) as data:
            return data.read(MAX_FILE + 1)
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the file's name") from error
