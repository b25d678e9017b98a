"""The one error of the command line: arguments or files that nothing can be judged with (exit 3)."""

from keys.regular_file import opener


class Unusable(Exception):
    """Says what is wrong and where; `hint` says what to do."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


def read_file(path: str, limit: int) -> bytes:
    """The first `limit` bytes of a file. Raises Unusable."""
    try:
        with open(path, "rb", opener=opener) as file:
            return file.read(limit)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Unusable(f"{path[:200]}: {reason}", "check the file's name and who may read it") from None
