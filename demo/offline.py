"""`ombord-verify` with every socket refused: what it can still say, it says without a connection."""

import sys

from verifier.cli import main


def refuse_sockets() -> None:
    """Make any use of a socket in this process fail, from now on and for good."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError(f"{event} {arguments!r}: this process has no connection")


if __name__ == "__main__":
    refuse_sockets()
    sys.exit(main(sys.argv[1:]))
