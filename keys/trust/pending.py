"""What is registered and not yet in force, since people elsewhere have yet to sign."""

from collections.abc import Mapping
from datetime import datetime

from tuf.api.metadata import Metadata, Root

from keys.trust import content
from keys.trust.metadata import DIRECTORY, EXTENSION, SignedT
from keys.trust.plan import Plan, spoken
from keys.trust.published import Published


def pending(plan: Plan, files: Mapping[str, bytes], at: datetime) -> list[str]:
    """What is registered and not in force, for holders elsewhere have yet to sign; and what nears its end."""
    now = Published(files)
    root = None if now.root is None else _waiting(plan, Root.type, now.root, current_root(plan, now), at)
    directory = _waiting(plan, DIRECTORY, now.directory, content.directory(plan), at)
    flags = [
        _waiting(plan, name, now.listed(name), content.flag_targets(flag)[0], at)
        for flag in plan.flags
        if (name := flag.authority.flag)
    ]
    return [one for one in (root, directory, *flags) if one is not None]


def _waiting(
    plan: Plan, role: str, old: Metadata[SignedT] | None, wanted: SignedT, at: datetime
) -> str | None:
    if old is None or not content.same(old.signed, wanted):
        return f"{spoken(role)}: a change waits for its holders' signatures"
    if old.signed.expires - at <= plan.lifetime(role) / 2:
        return f"{spoken(role)}: ends on {old.signed.expires:%Y-%m-%d}; let its holders sign it again"
    return None


def current_root(plan: Plan, before: Published) -> Root:
    """The plan's root. A time floor that the last ceremony set is not that of the next."""
    wanted = content.root(plan)
    if plan.time_floor is None and before.root is not None:
        old = before.root.signed.unrecognized_fields[EXTENSION]
        with_floor = {**wanted.unrecognized_fields[EXTENSION], "time_floor": old.get("time_floor")}
        if with_floor == old:
            wanted.unrecognized_fields[EXTENSION] = with_floor
            if not content.same(wanted, before.root.signed):
                return content.root(plan)
    return wanted
