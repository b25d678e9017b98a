"""One measured line of the table, and its judgement against the goal."""

from typing import Literal, NamedTuple


class Row(NamedTuple):
    """A measured figure beside its goal; `reference` says what it is compared with."""

    name: str
    value: float
    unit: str
    goal: float
    better: Literal["higher", "lower"]
    reference: str

    @property
    def reached(self) -> bool:
        """Whether the value is at least as good as the goal."""
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal
