"""The holder's photograph in a pass, where the phone showed it: only of a pass whose signature held."""

import binascii
from base64 import b64decode

from verifier.credential.sea_pass_claims import PORTRAIT
from verifier.inspector.core.session import Shown
from verifier.unverified import NotReadable, read_all


def portrait(shown: Shown) -> bytes | None:
    """The picture's bytes, or None where none was shown or what was shown is none."""
    if not any(verdict.sea_pass is not None for verdict in shown.verdicts):
        return None
    for read, verdict in zip(read_all(shown.presented), shown.verdicts, strict=False):
        if isinstance(read, NotReadable) or verdict.sea_pass is None:
            continue
        text = read.claims.get(PORTRAIT)
        if isinstance(text, str):
            try:
                return b64decode(text.translate({ord("-"): "+", ord("_"): "/"}) + "=" * (-len(text) % 4))
            except (binascii.Error, ValueError):
                return None
    return None
