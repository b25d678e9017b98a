"""Settings from the environment and a file: what cannot be right is refused by name before a start."""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from issuer.domain.errors import SettingsInvalid
from issuer.settings import PREFIX, Settings, variable
from verifier.settings_file import SettingsError, entries

# What Ombord's other programs and its tests read, which may stand in the same environment.
ELSEWHERE = frozenset(
    f"{PREFIX}{name}"
    for name in (
        "CONFIG",
        "HOME",
        "KEYS_HOME",
        "KEYS_PASSPHRASE",
        "TOKEN_PIN",
        "APPROVER_PASSPHRASE",
        "BACKUP_PASSPHRASE",
        "TEST_DATABASE_URL",
        "HYPOTHESIS_PROFILE",
        "FAULT_SEED",
        "FAULT_ROUND",
        "FAULT_ROUNDS",
        "IDEMPOTENCY_KEY",
    )
)


def load_settings(config: Path | None = None) -> Settings:
    """Settings from the environment over `config` (or the file that OMBORD_CONFIG names).

    Raises SettingsInvalid with a line for each setting that is missing or wrong.
    """
    _refuse_misspelt(os.environ)
    chosen = config or (Path(os.environ["OMBORD_CONFIG"]) if os.environ.get("OMBORD_CONFIG") else None)
    values = _read_file(chosen) if chosen else {}
    unknown = sorted(set(values) - set(Settings.model_fields))
    if unknown:
        raise SettingsInvalid(f"{chosen}: no such setting: {', '.join(unknown)}", hint=_known())
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [
            _explain(detail["loc"], detail["msg"])
            for detail in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsInvalid("; ".join(lines), hint=_remedy(chosen)) from error


def _refuse_misspelt(environment: Mapping[str, str]) -> None:
    """A variable that nobody reads is a setting that silently keeps its default."""
    known = ELSEWHERE.union(variable(name) for name in Settings.model_fields)
    ours = {name for name in environment if name.upper().startswith(PREFIX)}
    unknown = sorted(name for name in ours if name.upper() not in known)
    if not unknown:
        return
    endings = [one.removeprefix(PREFIX) for one in known]
    near = {name: get_close_matches(name[len(PREFIX) :].upper(), endings, n=1) for name in unknown}
    meant = [f"{PREFIX}{one[0]} for {name}" for name, one in near.items() if one]
    raise SettingsInvalid(
        f"no such setting: {', '.join(unknown)}",
        hint=f"perhaps {', '.join(meant)}; else unset it" if meant else f"unset it; {_known()}",
    )


def _read_file(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        return tomllib.loads(data.decode()) if path.suffix == ".toml" else _read_yaml(data)
    except OSError as error:
        raise SettingsInvalid(
            f"configuration file {path}: {error.strerror}", hint="check --config"
        ) from error
    except SettingsError as error:
        raise SettingsInvalid(
            f"configuration file {path}: {error}", hint="write each setting on a line of its own, `flag: NO`"
        ) from error
    except ValueError as error:
        raise SettingsInvalid(
            f"configuration file {path} cannot be read: {error}", hint="write TOML or YAML"
        ) from error


def _read_yaml(data: bytes) -> dict[str, Any]:
    """As the verifier reads its files: `flag: NO` is Norway, not false. Raises SettingsError."""
    read = entries(data)
    values = {name: read.take(name) for name in Settings.model_fields}
    read.close()
    return {name: value for name, value in values.items() if value is not None}


def _explain(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else ""
    text = message.removeprefix("Value error, ")
    return f"{name}: {text[:1].lower()}{text[1:]}" if name else text


def _remedy(config: Path | None) -> str:
    where = f"in {config}" if config else "in a file given with --config"
    return f"set it as OMBORD_<NAME> in the environment or {where}"


def _known() -> str:
    return f"settings are: {', '.join(Settings.model_fields)}"
