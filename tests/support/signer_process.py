"""`ombord-keys signer serve`, as it is run: over a sealed file, or over a token."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.custody import PASSPHRASE
from support.softhsm import PIN, TOKEN, SoftHsm

from keys.custody.signer_client import SignerClient
from keys.encoding import json_dumps


class SignerProcess:
    """Its home, its policy (whose keys sign whatever the year), and its client."""

    def __init__(self, home: Path, members: dict[str, Any], token: SoftHsm | None = None) -> None:
        """Without a token its keys are in `home / "keys.sealed"`."""
        self.home, self.socket, self.policy = home, home / "h" / "signer.sock", home / "policy.json"
        for key in members["keys"].values():
            key.update({"from": "2020-01-01", "until": "2190-01-01", "verify_until": "2199-01-01"})
        self.policy.write_bytes(json_dumps(members))
        self.policy.chmod(0o644)
        self.keys = ["--sealed", str(home / "keys.sealed")]
        if token is not None:
            self.keys = ["--module", token.library, "--token", TOKEN]
        self.running: list[subprocess.Popen[str]] = []
        self.client = SignerClient(self.socket, timeout=20)

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = ["signer", "serve", "--home", str(self.home / "h"), *options]
        process = subprocess.Popen(
            [sys.executable, "-m", "keys.cli", *command, "--policy", str(self.policy), *self.keys],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMBORD_PASSPHRASE": PASSPHRASE, "OMBORD_TOKEN_PIN": PIN},
        )
        self.running.append(process)
        return process

    def ready(self, *options: str) -> subprocess.Popen[str]:
        """Start it, and wait until it takes questions."""
        process = self.start(*options)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("Signing with "), first + self.said(process)[1]
        return process

    def said(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        out, err = process.communicate(timeout=20)
        return process.returncode, out + err

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "keys.cli", "signer", *words, "--home", str(self.home / "h")],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
        return done.stdout + done.stderr

    @contextmanager
    def ended(self) -> Iterator[SignerProcess]:
        """Whatever happens, none of its processes is left."""
        try:
            yield self
        finally:
            self.client.close()
            for each in self.running:
                if each.poll() is None:
                    each.kill()
                each.communicate()
