"""What a command opens before it works: settings, register, sealed keys; and who works at the terminal."""

import getpass
import os
import sys
from typing import TYPE_CHECKING

import typer

from issuer import terminal
from issuer.composition import Register, Services, compose, open_register
from issuer.domain.errors import KeysUnusable
from issuer.settings import Settings
from issuer.settings_loading import load_settings
from keys.custody.passphrase import from_text

if TYPE_CHECKING:
    from issuer.services.custody.authority_keys import AuthorityKeys

PART, NOTHING = 1, 2  # exit codes: done in part, not done


def settings_of(context: typer.Context) -> Settings:
    """The settings from the environment over the file that `--config` named."""
    return load_settings(context.obj)


def register_of(
    context: typer.Context, settings: Settings | None = None, *, create: bool = False
) -> Register:
    """The register; `import` alone makes one where there is none (and `serve`, in `serving`)."""
    register = open_register(settings or settings_of(context), create=create)
    context.call_on_close(register.database.close)
    terminal.announce(register.database)
    return register


def services_of(context: typer.Context, *, resume: bool = True) -> Services:
    """All services, with the keys; what a crash left between two steps of issuing is finished first."""
    settings = settings_of(context)
    services = compose(settings, keys=keys_of(settings), create=False)
    context.call_on_close(services.database.close)
    services.approving.enter_force()
    if resume:
        services.issuer.resume()
    return services


def keys_of(settings: Settings) -> "AuthorityKeys":
    """The signer's keys; or the sealed ones, with the passphrase of the settings or of whoever is here."""
    from issuer.services.custody.authority_keys import keys_with

    return keys_with(settings, passphrase_of(settings))


def passphrase_of(settings: Settings) -> bytes | None:
    """What opens the sealed keys; None where the signer process has them."""
    if settings.signer_socket is not None:
        return None
    passphrase = settings.read_passphrase()
    if passphrase is None:
        if not sys.stdin.isatty():
            raise KeysUnusable(
                "the passphrase of the sealed keys is not set",
                hint="set OMBORD_PASSPHRASE, or OMBORD_PASSPHRASE_FILE to the file that holds it",
            )
        typed = getpass.getpass(f"Passphrase of {settings.sealed_keys}: ", stream=sys.stderr)
        passphrase = from_text(typed)
    return passphrase


def actor() -> str:
    """Who works at the terminal, for the audit trail."""
    try:
        return f"operator:{getpass.getuser()}"[:100]
    except (KeyError, OSError):  # a container's user without a name
        return f"operator:{os.getuid()}"
