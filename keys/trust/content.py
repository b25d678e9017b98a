"""What each role's metadata says, from the plan: without version, expiry or signatures."""

from collections.abc import Iterable, Mapping

from securesystemslib.signer import Key
from tuf.api.metadata import DelegatedRole, Delegations, Root, TargetFile, Targets
from tuf.api.metadata import Role as TufRole

from keys.encoding import json_dumps
from keys.trust.directory import authority_to_json, key_to_json
from keys.trust.metadata import EXTENSION, SignedT, allow_path, keys_path, target_name, tuf_key
from keys.trust.plan import Flag, Plan, Role
from keys.trust.record import unix


class PublishError(ValueError):
    """The directory cannot be published or drafted as planned; says why."""

    def __init__(self, message: str, hint: str = "nothing was published") -> None:
        super().__init__(message)
        self.hint = hint


def root(plan: Plan) -> Root:
    """Whose keys count for the four roles, and what only the root's holders may say."""
    extension: dict[str, object] = {"environment": plan.environment.value}
    if plan.time_floor is not None:
        extension["time_floor"] = unix(plan.time_floor)
    if plan.replaced:
        extension["roles"] = {**plan.replaced}
    if plan.gone:
        extension["gone"] = sorted(plan.gone)
    return Root(
        keys=_tuf_keys(plan.roles.values()),
        roles={name: TufRole(role.ids, role.threshold) for name, role in plan.roles.items()},
        consistent_snapshot=True,
        unrecognized_fields={EXTENSION: extension},
    )


def directory(plan: Plan) -> Targets:
    """The directory role delegates to each flag its own keys, and pins its name and addresses."""
    roles = {flag.authority.flag: _delegation(flag) for flag in plan.flags}
    return Targets(delegations=Delegations(_tuf_keys(flag.role for flag in plan.flags), roles))


def _delegation(flag: Flag) -> DelegatedRole:
    name = flag.authority.flag
    extension = {**authority_to_json(flag.authority)}
    if flag.handovers:
        extension["handovers"] = [{**entry} for entry in flag.handovers]
    return DelegatedRole(
        name,
        flag.role.ids,
        flag.role.threshold,
        terminating=True,
        paths=[keys_path(name), allow_path(name, "*")],
        unrecognized_fields={EXTENSION: extension},
    )


def flag_targets(flag: Flag) -> tuple[Targets, dict[str, bytes]]:
    """A flag's list of keys and its allow lists, and these files by their published names.

    The flag itself says where its status lists lie: the directory alone could lead devices away from them.
    """
    name = flag.authority.flag
    keys = json_dumps(
        {
            "format": "ombord-keys",
            "version": 1,
            "flag": name,
            "status_prefix": flag.authority.status_prefix,
            "keys": [key_to_json(key) for key in flag.keys],
        }
    )
    paths = {keys_path(name): keys}
    paths.update((allow_path(name, kid), data) for kid, data in flag.allow_lists.items())
    targets = {path: TargetFile.from_data(path, data, ["sha256"]) for path, data in paths.items()}
    files = {target_name(path, targets[path].hashes["sha256"]): data for path, data in paths.items()}
    return Targets(targets=targets), files


def same(one: SignedT, other: SignedT) -> bool:
    """Whether metadata says the same, whenever it says it."""
    return _without_date(one) == _without_date(other)


def _without_date(signed: SignedT) -> Mapping[str, object]:
    return {name: value for name, value in signed.to_dict().items() if name not in ("version", "expires")}


def _tuf_keys(roles: Iterable[Role]) -> dict[str, Key]:
    keys: dict[str, Key] = {}
    for role in roles:
        for key in map(tuf_key, role.keys):
            if keys.setdefault(key.keyid, key) != key:
                raise PublishError(f"two keys share the short id {key.keyid}: make one of them again")
    return keys
