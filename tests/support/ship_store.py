"""A verifier's folder on board, filled through the real commands: packs built, imported, checked."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.simulator import Authority, Publication


@dataclass
class Run:
    """What one command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """Its JSON."""
        return json.loads(self.out)  # type: ignore[no-any-return]

    @property
    def headline(self) -> str:
        """Of the first credential."""
        return str(self.report["credentials"][0]["headline"])


def ombord_verify(*arguments: str | Path) -> Run:
    """Run the command in this process."""
    from verifier.cli import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:  # argparse
            code = int(exit_.code or 0)
    return Run(code, out.getvalue(), err.getvalue())


class Shore:
    """What authorities publish, as folders and packs."""

    def __init__(self, folder: Path, *authorities: Authority, **sizes: Any) -> None:
        self.folder = folder
        self.authorities = authorities
        self.published = Publication(*authorities, **sizes)

    @property
    def root(self) -> Path:
        """The root file that a device pins."""
        return self._write("1.root.json", self.published.root)

    def pack(self, name: str = "sea.pack", *, lists: list[str] | None = None) -> Path:
        """A pack of the directory and each authority's list as they are now."""
        for file, data in self.published.files.items():
            self._write(f"directory/{file}", data)
        tokens = [one.status_list() for one in self.authorities] if lists is None else lists
        folder = self.folder / f"lists-{name}"
        for number, token in enumerate(tokens):
            self._write(f"lists-{name}/{number}.jwt", token.encode())
        folder.mkdir(exist_ok=True)
        out = self.folder / name
        places = ("--directory", self.folder / "directory", "--lists", folder, "--out", out)
        made = ombord_verify("pack", "build", *places)
        assert made.code == 0, made.err
        return out

    def _write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path
