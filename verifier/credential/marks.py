"""The marks of lifted values: control bytes in the carrier's text, each for a value that travels apart.

The table of marks, from which a second decoder can be written, is in docs/credential-format.md.
"""

from datetime import date
from typing import Final

SEPARATOR: Final = b"\n"  # between header, payload and disclosures: the one control byte that is no mark

POINT: Final = b"\x01"
BASE64URL: Final = b"\x02"
INTEGER: Final = {2: b"\x03", 3: b"\x04", 4: b"\x05", 5: b"\x06", 6: b"\x07", 7: b"\x08"}  # by size in bytes
QUARTER: Final = b"\x09"
HOURS_LATER: Final = b"\x0b"
DATE: Final = b"\x0c"
FIRST_DAY: Final = b"\x0d"
LAST_DAY: Final = b"\x0e"
SEAFARER_ID: Final = b"\x0f"
LINE_FEED: Final = b"\x10"
SAME_POINT: Final = b"\x11"  # as the last one: several credentials of one seafarer repeat it
SAME_SEAFARER: Final = b"\x12"
SAME_DATE: Final = b"\x13"  # as the first one that DATE gave: the date of birth
CONTROL: Final = b"\x1f"

INTEGERS: Final = range(10**3, 10**15)
INSTANTS: Final = range(10**8, 10**10)  # an integer of nine or ten digits is taken for Unix seconds
DATES: Final = range(date(1920, 1, 1).toordinal(), date(1920, 1, 1).toordinal() + 2**16)
BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, in capitals

DAY, HALF_DAY, HOUR, QUARTER_HOUR = 86_400, 43_200, 3_600, 900

_UNIX_EPOCH: Final = date(1970, 1, 1).toordinal()


def day_of(instant: int) -> int:
    """The ordinal of the UTC date on which `instant` falls."""
    return instant // DAY + _UNIX_EPOCH
