"""Every word that the wallet shows, in one place: English is the message id of gettext's catalogues.

Names of documents, functions and capacities are data of `verifier.credential`, not texts of the app.
"""

from typing import Final

from wallet_app.core.troubles import Trouble

APP: Final = "Ombord"

# The list
CERTIFICATES: Final = "Certificates"
SEAFARER: Final = "Seafarer {id}"
SEARCH: Final = "Search certificates"
CLEAR_SEARCH: Final = "Clear the search"
ADD: Final = "Add certificates"
ALL: Final = "All"
VALID_ONES: Final = "Valid"
EXPIRING_ONES: Final = "Expiring"
INVALID_ONES: Final = "Not valid"
SHOW_CODE_OF: Final = "Show the code of {title}"
NOTHING_YET: Final = "No certificates yet"
NOTHING_YET_ADVICE: Final = (
    "Your authority sends you an offer, as a link or a QR code, and a pick-up code by another way."
)
NOTHING_FOUND: Final = "Nothing found"
NOTHING_FOUND_ADVICE: Final = "No certificate has “{query}” in its name, number or regulation."
NOTHING_IN_FILTER: Final = "None of your certificates is in this group."
SHOW_ALL: Final = "Show all certificates"
UNFINISHED: Final = "Pick-up from {issuer} is not finished: {received} of {total} received."
GO_ON: Final = "Go on"
DAMAGED_COPY: Final = (
    "One of the two copies of your certificates was damaged, and the other is in use. "
    "A certificate that you added last may be missing."
)
UNREADABLE: Final = (
    "{n} certificate cannot be read by this version of the app. It is kept.",
    "{n} certificates cannot be read by this version of the app. They are kept.",
)
NOT_OURS_NOTICE: Final = "Certificates that are not bound to this phone cannot prove who holds them."

# Sync
SYNC: Final = "Sync"
SYNCING: Final = "Asking your authority…"
SYNCING_SEVERAL: Final = "{done} of {total} authorities have answered…"
NEVER_SYNCED: Final = "Not synced yet. Sync when you have a connection."
SYNCED: Final = "Synced {moment}"
NOTHING_NEW: Final = "Synced {moment}: nothing new"
SYNCED_LONG_AGO: Final = "Last synced {moment}. Sync when you have a connection."
PASS_RAN_OUT: Final = "The code for all ran out {date}. Sync for a new one."
ALL_IN_ONE_CODE: Final = "All in one code"
SHOW_ALL_IN_ONE: Final = "Show all certificates in one code"
READY: Final = ("{n} new certificate is ready.", "{n} new certificates are ready.")
GET_THEM: Final = "Pick up"
NOT_SYNCED_WITH: Final = "Not synced with {host}."
NOT_SYNCED: Final = "Not synced."
REVOKED: Final = "Revoked"
SUSPENDED: Final = "Suspended"
REPLACED: Final = "Replaced"
AS_OF_DAY: Final = "as of {date}"

# The code for all certificates
ALL_CERTIFICATES: Final = "All certificates"
COUNTED: Final = ("{n} certificate", "{n} certificates")
NOT_IN_IT: Final = ("{n} is not in it", "{n} are not in it")
AS_OF: Final = "As of {date}"
CODE_UNTIL: Final = "this code until {date}"
EXPIRED_SINCE: Final = ("{n} has expired since", "{n} have expired since")
OTHER_AUTHORITY: Final = "Next: {authority}"

# Status, in words
VALID: Final = "Valid"
EXPIRED: Final = "Expired"
NOT_YET_VALID: Final = "Not yet valid"
LAST_DAY: Final = "Last day today"
DAYS_LEFT: Final = ("{n} day left", "{n} days left")
UNTIL: Final = "until {date}"
UNTIL_FURTHER_NOTICE: Final = "until further notice"
EXPIRES_ON: Final = "expires {date}"
EXPIRED_ON: Final = "on {date}"
FROM: Final = "from {date}"
NOT_BOUND: Final = "Not bound to this phone"

# The certificate
CERTIFICATE: Final = "Certificate"
SHOW_CODE: Final = "Show code"
NUMBER: Final = "Number"

# The form, in the order of STCW Code A-I/2
ISSUED_BY: Final = "Issued by"
STATE: Final = "State"
AUTHORITY: Final = "Authority"
HOLDER_SECTION: Final = "Holder"
NAME: Final = "Name"
NATIVE_NAME: Final = "In own script"
PASSPORT_NAME: Final = "As in passport code"
SEAFARER_ID: Final = "Seafarer id"
BORN_ON: Final = "born {date}"
BORN: Final = "Date of birth"
GENDER: Final = "Gender"
PROVISIONS: Final = "Provisions"
REGULATION: Final = "STCW {code}"
VALID_UNTIL: Final = "Valid until"
FURTHER_NOTICE: Final = "Until further notice"
FUNCTIONS: Final = "Functions"
CAPACITIES: Final = "May serve as"
NO_LIMITS: Final = "No limitations"
ISSUE: Final = "Issue"
ENDORSEMENT_NUMBER: Final = "Endorsement number"
ISSUED_ON: Final = "Date of issue"
ISSUED_AT: Final = "Place of issue"
OFFICIAL: Final = "Official"
REVALIDATED: Final = "Revalidated"
RELATED: Final = "Related documents"
REPLACES: Final = "Replaces"
RECOGNISES: Final = "Recognises"
RESTS_ON: Final = "Rests on"
ACCEPTED: Final = "Where it is accepted"
FOR_SHIP: Final = "For the ship"
ON_FLAGS: Final = "On ships of"
IN_AREAS: Final = "In"
REMARKS: Final = "Remarks"
FITNESS: Final = "Medical fitness"
EXAMINED: Final = "Examined"
PRACTITIONER: Final = "Practitioner"
IDENTITY_CHECKED: Final = "Identity checked"
HEARING: Final = "Hearing meets the standard"
HEARING_UNAIDED: Final = "Hearing without aids"
VISUAL_ACUITY: Final = "Sight meets the standard"
COLOUR_VISION: Final = "Colour vision"
COLOUR_TESTED: Final = "Colour vision tested"
LOOKOUT: Final = "Fit for look-out"
NO_AGGRAVATION: Final = "No condition likely to worsen at sea"
REVIEW_INFORMED: Final = "Told of the right of review"
RESTRICTIONS: Final = "Restrictions"
RESTRICTED_AREAS: Final = "Only in"
NONE: Final = "None"
YES: Final = "Yes"
NO: Final = "No"
NOT_NEEDED: Final = "Not needed"
ON_THIS_PHONE: Final = "On this phone"
RECEIVED: Final = "Received"
BOUND: Final = "Bound to this phone's key"

# The live code
CLOSE: Final = "Close"
NEW_CODE_IN: Final = "New code in {n} s"
SCAN_IT: Final = "Scan it: looking is no proof"
STATIC_CODE: Final = "This code does not change: it proves nothing about who shows it"
CLOCK_IS_WRONG: Final = "This phone's clock is wrong. Set it, and a code can be made."
NO_CODE: Final = "This certificate is too long for a code. Show its number to the inspector."

# Adding
ADD_TITLE: Final = "Add certificates"
OFFER_HINT: Final = "Paste the offer's link here"
OFFER_ADVICE: Final = (
    "Paste the link that your authority sent you, or drop a picture of its QR code on this window."
)
PASTE: Final = "Paste"
LOOK_AT_OFFER: Final = "Continue"
LOOKING: Final = "Asking the authority…"
OFFERED_BY: Final = "{issuer} offers you"
FROM_ADDRESS: Final = "At {host}"
CONSENT: Final = (
    "They will be signed for this phone and kept on it, encrypted. "
    "The authority learns that this phone has picked them up, and nothing of when you show them."
)
PICK_UP_CODE: Final = "Pick-up code"
PICK_UP_CODE_ADVICE: Final = "It came to you by another way than the offer. Five tries."
CODE_OF_DIGITS: Final = "{n} digits"
CODE_OF_CHARACTERS: Final = "{n} characters"
PICK_UP: Final = "Pick up"
DECLINE: Final = "Not now"
PICKING_UP: Final = "Picking up…"
PROGRESS: Final = "{received} of {total} received"
DONE: Final = ("{n} certificate added", "{n} certificates added")
DONE_ADVICE: Final = "They are on this phone now, and work without a connection."
SHOW_CERTIFICATES: Final = "Show my certificates"
TRY_AGAIN: Final = "Try again"
TRY_LATER: Final = "Later"
OTHER_OFFER: Final = "Use another offer"
FINISH: Final = "Finish the first one"
FORGET: Final = "Forget this pick-up"
NO_QR: Final = "No QR code was found in that picture"
SEVERAL_QRS: Final = "There are several QR codes in that picture: show one"
PICTURE_UNREADABLE: Final = "That picture cannot be read"

# The store is opened and read
OPENING: Final = "Opening your certificates"
READING: Final = "Reading your certificates"
READING_ADVICE: Final = "They are all on this phone. This takes a moment."

# The store cannot be opened
STORE_CLOSED: Final = "Your certificates cannot be opened"
STORE_DAMAGED_ADVICE: Final = (
    "Both copies on this phone are damaged. Nothing was changed. Start again keeps the damaged files aside, "
    "and your authority can issue the certificates to this phone again."
)
STORE_LOCKED_ADVICE: Final = (
    "They were kept under another phone's key, as after restoring a backup. Start again keeps the old files "
    "aside, and your authority can issue the certificates to this phone."
)
STORE_ERROR_ADVICE: Final = (
    "Nothing was changed. Close other windows of this app, or free some space, and try again."
)
START_AGAIN: Final = "Start again"

TROUBLES: Final = {
    Trouble.NOT_AN_OFFER: (
        "This is not an offer of certificates",
        "Copy the whole link from your authority's message, or scan its QR code.",
    ),
    Trouble.NOT_SECURE: (
        "The connection would not be secure",
        "Nothing was sent. Ask your authority for a new offer, and try from another network.",
    ),
    Trouble.OFFLINE: (
        "No connection to the authority",
        "Nothing is lost. Try again when you have a connection; it goes on where it stopped.",
    ),
    Trouble.SERVICE: (
        "The authority's service does not answer properly",
        "Nothing is lost. Try again in a few minutes.",
    ),
    Trouble.OFFER_GONE: (
        "This offer has been used or has run out",
        "Ask your authority for a new one.",
    ),
    Trouble.CODE_REFUSED: (
        "The authority does not accept this code",
        "Check the pick-up code and try again. After five tries, or ten minutes, you need a new offer.",
    ),
    Trouble.NOT_ITSELF: (
        "The authority does not identify itself as in the offer",
        "Nothing was sent. Ask your authority whether the offer is theirs.",
    ),
    Trouble.NOT_UNDERSTOOD: (
        "The authority's answer was not understood",
        "Nothing is lost. If it happens again, tell your authority what stands below.",
    ),
    Trouble.ACCESS_ENDED: (
        "The time for this pick-up has run out",
        "What you received is kept. Ask your authority for a new offer for the rest.",
    ),
    Trouble.REFUSED: (
        "The authority refused a certificate",
        "The others are kept. Ask your authority, and tell what stands below.",
    ),
    Trouble.NOT_READY: (
        "A certificate is not ready yet",
        "The others are kept. Try again later.",
    ),
    Trouble.WRONG_CREDENTIAL: (
        "A certificate was not what was asked for",
        "It was not stored; the others are kept. Tell your authority what stands below.",
    ),
    Trouble.UNVERIFIED: (
        "A certificate's signature could not be confirmed",
        "It was not stored; the others are kept. Ask your authority whether the offer is theirs.",
    ),
    Trouble.OTHER_PERSON: (
        "This certificate belongs to somebody else",
        "It was not stored: a wallet holds one person's certificates. Ask your authority whose it is.",
    ),
    Trouble.UNFINISHED: (
        "Another pick-up is not finished",
        "Finish it first, or forget it. This offer was not used, and nothing is lost.",
    ),
    Trouble.NOT_STORED: (
        "The phone could not store a certificate",
        "Free some space on the phone, and try again.",
    ),
    Trouble.NO_SYNC: (
        "This authority offers no sync",
        "Your certificates work without it.",
    ),
    Trouble.NOT_RECOGNISED: (
        "The authority does not know this phone",
        "Ask your authority for an offer, and pick your certificates up again.",
    ),
    Trouble.NO_LONGER_BOUND: (
        "This phone is no longer bound",
        "Your certificates were issued to another phone, or this one was reported lost. Ask your authority.",
    ),
    Trouble.PROOF_REFUSED: (
        "The authority does not accept this phone's proof",
        "Check the phone's date and time, and try again.",
    ),
    Trouble.CLOCKS_APART: (
        "This phone's clock and the authority's are far apart",
        "Nothing was changed. Check the phone's date and time, and try again.",
    ),
    Trouble.TOO_OFTEN: (
        "This phone has synced several times just now",
        "Wait a minute, and try again.",
    ),
    Trouble.NO_DOCUMENT: (
        "The authority has no printable document of this certificate",
        "Its code works without one. Ask your authority if you need it on paper.",
    ),
}

_UNCONFIRMED: Final = "What it answered could not be confirmed. Nothing was changed; ask your authority."
# After "Not synced with …."
SYNC_TROUBLES: Final = {
    Trouble.OFFLINE: "There is no connection. Your certificates work without one.",
    Trouble.SERVICE: "Its service does not answer properly. Nothing was changed; try again in a few minutes.",
    Trouble.NOT_SECURE: "The connection would not be secure. Nothing was sent; try from another network.",
    Trouble.NOT_ITSELF: _UNCONFIRMED,
    Trouble.NOT_UNDERSTOOD: _UNCONFIRMED,
    Trouble.WRONG_CREDENTIAL: _UNCONFIRMED,
    Trouble.UNVERIFIED: _UNCONFIRMED,
    Trouble.OTHER_PERSON: _UNCONFIRMED,
    Trouble.NOT_STORED: "The phone could not store it. Free some space, and try again.",
    Trouble.NO_SYNC: "It offers no sync. Your certificates work without it.",
    Trouble.NOT_RECOGNISED: "It does not know this phone. Ask it for an offer, and pick up again.",
    Trouble.NO_LONGER_BOUND: (
        "This phone is no longer bound: the certificates were issued to another one, or this one was "
        "reported lost. Ask your authority."
    ),
    Trouble.PROOF_REFUSED: "It does not accept this phone's proof. Check the phone's date and time.",
    Trouble.CLOCKS_APART: "Its clock and this phone's are far apart. Check the phone's date and time.",
    Trouble.TOO_OFTEN: "This phone has synced several times just now. Wait a minute.",
}

GENDERS: Final = {"F": "Female", "M": "Male", "X": "Not stated (X)"}
