"""What a device remembers when a pack comes in: its root is pinned once, nothing silently forgotten."""

from typing import Final, NamedTuple

from verifier import salvage, state
from verifier.held import Held
from verifier.state import NoState, State, StateError
from verifier.unusable import Unusable, read_file

_MAX_ROOT: Final = 1 << 20
_PIN: Final = "give the root that you trust: --root ROOT.json (of the authority, or of a device that has it)"
_FORGET: Final = (
    "to go on without {}: ombord-verify pack import FILE --root ROOT.json --forget; "
    "an older pack can then make valid again what was revoked"
)
_ALL: Final = "the pinned root, and every version, key, revocation and list seen until now"


class NoRoot(Unusable):
    """Nothing is trusted on this device yet, and no root was given."""


class MustForget(Unusable):
    """What was held cannot be read, and to go on without it must be asked for."""


class Remembered(NamedTuple):
    """What a pack is taken in upon, and what must be said of that."""

    held: Held
    said: tuple[str, ...] = ()


def read(folder: str, root_path: str | None, *, forget: bool = False) -> Remembered:
    """What this device remembers, also where it is damaged, or the root alone of a new device.

    `forget` goes on without what cannot be read, where else it would be asked for. Raises Unusable.
    """
    given = None if root_path is None else read_file(root_path, _MAX_ROOT)
    try:
        remembered = Remembered(State(folder).held())
    except StateError as error:
        saved = _saved(folder, error, forget=forget)
        if saved is None:
            if given is None:
                raise NoRoot("no trusted root is pinned on this device", _PIN) from None
            said = () if isinstance(error, NoState) else (f"forgotten: {_ALL}",)
            return Remembered(Held(root=given), said)
        remembered = saved
    else:
        if forget:
            raise Unusable("--forget, and what this device holds is whole", "import without --forget")
    if given is not None and given != remembered.held.root:
        hint = f"to change whom this device trusts, remove {folder} and import again"
        raise Unusable("another root is pinned on this device", hint)
    return remembered


def _saved(folder: str, error: StateError, *, forget: bool) -> Remembered | None:
    """What is left of a damaged home; None for a new one, or one that may be forgotten. Raises Unusable."""
    if error.hint is state.ELSEWHERE:  # it may be whole, and cannot be reached
        raise Unusable(str(error), error.hint)
    saved = salvage.save(folder)
    if saved is None:
        if isinstance(error, NoState) or forget:
            return None
        raise MustForget(str(error), _FORGET.format(_ALL))
    if not saved.newest and not forget:
        raise MustForget(str(error), _FORGET.format(saved.lost))
    return Remembered(saved.held, (f"what was held before was damaged; not to be read: {saved.lost}",))
