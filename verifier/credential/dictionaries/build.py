"""Builds the carrier's preset dictionary from code lists, the model's own claims and a few words.

    python -m verifier.credential.dictionaries.build          writes the file and its hash
    python -m verifier.credential.dictionaries.build --check  compares, and changes nothing

Deterministic: the same lists make the same bytes. What saves most stands last, where matches cost least.
Dictionaries change freely until release 1.0, then never again: a better one gets a new number.
A code that was listed after a dictionary was built says which one it waits for (`"dictionary": 2`).
"""

import json
import os
import sys
from hashlib import sha256
from typing import Final

from verifier.credential.dictionaries import fragments

NUMBER: Final = 1
# The text to be packed pushes the far end out of deflate's window of 32 KiB.
MAX_BYTES: Final = 31_500

_FOLDER: Final = os.path.dirname(os.path.abspath(__file__))


def build() -> bytes:
    """The dictionary's bytes, from the far end to the near one."""
    found = [
        *fragments.generic_words(),
        *fragments.members_of_types(),
        *fragments.medical_certificates(),
        *fragments.names_of_types(),
        *fragments.references(),
        *fragments.flags(),
        *fragments.limits(),
        *fragments.posts(),
        *fragments.passes(),
        *fragments.frames(),
    ]
    data = b""
    for fragment in (text.encode("utf-8") for text in reversed(found)):
        if fragment not in data:
            data = fragment + data
    if len(data) > MAX_BYTES:
        raise ValueError(f"a dictionary of {len(data)} bytes; at most {MAX_BYTES} are of use")
    return data


def files() -> dict[str, bytes]:
    """Path and content of what the script writes: the dictionary, and the manifest with its hash."""
    data = build()
    entry = {"number": NUMBER, "bytes": len(data), "sha256": sha256(data).hexdigest()}
    manifest = (json.dumps([entry], indent=2) + "\n").encode("ascii")
    return {
        os.path.join(_FOLDER, f"{NUMBER:04}.bin"): data,
        os.path.join(_FOLDER, "manifest.json"): manifest,
    }


def main(arguments: list[str]) -> int:
    """Write the files, or with --check say whether they are what would be written."""
    written = files()
    if arguments == ["--check"]:
        if all(_content(path) == content for path, content in written.items()):
            return 0
        print("error: the dictionary is not what its lists make", file=sys.stderr)
        print("hint: python -m verifier.credential.dictionaries.build", file=sys.stderr)
        return 1
    for path, content in written.items():
        with open(path, "wb") as file:
            file.write(content)
        print(f"{os.path.basename(path)}: {len(content)} bytes")
    return 0


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
