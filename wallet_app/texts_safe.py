"""The words of the lock, the first steps, settings and backups; English is gettext's message id."""

from typing import Final

from wallet_app.core.backup import Fault

# The first steps
WELCOME: Final = "Your certificates, on your phone"
WELCOME_CARRY: Final = "Carry them"
WELCOME_CARRY_MORE: Final = "Your authority signs them for this phone. They are kept on it, encrypted."
WELCOME_SHOW: Final = "Show them"
WELCOME_SHOW_MORE: Final = "An inspector scans a code that keeps changing. It works without a connection."
WELCOME_OWN: Final = "They are yours"
WELCOME_OWN_MORE: Final = "Nobody learns when and to whom you show them."
START: Final = "Start"
STEP_OF: Final = "Step {n} of {total}"
CHOOSE_PIN: Final = "Choose a PIN"
CHOOSE_PIN_ADVICE: Final = "Six digits. You need it to open this app."
REPEAT_PIN: Final = "Enter it once more"
REPEAT_PIN_ADVICE: Final = "So that no slip of the finger locks you out."
PINS_DIFFER: Final = "The two were not the same. Choose it again."
PIN_GUESSABLE: Final = "That one is guessed first. Choose another."
PIN_NOT_STORED: Final = "The PIN could not be stored. Free some space, and try again."
READY_TITLE: Final = "Where are your certificates?"
READY_ADVICE: Final = (
    "Your authority sends you an offer to pick them up. If you had this app before, restore your backup."
)
ADD_FIRST: Final = "Add certificates"
RESTORE_FIRST: Final = "Restore a backup"
NOT_NOW: Final = "Later"

# The lock
ENTER_PIN: Final = "Enter your PIN"
ENTER_PIN_TO_LEAVE: Final = "Enter your PIN to leave the code"
BACK_TO_CODE: Final = "Back to the code"
CHECKING: Final = "Checking…"
WRONG_PIN: Final = "That is not the PIN."
TRIES_LEFT: Final = ("{n} more try before a pause", "{n} more tries before a pause")
TRY_AGAIN_IN: Final = "Try again in {time}"
USE_BIOMETRICS: Final = "Use finger or face"
BIOMETRIC_REASON: Final = "Open your certificates"
DELETE_DIGIT: Final = "Delete the last digit"
FORGOT_PIN: Final = "Forgotten the PIN?"
FORGOT_TITLE: Final = "Without the PIN, start again"
FORGOT_ADVICE: Final = (
    "Nobody can tell you the PIN. Start again sets what is on this phone aside, and you choose a new one. "
    "Then restore a backup, or ask your authority for an offer."
)
LOCKED_PAUSE: Final = "Too many wrong PINs."

# Hand-over
HAND_OVER: Final = "Hand over the phone: only this code"
HANDED_OVER: Final = "Only this code. To leave it, the PIN is needed."

# Settings
SETTINGS_HINT: Final = "Language, text size, colours, PIN"
DEVICE_LANGUAGE: Final = "As the phone"
TEXT_SIZES: Final = {100: "Normal", 115: "Large", 130: "Larger", 150: "Largest"}
COLOURS: Final = "Colours"
LIGHT: Final = "Light"
DARK: Final = "Dark"
LOCK_AFTER: Final = "Lock after"
LOCK_ADVICE: Final = "Without a touch. Never while a code is shown."
SECONDS: Final = ("{n} second", "{n} seconds")
MINUTES: Final = ("{n} minute", "{n} minutes")
HOURS: Final = ("{n} hour", "{n} hours")
UNLOCKING: Final = "Unlock with"
PIN_ONLY: Final = "PIN"
PIN_OR_BIOMETRICS: Final = "PIN, finger or face"
CHANGE_PIN: Final = "Change the PIN"
OLD_PIN: Final = "Enter the PIN that you have"
NEW_PIN: Final = "Choose a new PIN"
PIN_CHANGED: Final = "The PIN was changed."
LOCK_NOW: Final = "Lock now"
BACKUP: Final = "Back up"
BACKUP_HINT: Final = "All certificates in one encrypted file"
RESTORE: Final = "Restore a backup"
SYNC_ADDRESS: Final = "Sync address"
SYNC_ADDRESS_ADVICE: Final = (
    "Leave it empty: each authority is asked at its own address. A ship with its own server may give you one."
)
SYNC_ADDRESS_HINT: Final = "https://"
SYNC_ADDRESS_WRONG: Final = "An address begins with https:// and has nothing after the name of the host."
SAVE: Final = "Save"
SAVED: Final = "Saved."
DIAGNOSTICS: Final = "Diagnostics"
DIAGNOSTICS_HINT: Final = "What support may ask for; nothing about you"
DIAGNOSTICS_ADVICE: Final = "Numbers, versions and settings. No names, numbers of certificates or addresses."
COPY: Final = "Copy"
COPIED: Final = "Copied."
SAFETY: Final = "Safety"
LOOKS: Final = "How it looks"
DATA: Final = "Your data"
NOT_SAVED: Final = "The setting could not be stored. Free some space, and try again."
KEYS_IN_FILE: Final = (
    "This computer has no key store for the app: whoever can read your files can show your certificates."
)
# Backing up
BACKUP_TITLE: Final = "Back up your certificates"
BACKUP_ADVICE: Final = (
    "A file with your certificates, locked with six words that only you have. Keep a copy of it outside of "
    "this phone. This phone's key is not in it: on another phone your authority binds the certificates anew."
)
BACKUP_NOTHING: Final = "There is nothing to back up yet."
MAKE_WORDS: Final = "Show the six words"
WORDS_TITLE: Final = "Write these words down"
WORDS_ADVICE: Final = (
    "In this order, on paper. Without them nobody can open the backup. They are shown only now."
)
WORDS_WRITTEN: Final = "I have written them down"
CHECK_TITLE: Final = "Check what you wrote"
CHECK_ADVICE: Final = "Type word number {n}. Its first four letters are enough."
WORD_NUMBER: Final = "Word {n}"
CHECK_WRONG: Final = "Word number {n} is another one. Look at your paper."
SEE_WORDS_AGAIN: Final = "Show the words again"
CONTINUE: Final = "Continue"
BACKING_UP: Final = "Locking the backup…"
BACKED_UP: Final = "The backup is made"
BACKED_UP_WHERE: Final = "It is in {place}. Copy it to another place too, and keep the words apart from it."
BACKED_UP_SHARED: Final = "Keep it outside of this phone, and the words apart from it."
DONE: Final = "Done"

# Restoring
RESTORE_TITLE: Final = "Restore a backup"
RESTORE_ADVICE: Final = "Choose the backup, drop it on this window, or type where it is."
RESTORE_PATH: Final = "Where the file is"
RESTORE_WORDS: Final = "The six words"
RESTORE_WORDS_ADVICE: Final = "In their order; the first four letters of each are enough."
RESTORE_NOW: Final = "Restore"
RESTORING: Final = "Opening the backup…"
WORD_UNKNOWN: Final = "“{word}” is none of the words that backups use. Look at your paper."
WORDS_MISSING: Final = "Six words are needed."
RESTORED: Final = ("{n} certificate is back", "{n} certificates are back")
RESTORED_NONE: Final = "Nothing new: all of it was here already"
RESTORED_ADVICE: Final = "They are bound to this phone, and work as before."
NOT_BOUND_ADVICE: Final = (
    "They are bound to another phone: their codes here prove nothing about you, and say so. Ask your "
    "authority for an offer to this phone. It brings them all anew."
)
SHOW_CERTIFICATES: Final = "Show my certificates"
OTHER_FILE: Final = "Choose another file"
TRY_AGAIN: Final = "Try again"

FAULTS: Final = {
    Fault.NO_BACKUP: (
        "This is not a backup of this app",
        "Choose the file that the app made when you backed up. Nothing was changed.",
    ),
    Fault.DAMAGED: (
        "This file is damaged",
        "It is not as it was made. Use another copy of it. Nothing was changed.",
    ),
    Fault.WRONG_WORDS: (
        "These are not its six words",
        "The file is whole. Check the words and their order. Nothing was changed.",
    ),
    Fault.NEWER: (
        "This backup is of a newer app",
        "Update the app on this phone, and try again. Nothing was changed.",
    ),
    Fault.OTHER_PERSON: (
        "This backup is somebody else's",
        "A wallet holds one person's certificates. Nothing was changed.",
    ),
    Fault.NOT_READ: (
        "The file cannot be read",
        "Check where it is, and that the storage is attached. Nothing was changed.",
    ),
    Fault.NOT_STORED: (
        "There is not enough room",
        "Free some space on the phone, and try again. Nothing was changed.",
    ),
}

# The store of a newer app
STORE_NEWER: Final = "These certificates were stored by a newer app"
STORE_NEWER_ADVICE: Final = (
    "This version cannot read them, and leaves them as they are. Update the app, and they are all there."
)
