"""What is put into a wallet's store as it is, past the pick-up and its checks."""

from collections.abc import Callable
from dataclasses import replace

from wallet_app.core.contents import Contents
from wallet_app.core.records import StoredCredential


def one_more(credential: StoredCredential) -> Callable[[Contents], Contents]:
    """The change that keeps this credential too, whatever it says."""
    return lambda contents: replace(contents, credentials=(*contents.credentials, credential))
