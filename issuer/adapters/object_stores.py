"""Open the store that a setting or an argument names: a folder, or `s3://BUCKET/PREFIX`."""

from pathlib import Path

from issuer.adapters.object_store import S3, ObjectStore
from issuer.adapters.object_store_folder import FolderStore
from issuer.domain.errors import SettingsInvalid


def open_store(address: str, *, s3_endpoint: str | None = None) -> ObjectStore:
    """The store at `address`. Raises SettingsInvalid, or StoreUnusable where what opens it is missing."""
    if address.startswith(S3):
        from issuer.adapters.object_store_s3 import S3Store  # boto3 is an extra, and slow to load

        return S3Store(address, s3_endpoint)
    if "://" in address:
        raise SettingsInvalid(f"{address}: no such kind of store", hint="give a folder or s3://BUCKET/PREFIX")
    return FolderStore(Path(address))
