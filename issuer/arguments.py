"""The arguments that several commands of `ombord-issuer` take, each checked before anything is opened.

A shell may hand over any bytes; what is no UTF-8 reaches Python as surrogates, which no database takes.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from issuer.domain.errors import InvalidInput
from issuer.domain.extract import BadRow, check_document_number, check_reason

_ECHOED = 80


def check_number(value: str | None) -> str | None:
    """A document number, when one is given. Raises InvalidInput."""
    return value if value is None else _checked(check_document_number, value)


def check_numbers(values: list[str] | None) -> list[str] | None:
    """Document numbers, if any. Raises InvalidInput."""
    return values if values is None else [_checked(check_document_number, value) for value in values]


def check_seafarer(value: str | None) -> str | None:
    """A seafarer's id, when one is given; that the register has it is asked later. Raises InvalidInput."""
    if value is None or (value.isascii() and value.isalnum()):
        return value
    raise InvalidInput(
        f"{_short(value)}: a seafarer's id is letters and digits", hint="find it with `export`"
    )


def check_store(value: str | None) -> str | None:
    """Where published files go; whether it can be used is asked when it is. Raises InvalidInput."""
    if value is None or (value and value.isprintable() and len(value) <= 400):
        return value
    raise InvalidInput(
        f"{_short(value)}: a store is a folder or s3://BUCKET/PREFIX", hint="check what was typed"
    )


def check_actor(value: str | None) -> str | None:
    """Who did something, as the audit trail names them. Raises InvalidInput."""
    if value is None or (value.isprintable() and len(value) <= 100):
        return value
    raise InvalidInput(
        f"{_short(value)}: an actor is printable text", hint="`audit show` names those that there are"
    )


def check_text(value: str | None) -> str | None:
    """A name as the register's columns hold it, when one is given. Raises InvalidInput."""
    if value is None or (value.strip() and value.isprintable() and len(value) <= 100):
        return value
    raise InvalidInput(
        f"{_short(value)}: a name is 1 to 100 printable characters", hint="check what was typed"
    )


def check_why(value: str | None) -> str | None:
    """A reason, when one is given; an empty one is none. Raises InvalidInput."""
    if value is None or value.strip():
        return value if value is None else _checked(check_reason, value)
    raise InvalidInput("no reason is given", hint="say why in a few words")


def check_serial(value: str) -> str:
    """A credential's serial. Raises InvalidInput."""
    if re.fullmatch("[0-9A-Za-z_-]{1,64}", value, re.ASCII):
        return value
    raise InvalidInput(f"{_short(value)}: a serial is letters and digits", hint="find it with `audit show`")


def check_record(value: str) -> str:
    """The id of a record of service, a course or the like. Raises InvalidInput."""
    if re.fullmatch("[0-9a-f]{20}", value, re.ASCII):
        return value
    raise InvalidInput(
        f"{_short(value)}: a record's id is 20 of the signs 0-9 and a-f", hint="find it with `record about`"
    )


def check_hash(value: str | None) -> str | None:
    """A SHA-256 in hex. Raises InvalidInput."""
    if value is None or re.fullmatch("[0-9a-f]{64}", value, re.ASCII):
        return value
    raise InvalidInput(
        f"{_short(value)}: a head is 64 of the signs 0-9 and a-f", hint="as `audit verify` has written it"
    )


def _reason(value: str) -> str:
    return _checked(check_reason, value) if value else value


def _checked(check: Callable[[str], str], value: str) -> str:
    try:
        return check(value)
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{_short(value)}: not UTF-8 text", hint="check what was typed") from error
    except BadRow as error:
        raise InvalidInput(f"{_short(value)}: {error}", hint="check what was typed") from error


def _short(value: str) -> str:
    """Enough of what was typed to know it again."""
    return value if len(value) <= _ECHOED else f"{value[:_ECHOED]}…"


Number = Annotated[
    str, typer.Argument(metavar="NUMBER", help="the certificate's document number", callback=check_number)
]
SeafarerId = Annotated[
    str, typer.Argument(metavar="SEAFARER", help="a seafarer's id", callback=check_seafarer)
]
Reason = Annotated[
    str,
    typer.Option("--reason", help="why, naming nobody: the audit trail keeps it for good", callback=_reason),
]
AsJson = Annotated[bool, typer.Option("--json", help="for scripts")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="the folder to write to")]
