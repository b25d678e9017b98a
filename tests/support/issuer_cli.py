"""`ombord-issuer` in this process, over a fresh register. Conftests import the fixtures by name."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.issuer_app import KEYS
from support.simulator import seeded_signer

from demo.extract import make_extract
from issuer import cli
from issuer.settings import Settings
from keys.custody import sealed_file
from keys.encoding import json_dumps

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's key file, at the least cost: each command that signs opens it."""
    path = tmp_path_factory.mktemp("keys") / "keys.sealed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
        sealed_file.seal(path, {kid: seeded_signer(kid) for kid in KEYS.signers}, b"open sesame")
    return path


@pytest.fixture
def run(
    database_url: str,
    sealed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Run a command in this process: exit code, output, complaints."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"OMBORD_{name.upper()}", raising=False)
    values = {"database_url": database_url, "base_url": "https://certificates.example/no", "flag": "NO",
              "authority_name": "Sjøfartsdirektoratet", "time_zone": "Europe/Oslo",
              "sealed_keys": str(sealed), "passphrase": "open sesame", "list_size": 1024,
              "pass_kid": KEYS.pass_kid}  # fmt: skip
    (tmp_path / "ombord.yaml").write_text(json.dumps(values))

    def command(*words: str, **environment: str) -> tuple[int, str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(f"OMBORD_{name.upper()}", value)
        monkeypatch.setattr("sys.argv", ["ombord-issuer", "--config", str(tmp_path / "ombord.yaml"), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        for name in environment:
            monkeypatch.delenv(f"OMBORD_{name.upper()}")
        output, complaints = capfd.readouterr()
        return int(ended.value.code or 0), output, complaints

    return command


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Three seafarers, as a file."""
    path = tmp_path / "no.jsonl"
    rows = make_extract("NO", 3, 5, datetime.now(UTC).date())
    path.write_bytes(b"".join(json_dumps(row) + b"\n" for row in rows))
    return path
