"""The holder's photograph in a pass, where the phone showed it: only of a pass whose signature held."""

import binascii
from base64 import b64decode

from verifier.credential.sea_pass_claims import PORTRAIT
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.whose import Seafarer, seafarer
from verifier.unverified import NotReadable, read_all


def portrait(shown: Shown, of: frozenset[Seafarer] | None = None) -> bytes | None:
    """The picture's bytes, or None where none was shown or it is none; `of` these persons alone."""
    if not any(verdict.sea_pass is not None for verdict in shown.verdicts):
        return None
    for read, verdict in zip(read_all(shown.presented), shown.verdicts, strict=False):
        if isinstance(read, NotReadable) or verdict.sea_pass is None:
            continue
        if of is not None and seafarer(verdict) not in of:
            continue
        text = read.claims.get(PORTRAIT)
        if isinstance(text, str):
            try:
                return b64decode(text.translate({ord("-"): "+", ord("_"): "/"}) + "=" * (-len(text) % 4))
            except (binascii.Error, ValueError):
                return None
    return None
