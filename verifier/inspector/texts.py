"""Every word that the inspector's app shows of its own: English is the message id of gettext's catalogues.

Reasons of checks are templates of the decision itself, and message ids too.
"""

from typing import Final

from verifier.verdict import Headline

APP: Final = "Ombord Inspector"

# The first screen
SCAN: Final = "Scan a certificate"
HOLD: Final = "Hold the code inside the frame, a hand's width away"
NO_CAMERA: Final = "No camera here"
NO_CAMERA_ADVICE: Final = "Drop a picture of the code on this window, or paste the code."
CAMERA_BROKEN: Final = "The camera does not answer"
CAMERA_BROKEN_ADVICE: Final = "Close what else uses it and come back to this screen, or paste the code."
FRAMES_SEEN: Final = "{received} of {needed} parts: keep the camera on the code"
ENTER: Final = "Paste or picture"
CHALLENGE: Final = "Challenge"

# Paste or picture
ENTER_TITLE: Final = "Paste or picture"
ENTER_ADVICE: Final = (
    "Paste the text of a code, or the name of a picture file. A picture can also be dropped on this window."
)
ENTER_HINT: Final = "OB1:… or a file's name"
PASTE: Final = "Paste"
CHECK_IT: Final = "Check it"
NO_SUCH_PICTURE: Final = "There is no picture {name}, and that is no code either."
PICTURE_BROKEN: Final = "The picture cannot be read: {detail}."
NO_CODE: Final = "No code can be read in the picture. Take it again: straight, in good light, the whole code."
SEVERAL_CODES: Final = "There are {count} codes in the picture. Take a picture of each."

# What is no certificate
WEB_ADDRESS: Final = "This is not a certificate: it is a web address ({shown}). It was not opened."
OFFER: Final = "This is not a certificate: it is an offer, for the seafarer's own app to pick one up."
A_CHALLENGE: Final = "This is not a certificate: it is an inspector's challenge."
WIFI: Final = "This is not a certificate: it is the name of a wireless network."
CONTACT: Final = "This is not a certificate: it is somebody's contact card."
HEALTH: Final = "This is not a certificate of Ombord's: it is a health certificate."
SMALL_LETTERS: Final = "Something has made the code's capitals small. Scan it again."
NOT_OURS: Final = "This is not a certificate of Ombord's: it says “{shown}”."

# Headlines, in the table's capitals
HEADLINES: Final = {one: one.value for one in Headline}
FRAUD: Final = "Fraud suspected"
GOOD: Final = "Good here and now"
GOOD_BUT: Final = "Good, with something to read"
NO_GOOD: Final = "Does not count"
NO_TRUST: Final = "Do not rely on it"
CANNOT_TELL: Final = "Cannot tell"
DATA_TOO_OLD: Final = "The trust data is too old to tell"
WHOLE_PASS: Final = ("Pass with {n} certificate", "Pass with {n} certificates")
SEVERAL: Final = ("{n} certificate shown together", "{n} certificates shown together")
REHEARSAL: Final = "TEST: a rehearsal, nothing of this is real"

# What to do next, where the table does not say it, and what the screen's button does
NEXT_OF_SOME: Final = "What is marked does not count, the others do. Compare the holder's identity document."
NEXT_UNCOVERED: Final = "Your policy leaves this flag out: choose another, or leave it to whom it concerns."
DO_COMPARE: Final = "Compare with document"
DO_CHALLENGE: Final = "Set a challenge"
DO_TRUST: Final = "Get newer trust data"
DO_SCAN: Final = "Scan again"
DO_NEXT: Final = "Scan the next one"
WHAT_TO_DO: Final = "What to do"
ON_THIS_SHIP: Final = "On this ship, in a duty"
CLOSE: Final = "Close, and forget this person"
ANSWERED: Final = "The phone answered your challenge"

# What a verdict shows
BORN: Final = "Born"
CERTIFICATE: Final = "Certificate"
NUMBER: Final = "Number"
ISSUED_BY: Final = "Issued by"
VALID_FROM_TO: Final = "Valid"
PERIOD: Final = "{first} to {last}"
PERIOD_OPEN: Final = "from {first}, until further notice"
RELIED_ON: Final = "What this relies on"
TRUST_DATA: Final = "Trust data"
STATUS: Final = "Status"
AS_OF: Final = "as of {date}, {age}"
OF_DAY: Final = "of {date}, {age}"
POLICY: Final = "Policy"
PROOF: Final = "Proof by the phone"
CHECKED_AT: Final = "Checked"
SEA_PACK: Final = "Sea pack"
TODAY: Final = "today"
DAYS_OLD: Final = ("{n} day old", "{n} days old")
AHEAD: Final = "dated ahead of this clock"
HIDDEN: Final = "Nothing of it is shown: no known authority's signature vouches for it."
UNREADABLE_CLAIMS: Final = "Nothing of it is shown: it cannot be read as a certificate."
MEMBERS: Final = "Certificates, the worst first"
COUNT_BAD: Final = ("{n} does not count", "{n} do not count")
COUNT_UNKNOWN: Final = ("{n} cannot be judged", "{n} cannot be judged")
COUNT_REMARK: Final = ("{n} with a remark", "{n} with remarks")
COUNT_GOOD: Final = ("{n} good", "{n} good")
COMPARED: Final = "Compared with: {document}"
COMPARE_CHANGES: Final = "Change the answers"

# Comparing
COMPARE: Final = "Compare with document"
WITH_WHAT: Final = "What do you hold in your hand?"
PASSPORT: Final = "Passport"
SEAFARERS_IDENTITY: Final = "Seafarer's identity document"
OTHER_DOCUMENT: Final = "Another document with a photo"
NO_DOCUMENT: Final = "None"
NO_DOCUMENT_ADVICE: Final = (
    "Without a document the holder stays unconfirmed. The certificates are judged all the same."
)
NAME: Final = "Name"
BIRTH_DATE: Final = "Date of birth"
PHOTO: Final = "Face and photo"
PHOTO_ADVICE: Final = "Compare the face in front of you with the photo in the document."
SCAN_PHOTO: Final = "Scan the photo from the phone"
WAITING_FOR_PHOTO: Final = "Ask for “Show photo” on the phone, and keep the camera on it"
PHOTO_HERE: Final = "Compare the face in front of you with both photos."
MATCHES: Final = "Matches"
DIFFERS: Final = "Differs"
WHY_DIFFERS: Final = "Why it differs, as far as you have seen proof"
REASON_HINT: Final = "such as: married"
TYPE_NAME: Final = "Or type the name in the document"
TYPE_HINT: Final = "Name in the document"
NAME_SAME: Final = "The same name."
NAME_TRANSLITERATION: Final = "The same name, written as passports write it."
NAME_ONE_LETTER: Final = "One letter differs: a misprint, or another person. Look closely."
NAME_PARTLY: Final = "Part of the name differs. A changed name needs a reason that you have seen."
NAME_DIFFERENT: Final = "Another name."
DONE: Final = "Done"
UNANSWERED: Final = ("{n} answer is missing", "{n} answers are missing")

# Challenge
CHALLENGE_TITLE: Final = "Challenge"
CHALLENGE_ADVICE: Final = "Let the seafarer's phone scan this. Then scan its answer."
CHALLENGE_TYPED: Final = "Or read these characters out:"
CHALLENGE_LEFT: Final = "Counts for {n} s more, and once"
CHALLENGE_OVER: Final = "This challenge is over. Set a new one."
CHALLENGE_USED: Final = "This challenge was answered. It counts once."
CHALLENGE_NEW: Final = "New challenge"
SCAN_ANSWER: Final = "Scan the answer"
WAITING_FOR_ANSWER: Final = "Waiting for the answer to your challenge"

# Trust data
TRUST: Final = "Trust data"
TRUST_NONE: Final = "No trust data yet"
TRUST_NONE_ADVICE: Final = (
    "Without it no certificate can be judged. Bring a sea pack from your administration, on a USB stick or "
    "as a file, with the root that it is trusted by."
)
TRUST_DAMAGED: Final = "The trust data is damaged"
TRUST_DAMAGED_ADVICE: Final = "Nothing can be judged until a sea pack is imported again."
TRUST_CLOCK: Final = "The clock cannot be right"
TRUST_CLOCK_ADVICE: Final = "Set this device's date and time. Until then nothing is called valid."
TRUST_TOO_OLD: Final = "Trust data is too old"
TRUST_TOO_OLD_ADVICE: Final = (
    "Revocations since {date} are not known here, so status counts as unknown. Import a newer sea pack."
)
TRUST_OLD: Final = "Trust data is getting old"
TRUST_OLD_ADVICE: Final = (
    "It still counts, with a remark, until {date}. Import a newer sea pack when you can."
)
TRUST_CURRENT: Final = "Trust data is current"
TRUST_CURRENT_ADVICE: Final = "It counts without a remark until {date}."
STRIP_NONE: Final = "No trust data: nothing can be judged"
STRIP_DAMAGED: Final = "Trust data damaged: nothing can be judged"
STRIP_CLOCK: Final = "The clock cannot be right"
STRIP: Final = "Trust data {age}"
STRIP_TOO_OLD: Final = "Trust data {age}: too old"
STRIP_TEST: Final = "TEST  ·  {line}"
SHOW_TRUST: Final = "Show trust data"
AUTHORITIES: Final = "Authorities"
AUTHORITY_COUNT: Final = ("{n} authority", "{n} authorities")
ENVIRONMENT: Final = "Directory"
ENVIRONMENT_TEST: Final = "a test: nothing under it is real"
ENVIRONMENT_REAL: Final = "in production"
PACK_ID: Final = "Sea pack"
FETCHED_FROM: Final = "Fetched from"
IMPORT: Final = "Bring newer trust data"
FOUND_PACKS: Final = "Found on this device and its USB drives"
FOUND_NONE: Final = "No sea pack was found on this device or its USB drives."
LOOK_AGAIN: Final = "Look again"
PACK_FILE: Final = "{size}, {date}"
KILOBYTES: Final = "{n} kB"
FETCH: Final = "From an address, a file or a folder"
FETCH_HINT: Final = "https://packs.example"
FETCH_NOW: Final = "Fetch what is new"
IMPORTING: Final = "Checking the sea pack…"
FETCHING: Final = "Fetching what is new…"
IMPORTED: Final = "Imported"
IMPORTED_ADVICE: Final = "Every signature in it was checked."
STAYS: Final = "What was held before stays in force."
TROUBLE_NOT_A_PACK: Final = "The file is no sea pack, or it was damaged on its way. Copy it again."
TROUBLE_REFUSED: Final = "The sea pack does not prove itself by the root that this device trusts."
TROUBLE_NO_ROOT: Final = "No root is trusted on this device yet. Put root.json beside the sea pack."
TROUBLE_FORGET: Final = (
    "What was held is damaged. Going on without it, an older sea pack could make valid again what was "
    "revoked: take the newest one."
)
GO_ON_WITHOUT: Final = "Go on without it"
RECEIVED: Final = "{size} received"
TROUBLE_FILE: Final = "The file cannot be read. Look whether the drive is still there."
TROUBLE_FETCH: Final = "Nothing could be fetched. Look at the address and at the connection."
TROUBLE_OTHER: Final = "It could not be imported."
TRUST_ROOT: Final = "Whom to trust?"
TRUST_ROOT_ADVICE: Final = (
    "This device has no root yet, and everything rests on it. Compare these signs with those that your "
    "administration has given you, by another way than this file."
)
ROOT_OF: Final = "Root in {name}"
TRUST_IT: Final = "They are the same: trust it"
DO_NOT_TRUST: Final = "Do not trust it"

# Settings
SIZES: Final = {100: "Normal", 125: "Large", 150: "Largest"}
THEME: Final = "Colours"
THEMES: Final = {"light": "Light", "dark": "Dark"}
POLICY_CHOICE: Final = "What you demand"
POLICIES: Final = {
    "default": "As shipped",
    "psc": "Port state control",
    "company": "Company",
    "port-agent": "Port agent",
}
POLICY_ADVICE: Final = (
    "Status counts without a remark up to {green} days, and not at all after {limit}. {proof}",
    "The phone must prove itself.",
    "The phone need not prove itself.",
)
RECORD: Final = "Keep a record of inspections"
RECORD_OFF: Final = "Off: nothing about a person is stored on this device"
RECORD_ON: Final = "On: what you save is kept on this device, encrypted, until you delete it"
NOT_KEPT: Final = "The settings could not be stored: {detail}. They hold until the app is closed."
