"""Where a passphrase comes from: the environment, or a person at a terminal."""

import getpass
import os
import sys
import unicodedata

from keys.custody import CustodyError


class NoPassphrase(CustodyError):
    """Nobody gave a passphrase."""

    def __init__(self, message: str, variables: tuple[str, ...]) -> None:
        super().__init__(message)
        self.hint = f"set {' or '.join(reversed(variables))}, or run it at a terminal"


def from_text(text: str) -> bytes:
    """The same bytes on every keyboard: letters with marks exist in two spellings (Unicode NFC)."""
    return unicodedata.normalize("NFC", text).encode()


def ask(*variables: str, prompt: str, new: bool = False) -> bytes:
    """The first of these environment variables that is set, else typed; twice for a new one.

    Raises NoPassphrase when there is neither, or what was typed twice differs.
    """
    for variable in variables:
        if text := os.environ.get(variable):
            return from_text(text)
    if sys.stdin is None or not sys.stdin.isatty():  # None: it is closed
        raise NoPassphrase(f"no passphrase for {prompt}", variables)
    try:
        text = getpass.getpass(f"Passphrase for {prompt}: ")
        if new and getpass.getpass("The same again: ") != text:
            raise NoPassphrase("the two passphrases differ", variables)
    except EOFError:
        raise NoPassphrase(f"no passphrase for {prompt}", variables) from None
    if not text:
        raise NoPassphrase(f"no passphrase for {prompt}", variables)
    return from_text(text)
