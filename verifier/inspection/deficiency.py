"""Port-state-control deficiency codes that a finding suggests: proposals; the inspector decides."""

from typing import NamedTuple


class Deficiency(NamedTuple):
    """A code, what it is for, and what suggests it; `verified` once read in an official table."""

    code: str
    title: str
    because: str
    verified: bool = False
