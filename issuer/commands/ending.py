"""How a command that goes on by itself learns that it is to end."""

import signal
import threading


def ending() -> threading.Event:
    """Set by SIGTERM and ctrl-C from now on: what is in hand then is finished first."""
    event = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: event.set())
    return event
