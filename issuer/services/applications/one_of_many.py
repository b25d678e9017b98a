"""Work over many cases: what is wrong with one of them is that one's, and what is wrong with all passes."""

from typing import Final

from issuer.domain.errors import (
    Crowded,
    DatabaseUnusable,
    IssuerError,
    IssuingStopped,
    KeysUnusable,
    SigningDeferred,
)

# Nothing is wrong with the case: the same attempt succeeds later, and until then no other does either.
PASSES: Final = (IssuingStopped, SigningDeferred, Crowded, DatabaseUnusable, KeysUnusable)
# What stored data that nobody can read, or a fault of ours, ends in.
BROKEN: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def said(error: Exception) -> str:
    """For a case's history: an error of ours names nobody; any other may, and is told by its kind."""
    return error.message[:400] if isinstance(error, IssuerError) else type(error).__name__
