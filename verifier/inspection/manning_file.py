"""A safe manning document as a YAML file that a person writes: read strictly."""

from collections.abc import Mapping
from typing import Final

from verifier.credential.model import InvalidCertificate
from verifier.credential.safe_manning import MOST_PERSONS, MOST_POSTS, Post, SafeManning, Vessel
from verifier.inspection import ship
from verifier.settings_file import Entries, SettingsError, entries

_MOST_CODES: Final = 16


def read(data: bytes) -> SafeManning:
    """The document. Raises SettingsError for unknown keys, wrong values and posts that no list has."""
    file = entries(data)
    number, flag = file.text("document_number"), file.text("flag")
    if number is None or flag is None:
        raise SettingsError("document_number and flag are needed")
    try:
        document = SafeManning(
            document_number=number,
            issuing_country=flag,
            vessel=_vessel(file),
            posts=_posts(file.take("posts")),
            issue_date=file.day("issue_date"),
            expiry_date=file.day("expiry_date"),
            remarks=file.text("remarks"),
        )
    except (InvalidCertificate, ship.InvalidShip) as error:
        raise SettingsError(str(error)) from None
    file.close()
    return document


def _vessel(file: Entries) -> Vessel:
    inner = _inside(file.take("ship"), "ship")
    name, imo = inner.text("name"), inner.text("imo")
    if name is None:
        raise SettingsError("ship.name: the ship's name is needed")
    vessel = Vessel(
        name=name,
        imo=None if imo is None else ship.imo_number(imo),
        gt=inner.number("gt", ship.MOST_SIZE),
        kw=inner.number("kw", ship.MOST_SIZE),
        type=ship.listed("type", inner.text("type")),
        area=ship.listed("area", inner.text("area")),
        ums=inner.flag("ums"),
    )
    inner.close()
    return vessel


def _posts(found: object) -> tuple[Post, ...]:
    if not isinstance(found, list) or not 0 < len(found) <= MOST_POSTS:
        raise SettingsError(f"posts: a list of 1 to {MOST_POSTS} posts is needed")
    return tuple(_post(one, f"posts[{position}]") for position, one in enumerate(found))


def _post(found: object, where: str) -> Post:
    from verifier.inspection.duty import duties

    inner = _inside(found, where)
    code = inner.text("capacity_code")
    also = inner.texts("also", _MOST_CODES) or ()
    count = inner.number("count", MOST_PERSONS)
    regulations = inner.texts("regulations", _MOST_CODES) or ()
    inner.close()
    for one in (code, *also):
        if one not in duties():
            known = ", ".join(duties())
            raise SettingsError(
                f"{where}: {str(one)[:60]!r} is no post that is known here; known are {known}"
            )
    return Post(str(code), 1 if count is None else count, also, regulations)


def _inside(found: object, where: str) -> Entries:
    if not isinstance(found, Mapping):
        raise SettingsError(f"{where}: lines of `key: value` are needed")
    return Entries(found)
