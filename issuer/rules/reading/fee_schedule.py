"""What an application costs, as dated data with its source; what no source says is unknown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from issuer.rules.reading.entry import Entry, names, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee for one certificate; `amount` None: the sources do not say, and so neither do we."""

    amount: int | None  # in whole units of the currency
    currency: str
    ref: str
    first: date | None = None  # from when on it was seen
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """A country's fees, the oldest first."""

    country: str
    each: Sequence[Fee]

    def on(self, day: date) -> Fee:
        """The fee of a day: the last that had begun; before the first one it is not known."""
        begun = [one for one in self.each if one.first is None or one.first <= day]
        first = self.each[0]
        return begun[-1] if begun else Fee(amount=None, currency=first.currency, ref=first.ref)


def fees_of(data: bytes, file: str) -> Fees:
    """Read a country's file. Raises LawError."""
    members = read(data, file).members(("country", "names", "currency", "fees"))
    names(members["names"])
    currency = members["currency"].text()
    each = [_fee(one, currency) for one in members["fees"].items()]
    if any((one.first or date.min) >= (two.first or date.min) for one, two in pairwise(each)):
        members["fees"].fail("each fee begins after the one before it")
    return Fees(country=members["country"].text(), each=each)


def _fee(entry: Entry, currency: str) -> Fee:
    members = entry.members(("ref",), ("from", "per_certificate", "verified"))
    amount = members["per_certificate"].whole() if "per_certificate" in members else None
    if amount is not None and "from" not in members:
        entry.fail("from is missing: a fee is of a time")
    return Fee(
        amount=amount,
        currency=currency,
        ref=members["ref"].text(),
        first=members["from"].day() if "from" in members else None,
        verified=members["verified"].flag() if "verified" in members else False,
    )
