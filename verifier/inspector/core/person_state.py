"""What the person screen shows, as plain data: made by `person_views`, drawn by `ui`."""

from dataclasses import dataclass
from enum import Enum

from verifier.inspector.core.report_state import Tone


class Input(Enum):
    """What an open row waits for."""

    IDENTITY = "identity"
    SHIP = "ship"
    DUTY = "duty"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class RowState:
    """One row of the table: decided, or open with what would settle it."""

    row: str
    title: str
    tone: Tone
    reason: str
    asks: Input = Input.NOTHING


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A certificate of the person: its name, number and days, and how it stands. `place` finds it again."""

    place: int  # -1 for one seen on paper
    title: str
    detail: str
    tone: Tone
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonScreenState:
    """The person screen."""

    name: str
    detail: str
    tone: Tone
    word: str
    summary: str
    ship: str
    duty: str
    rows: tuple[RowState, ...]
    open_rows: tuple[RowState, ...]
    certificates: tuple[PaperLine, ...]
