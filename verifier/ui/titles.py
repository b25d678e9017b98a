"""What codes and documents are called in the user's language: the code lists' and labels' own titles."""

from collections.abc import Callable, Mapping
from typing import Final

from verifier.credential import codelists, schemas
from verifier.credential.codelists import Entry
from verifier.credential.model import CertificateType
from verifier.entitlement import Code
from verifier.report import escaped
from verifier.ui.words import Words

_LISTS: Final[Mapping[str, Callable[[], Mapping[str, Entry]]]] = {
    "functions": codelists.functions,
    "levels": codelists.levels,
    "capacities": codelists.capacities,
    "trade_areas": codelists.trade_areas,
    "ship_types": codelists.ship_types,
}
Unlisted = Callable[[str], str]  # how a code that no list has is shown: it may be anything


def document(kind: CertificateType, say: Words) -> str:
    """What the document is called."""
    return schemas.title(kind, say.language)


def title(entries: Mapping[str, Entry], code: str, say: Words, unlisted: Unlisted = escaped) -> str:
    """What a code of one of `codelists` means; a code that is not listed stays as it is."""
    entry = entries.get(code)
    return unlisted(code) if entry is None else entry.title(say.language)


def country(code: str, say: Words, unlisted: Unlisted = escaped) -> str:
    """The name of a flag state."""
    flag = codelists.flags().get(code)
    return unlisted(code) if flag is None else flag.title(say.language)


def options(entries: Mapping[str, Entry], say: Words) -> dict[str, str]:
    """Codes to choose from, in the list's order, and what they mean."""
    return {code: entry.title(say.language) for code, entry in entries.items()}


def quoted(value: str, say: Words, unlisted: Unlisted = escaped) -> str:
    """What a certificate says, as a line of `entitlement` quotes it: codes by their titles."""
    if not isinstance(value, Code):
        return unlisted(value)
    if value.kind == "flags":
        return country(value, say, unlisted)
    return title(_LISTS[value.kind](), value, say, unlisted)
