"""For how long what is granted counts; who renews in time loses no day of the old one. Pure."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from issuer.rules.law import Validity

_DAY: Final = timedelta(days=1)


class Term(NamedTuple):
    """The first day and the last; None: until further notice."""

    first: date
    last: date | None


def term_of(
    validity: Validity | None, on: date, *, previous_last: date | None = None, at_latest: date | None = None
) -> Term:
    """The longest term that the law gives to what is granted on a day.

    `previous_last` is the last day of the one that is renewed: within the window before it the new term may
    begin the day after (SFS 2011:1533, 6 kap. 2 §). `at_latest` is the last day that a transitional
    provision leaves.
    """
    first = on
    if previous_last is not None and is_early(validity, on, previous_last):
        first = previous_last + _DAY
    period = None if validity is None else validity.period
    last = None if period is None else period.after(first) - _DAY
    ends = (last, at_latest, None if validity is None else validity.last)
    return Term(first, min((one for one in ends if one is not None), default=None))


def is_early(validity: Validity | None, on: date, previous_last: date) -> bool:
    """Whether a day lies in the last months of the old term, in which it is renewed without losing days."""
    if validity is None or validity.renewal_window is None:
        return False
    ends = previous_last + _DAY
    return validity.renewal_window.before(ends) <= on < ends
