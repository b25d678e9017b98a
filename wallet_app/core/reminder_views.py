"""What is said of a certificate's end: on the list, on the certificate, and of the medical one always."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from verifier.credential.model import Certificate, CertificateType
from verifier.ui.words import Words
from wallet_app import texts_showing as texts
from wallet_app.core import names, reminders
from wallet_app.core.plain import shown
from wallet_app.core.standing import Judged, Standing
from wallet_app.core.viewstate import Deed, NoticeState, StatusState, Tone

_SOON_TO_RENEW: Final = 365  # days before the end: who looks then may plan


def reminders_due(
    judged: Sequence[Judged], put_away: Mapping[str, int], at: datetime, say: Words
) -> Iterable[NoticeState]:
    """One line, however many certificates end soon: the nearest, or their number."""
    due = reminders.due(judged, put_away)
    if not due:
        return
    first = due[0].held.certificate
    date = say.day(first.expiry_date) if first.expiry_date else ""
    tone = Tone.PLAIN if due[0].days_left >= reminders.STAGES[1] else Tone.CAUTION
    if len(due) > 1:
        text = say(texts.SEVERAL_END, n=len(due), date=date)
    else:
        text = say(_reminder(first, at), title=shown(names.title(first, say)), date=date)
    yield NoticeState(tone, text, say(texts.GOT_IT), Deed.PUT_AWAY)


def _reminder(certificate: Certificate, at: datetime) -> str:
    if certificate.type is CertificateType.MEDICAL:
        return texts.ENDS_EXAMINE
    opens = reminders.renewal_opens(certificate)
    return texts.ENDS_RENEW if opens is not None and opens <= at.date() else texts.ENDS


def renewal(judged: Judged, at: datetime, say: Words) -> Iterable[NoticeState]:
    """When to renew the certificate that is in view."""
    certificate, opens = judged.held.certificate, reminders.renewal_opens(judged.held.certificate)
    if judged.standing not in (Standing.VALID, Standing.EXPIRING):
        return
    tone = Tone.CAUTION if judged.standing is Standing.EXPIRING else Tone.PLAIN
    if certificate.type is CertificateType.MEDICAL and reminders.stage(judged.days_left) is not None:
        last = certificate.expiry_date or at.date()
        yield NoticeState(tone, say(texts.EXAMINE, date=say.day(last)))
    elif opens is not None and opens <= at.date():
        yield NoticeState(tone, say(texts.RENEW_NOW))
    elif opens is not None and judged.days_left is not None and judged.days_left <= _SOON_TO_RENEW:
        yield NoticeState(tone, say(texts.RENEW_FROM, date=say.day(opens)))


def medical(judged: Sequence[Judged], at: datetime, say: Words) -> StatusState | None:
    """The medical certificate's own days, which a seafarer looks for first."""
    found = reminders.newest_medical(judged, at)
    if found is None:
        return None
    left = found.days_left or 0
    match found.standing:
        case Standing.VALID:
            return StatusState(Tone.GOOD, say.counted(texts.MEDICAL_LEFT, left), "")
        case Standing.EXPIRING if left:
            return StatusState(Tone.CAUTION, say.counted(texts.MEDICAL_LEFT, left), "")
        case Standing.EXPIRING:
            return StatusState(Tone.CAUTION, say(texts.MEDICAL_LAST_DAY), "")
        case Standing.EXPIRED:
            last = found.held.certificate.expiry_date
            word = say(texts.MEDICAL_EXPIRED, date=say.day(last) if last else "")
            return StatusState(Tone.BAD, word, "")
        case _:
            return StatusState(Tone.BAD, say(texts.MEDICAL_NOT_VALID), "")
