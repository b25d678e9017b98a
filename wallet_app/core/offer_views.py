"""What is said of an issuer before anything is picked up: whether the directory of authorities knows it."""

from verifier.ui.words import Words
from wallet_app import texts_showing as texts
from wallet_app.core import names
from wallet_app.core.plain import shown
from wallet_app.core.trust import Check, Known
from wallet_app.core.viewstate import NoticeState, Tone


def check_state(known: Known, own_name: str, say: Words) -> NoticeState:
    """Listed, not listed, or unchecked; `own_name` is what the issuer calls itself."""
    date = say.day(known.as_of.date()) if known.as_of else ""
    match known.check:
        case Check.LISTED:
            words = texts.CHECKED_REHEARSAL if known.is_rehearsal else texts.CHECKED
            text = say(words, country=names.country(known.flag, say), date=date)
            if own_name != known.name:
                text = f"{text} {say(texts.CALLS_ITSELF, name=shown(own_name))}"
            return NoticeState(Tone.CAUTION if known.is_rehearsal else Tone.GOOD, text)
        case Check.NOT_LISTED:
            return NoticeState(Tone.BAD, say(texts.NOT_LISTED, date=date))
        case Check.NO_DIRECTORY:
            return NoticeState(Tone.CAUTION, say(texts.UNCHECKED), say(texts.GET_DIRECTORY))
