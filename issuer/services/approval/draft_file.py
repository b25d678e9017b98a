"""The file that `draft` reads: rows of an extract, or YAML or JSON of certificates. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

import yaml

from issuer.domain import extract
from issuer.domain.errors import InvalidInput
from issuer.domain.extract import BadRow
from keys.encoding import Json
from keys.strict_yaml import PlainLoader

MAX_FILE: Final = 16 << 20


class DraftRow(NamedTuple):
    """A certificate to draft, as `Proposing.draft` takes it, and where it stands."""

    where: str
    members: Mapping[str, Json]


class _Unreadable(Exception):
    """What the file is not."""


class _Loader(PlainLoader):
    refusal = _Unreadable


def read(data: bytes, flag: str) -> Iterator[DraftRow]:
    """The certificates in a file. Raises InvalidInput."""
    if len(data) > MAX_FILE:
        raise InvalidInput(f"a file of more than {MAX_FILE >> 20} MB", hint="split it")
    if b'"ombord-register"' in data[:200]:
        yield from _rows(data.splitlines(), flag)
        return
    try:
        value = yaml.load(data, Loader=_Loader)  # noqa: S506 - a subclass of SafeLoader
    except (yaml.YAMLError, _Unreadable, UnicodeDecodeError, RecursionError, TypeError) as error:
        said = " ".join(str(error).split())[:300]
        raise InvalidInput(f"not YAML or JSON: {said}", hint=_HINT) from error
    several = value if isinstance(value, list) else [value]
    for number, one in enumerate(several, 1):
        if not isinstance(one, dict) or not all(isinstance(name, str) for name in one):
            raise InvalidInput(f"certificate {number}: no mapping of claims by name", hint=_HINT)
        yield DraftRow(f"certificate {number}", cast("dict[str, Json]", one))


_HINT: Final = "docs/running-an-issuer.md, Approving, shows such a file"


def _rows(lines: list[bytes], flag: str) -> Iterator[DraftRow]:
    """Rows of an extract: each certificate with the seafarer whose row came before it."""
    seafarers: dict[str, Json] = {}
    number = 1
    try:
        extract.check_head(lines[0], flag)
        for number, line in enumerate(lines[1:], 2):
            if not line.strip():
                continue
            if len(line) > extract.MAX_LINE:
                raise BadRow(f"longer than {extract.MAX_LINE} bytes")
            members = extract.parse_line(line)
            if members["kind"] == "seafarer":
                own = {name: value for name, value in members.items() if name != "kind"}
                seafarers[str(members.get("seafarer_id"))] = own
                continue
            told = seafarers.get(str(members.get("seafarer_id")))
            yield DraftRow(f"line {number}", members if told is None else {**members, "seafarer": told})
    except BadRow as error:
        raise InvalidInput(
            f"line {number}: {error}", hint="correct the file; what came before is drafted"
        ) from error
