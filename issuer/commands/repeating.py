"""`--idempotency-key`: a command that changes something is done once, and its answer told each time."""

import json
import os
import re
from collections.abc import Callable
from typing import Any, Final

import typer

from issuer.commands.opening import actor
from issuer.composition import Register
from issuer.domain.errors import Conflict, IdempotencyConflict, InvalidInput, IssuerError
from issuer.services.operating.repeating import KEY, Answer, Asked, NoAnswer, is_final
from keys.encoding import Json, json_dumps, json_object

VARIABLE: Final = "OMBORD_IDEMPOTENCY_KEY"
_META: Final = "ombord.idempotency_key"
_DONE, _REFUSED = 200, 400  # how the answer ended; the store is the API's
_MAX_ANSWER: Final = 64 * 2**20


def has_key(context: typer.Context) -> bool:
    """Whether the command came with a key, so that the same words tell the same again."""
    return context.meta.get(_META) is not None


def once(
    context: typer.Context,
    register: Register,
    act: Callable[[], dict[str, Json]],
    *,
    reading: bytes = b"",
    in_steps: bool = False,
) -> dict[str, Any]:
    """What `act()` gives, all that the command tells: with a key, done once and given again as it was.

    What `act` writes commits together with its answer. An act of several transactions says `in_steps`: it
    must be one that does no harm when it is done again after a crash. `reading` is what the command read
    besides its arguments: a file's contents. Without a key this is `act()`.

    Raises what `act` raises, each time; IdempotencyConflict when the key came with another command.
    """
    key = context.meta.get(_META)
    if key is None:
        return act()
    asked = Asked(_name(context), _arguments(context) + b"\n" + reading, actor())
    run = register.repeating.once_in_steps if in_steps else register.repeating.once
    found = run(key, asked, lambda: _run(act))
    match found:
        case Answer():
            return _told(found)
        case NoAnswer.IN_PROGRESS:
            raise Conflict("a command with this idempotency key is still running", hint="wait for its end")
        case NoAnswer.OTHER_REQUEST:
            raise IdempotencyConflict(
                "this idempotency key came with another command, arguments, file or user before",
                hint="use a new key for each intention, `uuidgen` makes one; nothing was done now",
            )
        case NoAnswer.SEALED:
            raise Conflict(
                "it was done, and its answer cannot be read since OMBORD_OPERATOR_TOKEN was changed",
                hint="look at what is there: `ombord-issuer audit show`",
            )


def is_keyed(context: typer.Context) -> bool:
    """Whether a key was given, so that it pays to read a large file for its digest."""
    return context.meta.get(_META) is not None


def take_key(context: typer.Context, given: str | None) -> None:
    """Keep the key of the option, or of the environment, for `once`. Raises InvalidInput."""
    key = given if given is not None else os.environ.get(VARIABLE)
    if key is None:
        return
    if not re.fullmatch(KEY, key):
        raise InvalidInput(
            "an idempotency key is 8 to 200 visible ASCII characters", hint="`uuidgen` makes a good one"
        )
    context.meta[_META] = key


def _name(context: typer.Context) -> str:
    """As it is typed, whatever the program's file is called: `ombord-issuer audit verify`."""
    words = context.command_path.removeprefix(context.find_root().command_path)
    return f"ombord-issuer{words}"


def _arguments(context: typer.Context) -> bytes:
    return json.dumps(context.params, default=str, sort_keys=True).encode()


def _run(act: Callable[[], dict[str, Json]]) -> Answer:
    try:
        return Answer(_DONE, json_dumps(act()))
    except IssuerError as error:
        if not is_final(error):
            raise
        refusal: dict[str, Json] = {"code": error.code, "message": error.message, "hint": error.hint}
        return Answer(_REFUSED, json_dumps(refusal))


def _told(answer: Answer) -> dict[str, Any]:
    told = json_object(answer.body, max_size=_MAX_ANSWER)
    if answer.status == _DONE:
        return told
    error = IssuerError(str(told["message"]), hint=str(told["hint"]))
    error.code = str(told["code"])
    raise error
