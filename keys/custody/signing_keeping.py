"""What is kept: signatures are verified and written to the journal, and only then are they answers."""

from collections.abc import Callable, Sequence

from keys.custody.checking_process import ToCheck
from keys.custody.journal import Entry, Journal
from keys.custody.signing_case import Case, Signed
from keys.custody.signing_policy import Check, Refusal

Checking = Callable[[Sequence[ToCheck]], list[bool]]


class Keeping:
    """The journal's only writer. One thread calls `check`, one calls `keep`."""

    def __init__(self, journal: Journal, check: Checking, in_flight: dict[bytes, bytes]) -> None:
        self._journal, self._check, self._in_flight = journal, check, in_flight

    def check(self, cases: Sequence[Case]) -> None:
        """Find out which of the new signatures verify."""
        fresh = [case for case in cases if case.fresh]
        found = self._check([_to_check(case) for case in fresh]) if fresh else []
        for case, good in zip(fresh, found, strict=True):
            case.good = good

    def keep(self, cases: Sequence[Case]) -> None:
        """Answer each of these cases, after one flush for all. Raises JournalError."""
        entries = [_entry(case) for case in cases if case.good]
        if entries:
            self._journal.append(entries)
        for case in cases:
            if case.draft is None:
                continue
            if case.fresh:
                self._in_flight.pop(case.draft.digest, None)
            if case.draft.digest in self._journal:
                case.answer = Signed(case.signature)
            else:
                case.answer = Refusal(Check.BACKEND, "what the keys made is not a signature over this draft")


def _to_check(case: Case) -> ToCheck:
    assert case.draft is not None, "what is signed was read"  # noqa: S101
    return ToCheck(case.draft.kid, case.draft.text, case.signature)


def _entry(case: Case) -> Entry:
    assert case.draft is not None, "what is signed was read"  # noqa: S101
    return Entry(case.draft.digest, case.signature, case.at, case.draft.purpose, case.draft.kid)
