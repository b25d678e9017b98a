"""What the inspector answers while comparing a person with a document (row P1), until it is an `Identity`."""

from dataclasses import dataclass
from typing import Final

from verifier.credential.model import Holder
from verifier.inspection.identity import (
    DIFFERS,
    MATCHES,
    Answer,
    Document,
    Identity,
    Match,
    NameMatch,
    compare_names,
    differs_because,
)
from verifier.inspector import texts

NAME_WORDS: Final = {
    NameMatch.SAME: ("good", texts.NAME_SAME),
    NameMatch.TRANSLITERATION: ("good", texts.NAME_TRANSLITERATION),
    NameMatch.ONE_LETTER: ("caution", texts.NAME_ONE_LETTER),
    NameMatch.PARTLY: ("caution", texts.NAME_PARTLY),
    NameMatch.DIFFERENT: ("bad", texts.NAME_DIFFERENT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Given so far; each is replaced by a new one."""

    document: Document | None = None
    name: Match | None = None
    reason: str = ""  # why the name differs
    typed: str = ""
    birth: Match | None = None
    photo: Match | None = None

    @property
    def missing(self) -> int:
        """How many questions are open."""
        if self.document is Document.NONE:
            return 0
        return sum(one is None for one in (self.document, self.name, self.birth, self.photo))

    def identity(self) -> Identity:
        """What row P1 judges. Whatever is open stays unanswered."""
        document = self.document or Document.NONE
        if document is Document.NONE:
            return Identity(document=document)
        typed = " ".join(self.typed.split())
        return Identity(
            document=document,
            name=typed or None,
            name_answer=_answer(self.name, self.reason),
            birth_answer=_answer(self.birth, ""),
            photo=_answer(self.photo, ""),
        )


def typed_name(holder: Holder, typed: str) -> tuple[str, str] | None:
    """How the document's name relates to the certificate's: a tone and a text; None for nothing typed."""
    return NAME_WORDS[compare_names(holder, typed)] if typed.strip() else None


def _answer(match: Match | None, reason: str) -> Answer | None:
    match match:
        case None:
            return None
        case Match.MATCHES:
            return MATCHES
        case _:
            return differs_because(reason) if reason.strip() else DIFFERS
