"""Words of what the wallet shows and adds: reminders, history, challenges, the directory, files."""

from typing import Final

from wallet_app.core.history import Reader, Way
from wallet_app.core.scanned import Kind
from wallet_app.core.trust import TrustTrouble

# The list
MEDICAL_LEFT: Final = ("Medical: {n} day left", "Medical: {n} days left")
MEDICAL_LAST_DAY: Final = "Medical: last day today"
MEDICAL_EXPIRED: Final = "Medical: expired {date}"
MEDICAL_NOT_VALID: Final = "Medical: not valid"
UPDATE_AVAILABLE: Final = "update available"
ENDS: Final = "{title} ends {date}."
ENDS_RENEW: Final = "{title} ends {date}. It can be renewed now."
ENDS_EXAMINE: Final = "{title} ends {date}. Book an examination."
SEVERAL_END: Final = "{n} certificates end soon, the first of them {date}."
GOT_IT: Final = "Got it"
ALL_MOVING: Final = "Show all, moving code"
SHOW_ALL_MOVING: Final = "Show all certificates as a moving code"

# The certificate
RENEW_FROM: Final = "It can be renewed from {date}. The new one then begins the day after this one ends."
RENEW_NOW: Final = "It can be renewed now. The new one begins the day after this one ends."
EXAMINE: Final = "Book your next medical examination in time: this one counts until {date}."
PUBLIC_LOG: Final = "In the authority's public log"
LOG_ENTRY: Final = "Entry {number}"
LOG_CHECKPOINT: Final = "checkpoint of {date}"
LOG_UNCHECKED: Final = "checkpoint of {date}, not checked: the directory here does not know the log's key"
LOG_REFUTED: Final = (
    "What the authority's log says of this certificate does not fit it. That is kept as evidence, "
    "and the certificate counts as before."
)
MORE: Final = "More"
SHARE_PAGE: Final = "Page to print"
SHARE_PAGE_DETAIL: Final = "PDF with the same number and a code for paper"
NO_PAGE: Final = "The authority's page comes with the next sync"
SHARED: Final = "Saved: {place}"
SHARED_BY_SYSTEM: Final = "Handed over"
NOT_SHARED: Final = "It could not be saved. Check the folder for downloads."
HISTORY: Final = "What was shown"
HISTORY_DETAIL: Final = "When, and to which kind of reader"
DELETE: Final = "Delete from this phone"
DELETE_DETAIL: Final = "The certificate itself stays in force"
DELETE_ASK: Final = "Delete {title} from this phone?"
DELETE_ADVICE: Final = (
    "You can then no longer show {number} from this phone. The certificate stays in force with {authority}, "
    "which can issue it to this phone again."
)
KEEP: Final = "Keep it"
NOT_DELETED: Final = "It could not be deleted. Free some space on the phone, and try again."

# History
HISTORY_TITLE: Final = "What was shown"
HISTORY_EMPTY: Final = "Nothing was shown yet"
HISTORY_ADVICE: Final = "Each code that you show is noted here, on this phone alone."
HISTORY_KEPT: Final = "This list is on this phone alone. Nobody else gets it."
HISTORY_OLDER: Final = "Show older ones"
HISTORY_NEWER: Final = "Show newer ones"
HISTORY_FORGET: Final = "Empty this list"
TODAY: Final = "Today"
YESTERDAY: Final = "Yesterday"
ALL_SHOWN: Final = "All certificates"
ALL_SHOWN_PHOTO: Final = "All certificates, with photo"
FOLDER_SHARED: Final = "Folder for the ship's office"
AT_TIME: Final = "{time}  ·  {reader}"
WAYS: Final = {
    Way.CODE.value: "{title}",
    Way.PASS.value: ALL_SHOWN,
    Way.MUSTER.value: ALL_SHOWN,
    Way.PHOTO.value: ALL_SHOWN_PHOTO,
    Way.DOCUMENT.value: "{title}",
    Way.FOLDER.value: FOLDER_SHARED,
    Way.DELETED.value: "{title}",
}
READERS: Final = {
    Reader.SCANNER.value: "to whoever scanned the screen",
    Reader.CHALLENGER.value: "to an inspector, whose challenge was answered",
    Reader.RECIPIENT.value: "as a file",
    Reader.NOBODY.value: "deleted from this phone",
}

# The code
MOVING_LABEL: Final = "Codes in turn: scan until all are read"
PHOTO_LABEL: Final = "With your photo, codes in turn: scan until all are read"
MUSTER_NOT_IN_IT: Final = ("{n} does not fit", "{n} do not fit")
MUSTER_STATUS: Final = "On this phone"
MUSTER_DETAIL: Final = "each with its own signature"
ANSWER_CHALLENGE: Final = "Answer a challenge"
SHOW_PHOTO: Final = "Show with photo"
HIDE_PHOTO: Final = "Show without photo"
ANSWERS: Final = "Answers the inspector's challenge {words}, once"
ANSWER_ENDS_IN: Final = "Ends in {n} s"
ANSWER_OVER: Final = "This answer has run out. Ask the inspector for a new challenge."

# The challenge
CHALLENGE_TITLE: Final = "Answer a challenge"
CHALLENGE_ADVICE: Final = (
    "The inspector's phone shows a code, or six characters. Your answer proves that your key is here, now; "
    "it needs no clock and is good for two minutes."
)
CHALLENGE_DETAIL: Final = "An inspector shows you a code or six characters"
CHALLENGE_HINT: Final = "Six characters"
CHALLENGE_SCAN: Final = "Scan the inspector's code"
CHALLENGE_ANSWER: Final = "Show the answer"
CHALLENGE_NONE: Final = "That is no challenge. It has six letters and digits, none of them 0, 1, I or O."
CHALLENGE_USED: Final = "This phone has answered that challenge already. Ask the inspector for a new one."
NOTHING_TO_ANSWER: Final = "No certificate is bound to this phone, so there is nothing to answer with."

# Adding
SCAN_OFFER: Final = "Scan the QR code"
SCANNING: Final = "Hold the camera on the code"
NO_CAMERA: Final = "No camera can be used. Take a picture of the code, or paste the link."
NO_CAMERA_PACKAGES: Final = (
    "This installation of ombord cannot scan: it lacks {names}. Install its extra wallet, or paste the link."
)
STOP_SCANNING: Final = "Stop"
NOT_THIS: Final = {
    Kind.WEB_ADDRESS: "This is not a certificate: it is a web address, {shown}",
    Kind.WIFI: "This is not a certificate: it is the key of a wireless network",
    Kind.CONTACT: "This is not a certificate: it is somebody's contact card",
    Kind.ADDRESS: "This is not a certificate: it is an address or a telephone number",
    Kind.PAYMENT: "This is not a certificate: it is a request for money",
    Kind.HEALTH: "This is not a seafarer's certificate: it is a health certificate",
    Kind.OTHER_WALLET: "This is a request to another kind of wallet",
    Kind.NOTHING: "There is nothing in it",
    Kind.TEXT: "This is not an offer of certificates: it is some other text",
    Kind.CERTIFICATE: "This is a certificate's own code, which an inspector scans",
}
NOT_THIS_ADVICE: Final = "It was not opened. Your authority sends you an offer, as a link or a QR code."
CERTIFICATE_ADVICE: Final = (
    "A code cannot be copied into another phone. Ask your authority for an offer, and pick it up here."
)
OPEN_ANYWAY: Final = "It is my authority's link"
SCAN_AGAIN: Final = "Try another one"
CHECKED: Final = "Listed for {country} in the directory of authorities of {date}."
CHECKED_REHEARSAL: Final = "Listed for {country} in a rehearsal directory of {date}: not real certificates."
CALLS_ITSELF: Final = "It calls itself “{name}”."
NOT_LISTED: Final = (
    "This issuer is not in the directory of authorities of {date}. Ask your authority before you go on: "
    "anybody can call themselves anything."
)
UNCHECKED: Final = "Its name is unchecked: this phone holds no directory of authorities."
GET_DIRECTORY: Final = "Get one"
PICK_UP_ANYWAY: Final = "Pick up all the same"

# The directory of authorities
TRUST_TITLE: Final = "Directory of authorities"
TRUST_DETAIL: Final = "Which authorities this phone knows"
TRUST_NONE: Final = "This phone holds no directory of authorities"
TRUST_WHY: Final = (
    "With it, this app tells you whether an offer comes from a listed authority. Your certificates work "
    "without it."
)
TRUST_HELD: Final = "Directory of {date}"
TRUST_FLAGS: Final = "Flag states: {flags}"
TRUST_REHEARSAL: Final = "This is a rehearsal's directory: its certificates are not real."
TRUST_HINT: Final = "Address, or file"
TRUST_IMPORT: Final = "Import"
TRUST_ADVICE: Final = "Drop a sea pack on this window, or name its address or file here."
TRUST_WORKING: Final = "Verifying…"
TRUST_DONE: Final = "Imported and verified."
TRUST_PINNED: Final = "This root is trusted now. Import a sea pack next."
TRUST_ROOT_FIRST: Final = (
    "First give the root file that your authority or ship handed you: every directory is checked against it."
)
TRUST_ROOT: Final = "Trust this root?"
TRUST_ROOT_ADVICE: Final = (
    "Compare its fingerprint with the one that your authority publishes. All directories that this phone "
    "accepts from now on must be signed from this root."
)
TRUST_PIN: Final = "It is the same"
TRUST_DECLINE: Final = "It is not"
TRUST_TROUBLES: Final = {
    TrustTrouble.NO_ROOT: TRUST_ROOT_FIRST,
    TrustTrouble.OTHER_ROOT: "Another root is trusted on this phone already.",
    TrustTrouble.NOT_A_ROOT: "That file is no root of a directory.",
    TrustTrouble.REFUSED: "That pack was refused. What was held before stays in force.",
    TrustTrouble.UNREADABLE: "That file cannot be read.",
    TrustTrouble.OFFLINE: "It could not be fetched. Try again when you have a connection.",
    TrustTrouble.NOT_STORED: "It could not be stored. Free some space on the phone, and try again.",
}

# The folder for the ship's office
OFFICE: Final = "Folder for the ship's office"
OFFICE_DETAIL: Final = "All certificates as pages, a list and codes to check"
OFFICE_NAME: Final = "certificates {name} {date}"
OFFICE_README: Final = (
    "Certificates of {name}, seafarer {id}, as held on {date}.\r\n\r\n"
    "certificates.csv lists them. For each there is its code as text (.txt), which ombord-verify check reads "
    "without a network, and its page for paper (.pdf) where the authority has given one.\r\n\r\n"
    "A code in this folder is a copy: it proves that the certificate was issued, and nothing about who shows "
    "it. Compare with an identity document, or have the seafarer show the live code.\r\n"
)
