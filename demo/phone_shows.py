"""What the seafarer's phone shows at an instant: the wallet without its window."""

from datetime import datetime
from pathlib import Path

from wallet_app.core.keystore import FileKeyStore
from wallet_app.core.transport import UrllibTransport
from wallet_app.core.wallet import open_wallet


def shown_by_the_phone(home: Path, number: str, at: datetime) -> str:
    """The text of the live code of a certificate, by its number."""
    wallet = open_wallet(home / "vault", FileKeyStore(home / "keys.json"), UrllibTransport(), lambda: at)
    try:
        held = next(one for one in wallet.held if one.certificate.document_number == number)
        return wallet.live_code(held).qr_text
    finally:
        wallet.close()
