"""What `ombord-keys` says to people: what is done, what is not, and what to do about it."""

import os
import sys


def say(done: str) -> None:
    """Print what a command has done. It stays done where that cannot be told."""
    if sys.stdout is None:  # closed
        return
    try:
        print(done, flush=True)
        return
    except BrokenPipeError:  # whoever read it has gone: say nothing more
        pass
    except OSError as error:
        warn(f"warning: {done}\nwarning: that is done; it could not be printed: {error.strerror}")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again at exit


def fail(code: int, message: str, hint: str) -> int:
    """Say why not, and what to do; returns the exit code."""
    warn(f"error: {message}\nhint: {hint}")
    return code


def warn(text: str) -> None:
    """Print to standard error."""
    if sys.stderr is not None:  # closed: then print would take standard output
        print(text, file=sys.stderr)
