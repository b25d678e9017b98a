"""What a pass says of a certificate: the claims that writer, signer and verifiers agree on. Pure."""

from typing import Final

from keys.trust.directory import PASS

MAX_MEMBERS: Final = 32
LIFETIME_DAYS: Final = 30
NO_MEMBERS: Final = frozenset((PASS, "safe-manning"))

# Of a certificate's own claims; in a pass none is left out that limits what the holder may do.
SUMMED_UP: Final = (
    "document_number",
    "stcw_code",
    "functions",
    "capacities",
    "issue_date",
    "expiry_date",
    "rests_on",
    "recognises",
    "acceptance",
    "ship",
    "remarks",
    "medical",
)
FLAG: Final = ("issuing_country", "issuing_authority")
HOLDER: Final = ("seafarer_id", "family_name", "given_name", "native_name", "birth_date", "gender")
