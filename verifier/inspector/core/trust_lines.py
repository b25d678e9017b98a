"""What is in the trust data, line by line, and where it came from."""

from pathlib import Path

from verifier import pack_update
from verifier.inspector import texts
from verifier.inspector.core import trust_view
from verifier.inspector.core.trust import Trust
from verifier.inspector.core.verdict_state import Line
from verifier.state import StateError
from verifier.ui.words import Words

_MOST_FLAGS = 40


def lines(trust: Trust, folder: Path, say: Words) -> tuple[Line, ...]:
    """Nothing where nothing is held."""
    held = trust.held
    if held is None or trust.published_at is None:
        return ()
    published, age = trust.published_at, trust_view.age(trust.age, say)
    try:
        flags = sorted({authority.flag for authority in held.directory.authorities.values()})
    except StateError:
        flags = []
    shown = ", ".join(flags[:_MOST_FLAGS]) + (" …" if len(flags) > _MOST_FLAGS else "")
    environment = texts.ENVIRONMENT_TEST if trust.is_rehearsal else texts.ENVIRONMENT_REAL
    source = address(folder)
    found = [
        Line(say(texts.TRUST_DATA), say(texts.OF_DAY, date=say.day(published.date()), age=age)),
        Line(say(texts.AUTHORITIES), say.counted(texts.AUTHORITY_COUNT, len(flags)) + f": {shown}"),
        Line(say(texts.ENVIRONMENT), say(environment)),
        Line(say(texts.PACK_ID), held.pack),
    ]
    return (*found, *([Line(say(texts.FETCHED_FROM), source)] if source else []))


def address(folder: Path) -> str:
    """Where the last update came from, or nothing."""
    source = pack_update.remembered(str(folder))
    return "" if source is None else source.address


def size(count: int, say: Words) -> str:
    """In kilobytes, as people compare them."""
    return say(texts.KILOBYTES, n=max(1, round(count / 1000)) if count else 0)
