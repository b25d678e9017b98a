"""Wrong arguments end with exit code 3 and a hint, in each of the inspector's commands and in both apps."""

import argparse
import sys
from typing import Final, NoReturn

UNUSABLE: Final = 3


class Parser(argparse.ArgumentParser):
    """argparse exits with 2, which here means undetermined."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and where to read what is right."""
        self.refuse(message, f"{self.prog} --help")

    def refuse(self, problem: str, hint: str) -> NoReturn:
        """For arguments that argparse has no objection to."""
        complain(problem, hint)
        raise SystemExit(UNUSABLE)


def complain(problem: str, hint: str) -> None:
    """To standard error, with nothing in it that steers a terminal."""
    from verifier.report import escaped

    if sys.stderr is not None:  # closed: then print would take standard output
        print(f"error: {escaped(problem)}\nhint: {escaped(hint)}", file=sys.stderr)
