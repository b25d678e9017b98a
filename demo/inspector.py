"""The inspector of the demo: the real verifier with sockets blocked, and what it says of each thing shown."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from demo.stage import DemoFailed
from keys.encoding import Json

EXIT_CODES = {"valid": 0, "rejected": 1, "undetermined": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Something shown to the inspector, and the headline that must come of it.

    `sources` is what `ombord-verify check` takes; `at` sets the inspector's clock; with `ship` the headline
    is that of the person; `policy` is the inspector's, by name.
    """

    row: str
    title: str
    headline: str
    sources: Sequence[Path]
    at: datetime | None = None
    ship: Path | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the verifier said of a scene."""

    scene: Scene
    verdict: str
    headline: str
    reason: str

    @property
    def right(self) -> bool:
        """Whether it is the headline that belongs there."""
        return self.headline == self.scene.headline


class Inspector:
    """Somebody on board with a verifier whose state is in `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def judge(self, scene: Scene) -> Seen:
        """Check what is shown. Raises DemoFailed if the exit code contradicts the verdict."""
        exit_code, output = self.check(*_arguments(scene), "--json")
        try:
            report = json.loads(output)
        except ValueError:
            raise DemoFailed(f"{scene.title}: ombord-verify said no JSON\n{output}") from None
        if exit_code != EXIT_CODES[report["verdict"]]:
            raise DemoFailed(f"{scene.title}: {report['verdict']} with exit code {exit_code}")
        headline, reason = _said(report["person"] if scene.ship else report["credentials"][0])
        return Seen(scene=scene, verdict=report["verdict"], headline=headline, reason=reason)

    def check(self, *arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
        """Run `ombord-verify check` without sockets; its exit code and what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "demo.offline", "check", *arguments],
            env={**os.environ, "OMBORD_HOME": str(self.home), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


def _arguments(scene: Scene) -> list[str]:
    arguments = [str(source) for source in scene.sources]
    if scene.at is not None:
        arguments += ["--at", scene.at.strftime("%Y-%m-%dT%H:%M:%SZ")]
    if scene.ship is not None:
        arguments += ["--ship", str(scene.ship)]
    if scene.policy is not None:
        arguments += ["--policy", scene.policy]
    return arguments


def _said(judged: dict[str, Json]) -> tuple[str, str]:
    """The headline, and the reason of the first check that is not passed."""
    checks = judged["checks"]
    reason = ""
    for check in checks if isinstance(checks, list) else ():
        if isinstance(check, dict) and check["outcome"] in ("fail", "unknown", "remark"):
            reason = str(check["reason"])
            break
    return str(judged["headline"]), reason
