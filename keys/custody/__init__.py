"""Where an authority's private keys lie: sealed, in one process's hands."""


class CustodyError(Exception):
    """Private keys cannot be opened or kept; `hint` says what to do."""

    hint = "nothing has changed"
