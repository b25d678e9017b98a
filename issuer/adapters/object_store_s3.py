"""Published files in a bucket of an S3-compatible object store, through boto3.

A version is the object's ETag, and writes are conditional on it (Amazon S3, PutObject: If-Match and
If-None-Match). A store that knows no such conditions is asked for the ETag just before each write.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from issuer.adapters.object_store import (
    S3,
    Held,
    StoreUnusable,
    Upload,
    cache_control,
    checked_name,
    overtaken,
)
from issuer.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 30
ATTEMPTS: Final = 3

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_PREFIX: Final = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]*(/[0-9A-Za-z_-][0-9A-Za-z._-]*)*", re.ASCII)
_MISSING: Final = frozenset(("404", "NoSuchKey", "NotFound"))
_NOT_THIS: Final = frozenset(("PreconditionFailed", "ConditionalRequestConflict", "412", *_MISSING))
_UNCONDITIONAL: Final = frozenset(("NotImplemented", "501"))
_KEPT: Final = "the register has all that was signed: publish again"

# What the store answers, and what that means for an operator.
_REFUSED = ("refuses these credentials", "check the access key and that it may list, read and write there")
_COMPLAINTS: Final = {
    "NoSuchBucket": ("does not exist", "create the bucket, or change publish_to"),
    "AccessDenied": _REFUSED,
    "403": _REFUSED,
    "InvalidAccessKeyId": _REFUSED,
    "SignatureDoesNotMatch": _REFUSED,
    "ExpiredToken": ("says that the credentials have expired", "renew them"),
    "RequestTimeTooSkewed": ("says that the clock of this machine is wrong", "set the clock right"),
    "SlowDown": ("is asked for too much", f"wait; {_KEPT}"),
    "QuotaExceeded": ("is full", f"make room; {_KEPT}"),
    "XMinioStorageFull": ("is full", f"make room; {_KEPT}"),
    "PermanentRedirect": ("is in another region", "set AWS_REGION to the bucket's"),
    "AuthorizationHeaderMalformed": ("is in another region", "set AWS_REGION to the bucket's"),
}


class Place(NamedTuple):
    """A bucket, and what all names in it begin with."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, address: str) -> "Place":
        """Read `s3://BUCKET/PREFIX`. Raises SettingsInvalid."""
        bucket, _, prefix = address.removeprefix(S3).partition("/")
        prefix = prefix.strip("/")
        if _BUCKET.fullmatch(bucket) is None or (prefix and _PREFIX.fullmatch(prefix) is None):
            raise SettingsInvalid(
                f"{address} is no address of a bucket",
                hint="write s3://BUCKET or s3://BUCKET/PREFIX, of letters, digits and . - _",
            )
        return cls(bucket, f"{prefix}/" if prefix else "")


class S3Store:
    """The objects of a bucket below a prefix. Credentials are found where boto3 looks for them."""

    def __init__(self, address: str, endpoint: str | None) -> None:
        self._place = Place.parse(address)
        self._endpoint = endpoint
        self._conditional = True
        with self._explained():
            self._client = _client(endpoint)

    @property
    def address(self) -> str:
        """Bucket, prefix, and whose they are when not Amazon's."""
        shown = f"{S3}{self._place.bucket}/{self._place.prefix}".rstrip("/")
        return shown if self._endpoint is None else f"{shown} at {self._endpoint}"

    def label(self, name: str) -> str:
        """The object's address."""
        return f"{S3}{self._place.bucket}/{self._place.prefix}{name}"

    def alone(self) -> "AbstractContextManager[bool]":
        """There is no lock: conditional writes keep several publishers apart."""
        return nullcontext(enter_result=False)

    def names(self, prefix: str) -> dict[str, str]:
        """One request for each thousand objects."""
        found: dict[str, str] = {}
        where = {"Bucket": self._place.bucket, "Prefix": self._place.prefix + prefix}
        more: dict[str, str] = {}
        while True:
            with self._explained():
                page = self._client.list_objects_v2(**where, **more)  # type: ignore[arg-type] # all are text
            for one in page.get("Contents", ()):
                found[one["Key"].removeprefix(self._place.prefix)] = one["ETag"]
            if not page.get("IsTruncated"):
                return found
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def get(self, name: str) -> Held | None:
        """The object's bytes and ETag."""
        try:
            with self._explained(reading=name):
                answer = self._client.get_object(**self._named(name))
                return Held(answer["Body"].read(), answer["ETag"])
        except _Absent:
            return None

    def put(self, upload: Upload, *, over: str | None) -> str:
        """One request, so that a broken upload leaves what was there."""
        if not self._conditional:
            return self._put_after_looking(upload, over)
        condition = {"IfNoneMatch": "*"} if over is None else {"IfMatch": over}
        try:
            return self._put(upload, condition)
        except _NoConditions:
            self._conditional = False
            return self._put_after_looking(upload, over)

    def _put_after_looking(self, upload: Upload, over: str | None) -> str:
        if self._version_of(upload.name) != over:
            raise overtaken(self.label(upload.name))
        return self._put(upload, {})

    def _version_of(self, name: str) -> str | None:
        try:
            with self._explained(reading=name):
                return self._client.head_object(**self._named(name))["ETag"]
        except _Absent:
            return None

    def _put(self, upload: Upload, condition: dict[str, str]) -> str:
        with self._explained(writing=upload.name):
            answer = self._client.put_object(
                **self._named(upload.name),
                **condition,  # type: ignore[arg-type] # all are text
                Body=upload.data,
                ContentType=upload.media_type,
                CacheControl=cache_control(upload.max_age),
            )
            return answer["ETag"]

    def delete(self, name: str) -> None:
        """Take an object away."""
        with self._explained():
            self._client.delete_object(**self._named(name))

    def _named(self, name: str) -> dict[str, Any]:
        return {"Bucket": self._place.bucket, "Key": self._place.prefix + checked_name(name)}

    @contextmanager
    def _explained(self, *, reading: str | None = None, writing: str | None = None) -> Iterator[None]:
        """Turn what boto3 raises into one clear error."""
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError
        from botocore.exceptions import ConnectionError as Unreachable

        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "?"))
            if reading is not None and code in _MISSING:
                raise _Absent(reading) from error
            if writing is not None and code in _NOT_THIS:
                raise overtaken(self.label(writing)) from error
            if writing is not None and code in _UNCONDITIONAL:
                raise _NoConditions(self.address) from error
            meaning, hint = _COMPLAINTS.get(code, (f"answered {code}", f"look the code up; {_KEPT}"))
            raise StoreUnusable(f"{self.address} {meaning}", hint=hint) from error
        except NoCredentialsError as error:
            raise StoreUnusable(
                f"there are no credentials for {self.address}",
                hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or a role",
            ) from error
        except (HTTPClientError, Unreachable) as error:
            raise StoreUnusable(
                f"{self.address} cannot be reached", hint=f"check the network and s3_endpoint; {_KEPT}"
            ) from error
        except BotoCoreError as error:
            raise StoreUnusable(f"{self.address}: {error}", hint="check the settings of boto3") from error


class _NoConditions(Exception):
    """The store answers conditional writes with 501."""


class _Absent(Exception):
    """There is no object of this name."""


def _client(endpoint: str | None) -> "S3Client":
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise StoreUnusable("boto3 is not installed", hint="pip install 'ombord[issuer,s3]'") from error
    own: dict[str, Any] = {}
    if endpoint is not None:  # others often serve buckets below their own name, and know no new checksums
        own = {"s3": {"addressing_style": "path"}}
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        **own,
    )
    return boto3.session.Session().client("s3", endpoint_url=endpoint, config=config)
