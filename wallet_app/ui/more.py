"""What stands behind "More" on the list: each area adds its lines here."""

from typing import Final, NamedTuple

from verifier.ui import texts as shared
from wallet_app import texts_safe
from wallet_app import texts_showing as texts


class Entry(NamedTuple):
    """A line: its icon, its words, and the app's method that it calls."""

    icon: str
    title: str
    detail: str
    action: str


ENTRIES: Final = (
    Entry("scan-line", texts.CHALLENGE_TITLE, texts.CHALLENGE_DETAIL, "ask_for_challenge"),
    Entry("history", texts.HISTORY, texts.HISTORY_DETAIL, "open_history"),
    Entry("folder-output", texts.OFFICE, texts.OFFICE_DETAIL, "share_folder"),
    Entry("settings", shared.SETTINGS, texts_safe.SETTINGS_HINT, "open_settings"),
    Entry("archive", texts_safe.BACKUP, texts_safe.BACKUP_HINT, "open_backup"),
    Entry("landmark", texts.TRUST_TITLE, texts.TRUST_DETAIL, "open_trust"),
)
