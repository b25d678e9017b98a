"""What the authority's transparency log says of a certificate: its receipt, judged; and in words.

The receipt never decides about the certificate: its signature and status do. One that does not fit is kept,
since it is evidence, and said.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Final, NamedTuple

from keys.jwk import PublicKey
from keys.transparency.checkpoint import (
    CheckpointError,
    LogKey,
    UnknownSigner,
    origin_of,
    parse,
    verify,
)
from keys.transparency.entry import Receipt, ReceiptError, leaf
from keys.transparency.merkle import ProofError, verify_inclusion
from verifier.credential import sd_jwt
from verifier.ui.words import Words
from wallet_app import texts_showing as texts
from wallet_app.core.held import Held
from wallet_app.core.sync_record import StoredReceipt
from wallet_app.core.viewstate import FieldState, NoticeState, SectionState, Tone


class Standing(Enum):
    """What a receipt is worth."""

    LOGGED = auto()
    UNCHECKED = auto()  # the directory here has no key of the log that signed it
    REFUTED = auto()  # it is no receipt, of another certificate, or its signature is forged


class Logged(NamedTuple):
    """A receipt, judged. `entry` counts from 0."""

    standing: Standing
    entry: int = 0
    as_of: int = 0


_REFUTED: Final = Logged(Standing.REFUTED)


def judge(held: Held, stored: StoredReceipt, keys: Sequence[PublicKey]) -> Logged:
    """Whether the receipt shows `held` in its authority's log, signed by one of the directory's `keys`."""
    try:
        receipt = Receipt.from_json(stored.text.encode())
        note = receipt.checkpoint.encode()
        signed = parse(note).checkpoint
        verify_inclusion(
            leaf(receipt.salt, sd_jwt.parse(held.text).jws.signing_input),
            index=receipt.index,
            size=signed.size,
            root=signed.root,
            proof=receipt.proof,
        )
        origin = origin_of(held.credential.issuer)
        if signed.origin != origin:
            return _REFUTED
        verify(note, [LogKey(origin, key) for key in keys], origin=origin)
    except UnknownSigner:
        return Logged(Standing.UNCHECKED, receipt.index, stored.as_of)
    except (ReceiptError, CheckpointError, ProofError):
        return _REFUTED
    return Logged(Standing.LOGGED, receipt.index, stored.as_of)


def section(logged: Logged | None, say: Words) -> tuple[SectionState, ...]:
    """One calm line; none without a receipt, or with one that says nothing."""
    if logged is None or logged.standing is Standing.REFUTED:
        return ()
    text = texts.LOG_CHECKPOINT if logged.standing is Standing.LOGGED else texts.LOG_UNCHECKED
    date = say.day(datetime.fromtimestamp(logged.as_of, UTC).date())
    line = FieldState(say(texts.LOG_ENTRY, number=logged.entry), say(text, date=date))
    return (SectionState(say(texts.PUBLIC_LOG), (line,)),)


def remarks(logged: Logged | None, say: Words) -> tuple[NoticeState, ...]:
    """What there is to say of a receipt that does not fit."""
    if logged is None or logged.standing is not Standing.REFUTED:
        return ()
    return (NoticeState(Tone.CAUTION, say(texts.LOG_REFUTED)),)
