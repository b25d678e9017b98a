"""Exact matching of persons to places: as many places filled as can be, the first named first, at least cost.

Places are filled in their order by augmenting paths (Kuhn 1955): what is filled then is the best in that
order, and the most that can be. Who fills them is the assignment of least cost (Kuhn and Munkres).
"""

from collections.abc import Mapping, Sequence
from typing import Final

Costs = Sequence[Mapping[int, int]]  # for each place: the persons that may fill it, and what each costs

_NEVER: Final = 1 << 40


def match(costs: Costs, persons: int) -> dict[int, int]:
    """The person of each place that is filled."""
    filled = _fillable(costs)
    chosen = _cheapest([costs[place] for place in filled], persons)
    return dict(zip(filled, chosen, strict=True))


def _fillable(costs: Costs) -> list[int]:
    """The places that are filled, earlier ones before later ones; never fewer than could be."""
    place_of: dict[int, int] = {}

    def augment(start: int) -> bool:
        """Find a free person for the place, moving others; without recursion, since crews are untrusted."""
        came: dict[int, int] = {}  # person -> the place that asks for them
        queue = [start]
        for place in queue:
            for person in costs[place]:
                if person in came:
                    continue
                came[person] = place
                if person in place_of:
                    queue.append(place_of[person])
                    continue
                _shift(person, start, came, place_of)
                return True
        return False

    return [place for place in range(len(costs)) if augment(place)]


def _shift(person: int, start: int, came: Mapping[int, int], place_of: dict[int, int]) -> None:
    """Give the free person to the place that asked, its person to the one before, back to the start."""
    held = {place: one for one, place in place_of.items()}
    while True:
        place = came[person]
        before = held.get(place)
        place_of[person] = place
        if place == start or before is None:
            return
        person = before


def _cheapest(costs: Costs, persons: int) -> list[int]:
    """The person of each place at least total cost, all filled: the Hungarian method, by potentials."""
    count = len(costs)
    of_place, of_person = [0] * (count + 1), [0] * (persons + 1)
    taken_by, way = [0] * (persons + 1), [0] * (persons + 1)  # 1-based; 0 is nobody
    for place in range(1, count + 1):
        taken_by[0], column = place, 0
        least, used = [_NEVER * 2] * (persons + 1), [False] * (persons + 1)
        while True:
            used[column] = True
            row, delta, nearest = taken_by[column], _NEVER * 4, 0
            offered = costs[row - 1]
            for one in range(1, persons + 1):
                if used[one]:
                    continue
                reduced = offered.get(one - 1, _NEVER) - of_place[row] - of_person[one]
                if reduced < least[one]:
                    least[one], way[one] = reduced, column
                if least[one] < delta:
                    delta, nearest = least[one], one
            for one in range(persons + 1):
                if used[one]:
                    of_place[taken_by[one]] += delta
                    of_person[one] -= delta
                else:
                    least[one] -= delta
            column = nearest
            if taken_by[column] == 0:
                break
        while column:
            taken_by[column] = taken_by[way[column]]
            column = way[column]
    chosen = [0] * count
    for one in range(1, persons + 1):
        if taken_by[one]:
            chosen[taken_by[one] - 1] = one - 1
    return chosen
