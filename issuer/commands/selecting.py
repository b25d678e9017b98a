"""The options that choose certificates, which `affected` and the mass commands have in common."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from issuer.arguments import check_number, check_text
from issuer.domain.errors import InvalidInput
from issuer.domain.register import CertificateState
from issuer.services.clock import start_of
from issuer.services.mass.affected import MOST_NUMBERS, Selection
from issuer.settings import Settings
from keys.regular_file import opener
from verifier.credential.model import CertificateType

_LONGEST_LINE = 70
_DAY = ["%Y-%m-%d"]


def _text(name: str, told: str) -> Any:
    return Annotated[str | None, typer.Option(name, metavar="TEXT", help=told, callback=check_text)]


def _day(name: str, told: str) -> Any:
    return Annotated[datetime | None, typer.Option(name, metavar="DAY", formats=_DAY, help=told)]


OPTIONS: dict[str, Any] = {
    "key": _text("--key", "with a credential under this key id"),
    "rule": _text("--rule", "made by this rule, name and version"),
    "reporter": _text("--reporter", "reported by"),
    "provider": _text("--provider", "with a course of this provider"),
    "configuration": _text("--configuration", "with a credential made under this configuration"),
    "since": _day("--from", "with a credential of this day or later, YYYY-MM-DD"),
    "until": _day("--to", "with a credential of this day or earlier"),
    "kind": Annotated[CertificateType | None, typer.Option("--type", help="of this type")],
    "state": Annotated[CertificateState | None, typer.Option("--state", help="in this state")],
    "numbers": Annotated[
        Path | None, typer.Option("--numbers", metavar="FILE", help="these, one document number a line")
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was typed; days are the authority's, so they need its settings."""

    key: str | None
    rule: str | None
    reporter: str | None
    provider: str | None
    configuration: str | None
    since: datetime | None
    until: datetime | None
    kind: CertificateType | None
    state: CertificateState | None
    numbers: Path | None

    def selection(self, settings: Settings) -> Selection:
        """Raises InvalidInput for a file that cannot be read as numbers."""
        zone = ZoneInfo(settings.time_zone)
        return Selection(
            key=self.key,
            rule=self.rule,
            reporter=self.reporter,
            provider=self.provider,
            configuration=self.configuration,
            issued_from=start_of(self.since, zone),
            issued_until=start_of(self.until, zone, days=1),
            type=None if self.kind is None else self.kind.value,
            state=None if self.state is None else self.state.value,
            numbers=() if self.numbers is None else _read(self.numbers),
        )


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of a selection, which it takes as `choice`."""
    own = [one for one in inspect.signature(command).parameters.values() if one.name != "choice"]
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in OPTIONS.items()
    ]

    def run(**given: Any) -> None:
        command(choice=Choice(**{name: given.pop(name) for name in OPTIONS}), **given)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    parameters = [*keyword, *options]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what typer reads
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _read(file: Path) -> tuple[str, ...]:
    try:
        with open(file, encoding="ascii", opener=opener) as lines:
            text = lines.read(MOST_NUMBERS * _LONGEST_LINE)
            if lines.read(1):
                raise InvalidInput(
                    f"{file}: more than {MOST_NUMBERS} numbers", hint="make several files of it"
                )
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{file} is no text of document numbers", hint="write one on each line, in plain ASCII"
        ) from error
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", hint="check the name of the file") from error
    numbers = tuple(dict.fromkeys(text.split()))
    for number in numbers:
        check_number(number)
    if not numbers:
        raise InvalidInput(f"{file} has no document number", hint="one on each line")
    return numbers
