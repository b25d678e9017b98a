"""The demo's authorities: their names and addresses, the commands that give them keys, their settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.offices import OFFICES
from demo.stage import Stage, free_port

PASSPHRASE: Final = {"OMBORD_PASSPHRASE": "a passphrase for the demo alone"}
OPERATOR_TOKEN: Final = "an operator token for the demo alone"
MEDICAL_ONLY_KID: Final = "NO-medical"
PASS_KID: Final = "NO-2026p"
_ZONES: Final = {"NO": "Europe/Oslo", "DK": "Europe/Copenhagen"}


@dataclass(frozen=True, slots=True)
class AuthorityOffice:
    """One authority, its issuer's address and where its files lie."""

    flag: str
    port: int
    folder: Path

    @property
    def name(self) -> str:
        """As certificates name it."""
        return OFFICES[self.flag].authority

    @property
    def base_url(self) -> str:
        """The `iss` of its credentials. Plain http is for test environments on loopback alone."""
        return f"http://127.0.0.1:{self.port}/{self.flag.lower()}"

    @property
    def sealed_keys(self) -> Path:
        """Its key file, which only its passphrase opens."""
        return self.folder / "keys.sealed"

    @property
    def settings(self) -> dict[str, str]:
        """What `ombord-issuer` finds in its environment."""
        return {
            **PASSPHRASE,
            "OMBORD_FLAG": self.flag,
            "OMBORD_AUTHORITY_NAME": self.name,
            "OMBORD_TIME_ZONE": _ZONES[self.flag],
            "OMBORD_BASE_URL": self.base_url,
            "OMBORD_PORT": str(self.port),
            "OMBORD_DATABASE_URL": f"sqlite:///{self.folder / 'register.db'}",
            "OMBORD_SEALED_KEYS": str(self.sealed_keys),
            "OMBORD_OPERATOR_TOKEN": OPERATOR_TOKEN,
            # The medical key lies in the same file; what it may not sign, it is not asked to.
            "OMBORD_CERTIFICATE_KID": f"{self.flag}-2026a",
            "OMBORD_STATUS_KID": f"{self.flag}-status",
            **({"OMBORD_PASS_KID": PASS_KID} if self.flag == "NO" else {}),
            "OMBORD_PACKS_FOLDER": str(self.folder.parent / "site"),
        }


def establish(stage: Stage) -> dict[str, AuthorityOffice]:
    """Make a root of five holders, all at this desk, and the authorities' keys; publish the directory."""
    home = stage.path("directory-operator")
    offices = {}
    _keys(stage, home, "init", "--full")
    for flag in _ZONES:
        office = AuthorityOffice(flag, free_port(), stage.path(flag, "keys.sealed").parent)
        offices[flag] = office
        name, zone = ("--name", office.name), ("--time-zone", _ZONES[flag])
        _keys(stage, home, "authority", "add", flag, *name, "--iss", office.base_url, *zone)
        _key(stage, home, office, f"{flag}-2026a", "certificates")
        _key(stage, home, office, f"{flag}-status", "status")
        _key(stage, home, office, f"{flag}-log", "log")
    _key(stage, home, offices["NO"], MEDICAL_ONLY_KID, "medical")
    _key(stage, home, offices["NO"], PASS_KID, "pass")
    publish(stage)
    return offices


def publish(stage: Stage) -> None:
    """Sign the directory as it stands now."""
    home = stage.path("directory-operator")
    _keys(stage, home, "publish", "--out", str(stage.path("directory")))


def _key(stage: Stage, home: Path, office: AuthorityOffice, kid: str, purpose: str) -> None:
    sealed = str(office.sealed_keys)
    _keys(stage, home, "key", "add", office.flag, "--kid", kid, "--purpose", purpose, "--sealed", sealed)


def _keys(stage: Stage, home: Path, *arguments: str) -> None:
    stage.run("ombord-keys", *arguments, env={**PASSPHRASE, "OMBORD_KEYS_HOME": str(home)}, quiet=True)
