"""The words of both apps in the user's language: English is the message id of gettext's catalogues.

Catalogues lie in `locale/<language>/LC_MESSAGES/ombord.po`; set-up compiles them beside.
"""

import gettext
from datetime import date, datetime
from pathlib import Path
from typing import Final

from verifier.credential import codelists

DOMAIN: Final = "ombord"
LOCALE: Final = Path(__file__).with_name("locale")
# Each language by its own name, as its speakers look for it.
LANGUAGES: Final = {code: language.name for code, language in codelists.languages().items()}
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def words_in(language: str) -> "Words":
    """The words of one of `LANGUAGES`; English where there is no catalogue."""
    return Words(gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=True))


class Words:
    """Texts in one language; `Words()` is English."""

    def __init__(self, translations: gettext.NullTranslations | None = None) -> None:
        """Use the catalogue of `translations`."""
        self._catalogue = translations or gettext.NullTranslations()

    @property
    def language(self) -> str:
        """The catalogue's own language, as one of `LANGUAGES`; English where none was given."""
        return self._catalogue.info().get("language", "en")

    def __call__(self, message: str, **values: object) -> str:
        """The text of `message`, with its values put in."""
        text = self._catalogue.gettext(message)
        return text.format(**values) if values else text

    def counted(self, forms: tuple[str, str], n: int) -> str:
        """The form that fits the number."""
        return self._catalogue.ngettext(*forms, n).format(n=n)

    def day(self, day: date) -> str:
        """A date that nobody reads the wrong way round: 4 Jul 1988."""
        return f"{day.day} {self._catalogue.gettext(MONTHS[day.month - 1])} {day.year}"

    def moment(self, moment: datetime) -> str:
        """Date and time where the phone is: 4 Jul 2026, 14:05."""
        try:
            local = moment.astimezone()
        except (OverflowError, ValueError, OSError):
            local = moment
        return f"{self.day(local.date())}, {local:%H:%M}"

    def clock(self, moment: datetime) -> str:
        """The date, and the time with seconds and its distance from UTC."""
        offset = moment.strftime("%z")
        zone = "UTC" if offset in {"", "+0000"} else f"UTC{offset[:3]}:{offset[3:]}"
        return f"{self.day(moment.date())}  ·  {moment:%H:%M:%S} {zone}"
