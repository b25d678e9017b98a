"""The way from Python to Android's Java: pyjnius, which python-for-android builds in and no desktop has."""

import importlib
from typing import Any, Final

ACTIVITY: Final = "org.kivy.android.PythonActivity"
OURS: Final = (
    *("org.ombord.DeviceKeys", "org.ombord.FilePick", "org.ombord.FileShare"),
    *("org.ombord.OwnerQuestion", "org.ombord.ScannerActivity", "org.ombord.ScreenHold"),
)
_known: dict[str, Any] = {}


class JavaError(Exception):
    """Java threw: what its exception says."""


def learn() -> None:
    """On the app's first thread: another finds the system's classes, and none of ours."""
    for name in (ACTIVITY, *OURS):
        _known[name] = _jnius().autoclass(name)


def java(name: str) -> Any:
    """The Java class of that name."""
    return _known[name] if name in _known else _jnius().autoclass(name)


def activity() -> Any:
    """The app's own activity."""
    return java(ACTIVITY).mActivity


def call(method: Any, *arguments: Any) -> Any:
    """`method(*arguments)`. Raises JavaError for whatever Java throws."""
    try:
        return method(*arguments)
    except _jnius().JavaException as error:
        raise JavaError(str(error)) from error


def as_bytes(value: Any) -> bytes:
    """A `byte[]` as pyjnius hands it over: its own array, or signed numbers."""
    tostring = getattr(value, "tostring", None)
    return bytes(tostring()) if tostring is not None else bytes(one & 0xFF for one in value)


def _jnius() -> Any:
    return importlib.import_module("jnius")
