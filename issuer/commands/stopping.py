"""`stop`, `start` and `status`: the stop-issuing switch, which needs no private key."""

import json

import typer

from issuer import terminal
from issuer.arguments import AsJson, Reason
from issuer.commands.opening import PART, actor, register_of
from issuer.commands.repeating import once
from issuer.services.issuing.stopping import Stop
from keys.encoding import Json


def stop(context: typer.Context, reason: Reason) -> None:
    """Stop issuing at once, on every host. Suspending, revoking and publishing go on."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        done = register.stopping.stop(reason=reason, actor=actor())
        return {"line": _line(done.stop), "complaint": done.complaint}

    # In steps: no worker goes on until the signer process has answered. Stopping again does no harm.
    done = once(context, register, act, in_steps=True)
    terminal.tell(done["line"])
    _tell_of_signer(done["complaint"], "may still sign for whoever asks it past this register")


def start(context: typer.Context) -> None:
    """Let issuing go on. What was begun before the stop is finished by the next run."""
    register = register_of(context)

    def act() -> dict[str, Json]:
        done = register.stopping.start(actor=actor())
        since = f"it was stopped since {_when(done.stop)}: {done.stop.reason}"
        return {"line": f"issuing goes on; {since}", "complaint": done.complaint}

    done = once(context, register, act)
    terminal.tell(done["line"])
    _tell_of_signer(done["complaint"], "is still stopped: its operator's `ombord-keys signer resume`")


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Whether issuing is stopped, why, by whom and since when."""
    found = register_of(context).stopping.standing()
    if as_json:
        said = {"stopped": found is not None}
        since = {} if found is None else {"reason": found.reason, "actor": found.actor, "since": _when(found)}
        terminal.tell(json.dumps(said | since))
    else:
        terminal.tell("issuing goes on" if found is None else _line(found))


def _tell_of_signer(complaint: str | None, so: str) -> None:
    if complaint is not None:
        terminal.say(f"error: {complaint}")
        terminal.say(f"hint: the signer process {so}")
        raise typer.Exit(PART)


def _line(found: Stop) -> str:
    return f"issuing is stopped since {_when(found)} by {found.actor}: {found.reason}"


def _when(found: Stop) -> str:
    return f"{found.since:%Y-%m-%dT%H:%M:%SZ}"
