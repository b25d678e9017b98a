"""Why somebody did something, as the audit trail keeps it for good: a few words, naming nobody."""

from datetime import date

from issuer.domain.errors import InvalidInput
from issuer.domain.extract import BadRow, check_reason
from issuer.domain.personal_numbers import looks_like_one


def checked_reason(text: str, today: date) -> str:
    """The reason. Raises InvalidInput for none, what is no plain text, and one with a personal number."""
    if not text.strip():
        raise InvalidInput("no reason is given", hint="say why in a few words, naming nobody")
    try:
        check_reason(text)
    except BadRow as error:
        raise InvalidInput(str(error), hint="say why in a few words, naming nobody") from error
    if looks_like_one(text, today):
        raise InvalidInput(
            "the reason holds somebody's personal number", hint="leave it out: it is kept for good"
        )
    return text
