"""Sentences for the inspector: reasons in the user's language, with what they quote made harmless."""

import re
from typing import Final

from verifier.report import escaped
from verifier.ui.words import Words
from verifier.verdict import Check
from verifier.wording import said

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[,:]?\Z")


def reason(check: Check, say: Words) -> str:
    """A check's reason: its template is a message id, and what it quotes of a credential is escaped."""
    return sentence(escaped(said(check, say)))


def phrase(check: Check, say: Words) -> str:
    """The same without a point at its end, for lists."""
    words = said(check, say, escaped)
    return words[:1].upper() + words[1:]


def sentence(text: str) -> str:
    """With a capital, and a point at its end."""
    if not text:
        return ""
    first = text.split(maxsplit=1)[0]
    start = text[0].upper() if _WORD.match(first) else text[0]  # an address or a number stays as it is
    return start + text[1:] + ("" if text[-1] in ".!?”" else ".")
