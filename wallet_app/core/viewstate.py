"""What the screens show, as plain data: made by `views` from what is held, drawn by `wallet_app.ui`."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from wallet_app.core.standing import Group


class Tone(StrEnum):
    """How good the news is; always said in words too."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class StatusState:
    """A status in words: `Valid`, and `until 14 Mar 2029`."""

    tone: Tone
    word: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardState:
    """One certificate in the list."""

    key: str
    title: str
    kind: str
    issued: str
    icon: str
    status: StatusState


@dataclass(frozen=True, slots=True)
class Person:
    """Whose certificates these are."""

    name: str
    initials: str
    detail: str


class Deed(Enum):
    """What a notice's action does."""

    GO_ON = "go-on"  # with the unfinished pick-up
    GET_READY_ONES = "get-ready-ones"  # pick up what the last sync announced
    PUT_AWAY = "put-away"  # the reminders that are due


@dataclass(frozen=True, slots=True)
class NoticeState:
    """A line above the list, with what can be done about it; `action` empty is nothing."""

    tone: Tone
    text: str
    action: str = ""
    deed: Deed = Deed.GO_ON


@dataclass(frozen=True, slots=True)
class SyncState:
    """The bar below the list: what all certificates' code and its facts are as of.

    `main` is its large button's words: `can_show` all certificates in one code, or sync.
    """

    line: str
    main: str
    can_show: bool
    is_busy: bool = False
    is_moving: bool = False  # all certificates are shown as moving frames, for want of a fresh pass


@dataclass(frozen=True, slots=True)
class EmptyState:
    """Why there is no card to show, and what to do."""

    title: str
    advice: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """The list screen."""

    person: Person | None
    cards: tuple[CardState, ...]
    counts: dict[Group, int]
    notices: tuple[NoticeState, ...]
    empty: EmptyState | None
    sync: SyncState | None = None  # None while no certificate is bound to this phone
    medical: StatusState | None = None  # the days left of the medical certificate, None without one
    is_reading: bool = False  # nothing is known yet, so nothing is said of any certificate


@dataclass(frozen=True, slots=True)
class FieldState:
    """A line of the certificate's form; `code` is set in a wider, quieter face."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SectionState:
    """Lines that belong together."""

    title: str
    fields: tuple[FieldState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateState:
    """The certificate screen; number, authority and its host stay in view while the sections scroll."""

    key: str
    title: str
    kind: str
    icon: str
    number: str
    authority: str
    host: str
    status: StatusState
    sections: tuple[SectionState, ...]
    notices: tuple[NoticeState, ...] = ()
    has_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeState:
    """The live code's words; the code itself changes apart from them."""

    title: str
    holder: str
    holder_detail: str
    number: str
    authority: str
    status: StatusState
    label: str
    other: str = ""  # the words that lead to another authority's code
    photo: str = ""  # the words that lead to the same with the photograph, or back
    may_answer: bool = False  # an inspector's challenge
