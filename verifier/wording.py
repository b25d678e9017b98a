"""What a check says as templates and what fills them: English as it stands, other words by a catalogue.

A template is a message id. What fills it may be another text with its own template, so that each part can be
said in the reader's language; nothing is put together before it is shown.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from keys.said import Said
from verifier.verdict import HEADLINE_OF, Check, Headline, Judged, deciding

__all__ = ["NOTHING", "Joined", "Said", "Say", "Text", "in_words", "of", "said", "text", "why"]


class Joined(NamedTuple):
    """Texts one after another, none of them twice."""

    parts: tuple["Text", ...]
    between: str = "; "

    def __str__(self) -> str:
        """In English."""
        return self.between.join(dict.fromkeys(map(str, self.parts)))


Text: TypeAlias = Said | Joined
Say: TypeAlias = Callable[[str], str]  # a message in the reader's language
NOTHING: Final = Joined(())


def text(template: str, *values: object) -> Said:
    """A text from its template and what fills it."""
    return Said(template, values)


def of(check: Check) -> Said:
    """What a check says, to be a part of what another one does."""
    return Said(check.template, check.values)


def why(verdict: Judged) -> Said:
    """Why a verdict's headline is what it is, as its `reason` has it in English; of a pass, which one."""
    check = deciding(verdict.checks)
    if verdict.members and (check is None or HEADLINE_OF[check.row] is not verdict.headline):
        worst = next(one for one in verdict.members if one.headline is verdict.headline)
        inner = why(worst)
        number = "" if worst.credential is None else worst.credential.certificate.document_number
        return Said("{}: {}", (number, inner)) if inner.template else inner
    return Said("") if check is None else of(check)


def said(check: Check, say: Say, quoted: Callable[[str], str] = str) -> str:
    """A check's reason in the reader's language; `quoted` shows what comes from a credential or a person."""
    return in_words(of(check), say, quoted)


def in_words(spoken: Text, say: Say, quoted: Callable[[str], str] = str) -> str:
    """A text with each of its parts in the reader's language."""
    if isinstance(spoken, Joined):
        return spoken.between.join(dict.fromkeys(in_words(part, say, quoted) for part in spoken.parts))
    if not spoken.template:  # gettext answers an empty message with the catalogue's head
        return ""
    return say(spoken.template).format(*(_filling(value, say, quoted) for value in spoken.values))


def _filling(value: object, say: Say, quoted: Callable[[str], str]) -> object:
    if isinstance(value, Said | Joined):
        return in_words(value, say, quoted)
    if isinstance(value, Headline):
        return say(value.value)
    return quoted(value) if isinstance(value, str) else value
