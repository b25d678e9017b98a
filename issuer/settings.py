"""What an operator sets, by environment (OMBORD_…) or file, validated once at start."""

import re
from base64 import b64decode
from datetime import date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from issuer.domain.errors import SettingsInvalid
from keys.custody.passphrase import from_text

PREFIX = "OMBORD_"
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
MINIMUM_LIST_EXPIRY = timedelta(days=60)  # age, not `exp`, drives the verdict: lists outlive a long voyage

_LONGEST_URL = 300
_DATA_KEY_BYTES = 32
_BASE_URL = re.compile(
    r"https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*"
)


def _seconds(value: Any) -> Any:
    """Durations are whole seconds in the environment and in files."""
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return timedelta(seconds=value)
    except OverflowError as error:
        raise ValueError("longer than any duration") from error


Duration = Annotated[timedelta, BeforeValidator(_seconds)]
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


class Settings(BaseSettings):
    """One authority's service. Every name here is an environment variable after the prefix `OMBORD_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///ombord.db", description="`sqlite:///FILE` or `postgresql://USER@HOST/NAME`"
    )
    base_url: str = Field(description="the `iss` of all credentials: an https URL, which may have a path")
    flag: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code of the issuing state")
    authority_name: str = Field(min_length=1, max_length=200, description="as certificates name it")
    time_zone: str = Field("UTC", description="IANA name; certificates' dates are days in it")
    environment: Literal["production", "test"] = Field(
        "test", description="`production` or `test`, as the keys'"
    )

    sealed_keys: Path = Field(
        Path("keys.sealed"), description="the key file that `ombord-keys key add` wrote"
    )
    passphrase: SecretStr | None = Field(None, description="opens the key file; asked for at a terminal")
    passphrase_file: Path | None = Field(None, description="a file that holds the passphrase")
    signer_socket: Path | None = Field(
        None, description="the signer process's socket: it signs, and no key file is opened here"
    )
    signing_policy: Path | None = Field(
        None, description="the signer's policy file, to say beforehand what a certificate needs"
    )
    certificate_kid: str | None = Field(None, description="which sealed key signs credentials")
    status_kid: str | None = Field(None, description="which sealed key signs status lists")
    pass_kid: str | None = Field(None, description="which sealed key signs the pass; no pass without one")
    log_kid: str | None = Field(None, description="which key signs checkpoints of the log; none without one")

    operator_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="opens `/api/v1` to the operator, 16 characters or more; closed without",
    )
    personal_data_key: SecretStr | None = Field(
        None, description="seals personal numbers and documents: 32 random bytes as base64"
    )
    personal_data_key_file: Path | None = Field(None, description="a file that holds that key")
    metrics_token: SecretStr | None = Field(
        None, min_length=16, description="opens `/metrics` and what `/health/ready` found, and nothing else"
    )
    traces: bool = Field(
        False, description="send OpenTelemetry traces to OTEL_EXPORTER_OTLP_ENDPOINT; needs `ombord[otel]`"
    )
    list_size: int = Field(2**17, ge=8, le=2**24, multiple_of=8, description="entries of a new status list")
    list_fill: float = Field(0.5, gt=0, le=0.9, description="a new status list is opened beyond this")
    status_ttl: Duration = Field(
        timedelta(hours=12), ge=_SECOND, le=30 * _DAY, description="seconds for which a list may be cached"
    )
    status_expiry: Duration = Field(
        timedelta(days=90), le=1_830 * _DAY, description="seconds until a list expires; 60 days or more"
    )
    offer_lifetime: Duration = Field(
        timedelta(minutes=10), ge=_SECOND, le=_DAY, description="seconds for which an offer is open"
    )
    offer_attempts: int = Field(5, ge=1, le=20, description="wrong transaction codes that close an offer")
    token_lifetime: Duration = Field(
        timedelta(minutes=10), ge=_SECOND, le=_DAY, description="seconds for which an access token is good"
    )
    nonce_lifetime: Duration = Field(
        timedelta(minutes=5), ge=_SECOND, le=_DAY, description="seconds for which a nonce is good"
    )
    checkpoint_every: Duration = Field(
        timedelta(minutes=5), ge=_SECOND, le=_DAY, description="seconds between checkpoints of a growing log"
    )

    mass_persons: int = Field(
        1, ge=1, le=2, description="people whom a mass operation takes; 2: another has to approve it"
    )

    publish_to: str = Field(
        "public",
        min_length=1,
        max_length=400,
        description="where `publish` writes: a folder or `s3://BUCKET/PREFIX`",
    )
    s3_endpoint: str | None = Field(
        None, description="the address of an S3-compatible store; Amazon's without one"
    )
    packs_folder: Path | None = Field(
        None, description="what `ombord-verify pack build --site` wrote, served at `/packs`; nothing without"
    )
    verifier_home: Path | None = Field(
        None,
        description="the `OMBORD_HOME` of an `ombord-verify` here: the page takes its keys from there",
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    trusted_proxies: str | None = Field(
        None, description="reverse proxies whose `X-Forwarded-For` counts: addresses or networks, with commas"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment outranks the file, whose values come in as initial ones."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @field_validator("base_url")
    @classmethod
    def _base_url_is_absolute(cls, value: str) -> str:
        if value.endswith("/"):
            raise ValueError("must not end with a slash: wallets compare it character by character")
        if len(value) > _LONGEST_URL or _BASE_URL.fullmatch(value) is None:
            raise ValueError(
                "must be an absolute https URL without query or fragment: a host name and plain segments"
            )
        if {".", ".."} & set(urlsplit(value).path.split("/")):
            raise ValueError("must not hold . or .. as a segment")
        return value

    @field_validator("authority_name")
    @classmethod
    def _authority_name_is_what_is_seen(cls, value: str) -> str:
        if not value.isprintable() or not value.strip():
            raise ValueError("must be text without control or bidirectional characters")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_addresses(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return ",".join(str(ip_network(one.strip())) for one in value.split(","))
        except ValueError as error:
            raise ValueError("must be addresses or networks such as 10.0.0.7,10.1.0.0/24") from error

    @field_validator("s3_endpoint")
    @classmethod
    def _endpoint_is_an_address(cls, value: str | None) -> str | None:
        if value is not None and re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+/?", value) is None:
            raise ValueError("must be the address of a server such as https://objects.example:9000")
        return value

    @field_validator("time_zone")
    @classmethod
    def _time_zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("must be an IANA time zone such as Europe/Oslo") from error
        return value

    @model_validator(mode="after")
    def _plain_http_only_on_loopback_in_tests(self) -> Self:
        parts = urlsplit(self.base_url)
        loopback = parts.hostname in LOOPBACK_HOSTS
        if parts.scheme == "http" and not (loopback and self.environment == "test"):
            raise ValueError("base_url must be https; plain http is for test environments on loopback")
        if self.status_expiry < MINIMUM_LIST_EXPIRY:
            raise ValueError("status_expiry must be at least 60 days: ships carry lists for weeks")
        return self

    @model_validator(mode="after")
    def _a_signers_policy_is_known_here_too(self) -> Self:
        if self.signer_socket is not None and self.signing_policy is None:
            raise ValueError("signer_socket needs signing_policy: the file that the signer itself goes by")
        return self

    @property
    def issuer(self) -> str:
        """The `iss` claim of everything that this service signs."""
        return self.base_url

    def today(self, now: datetime) -> date:
        """The calendar date in the authority's time zone, which certificates' dates are in."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def path(self) -> str:
        """Path of the base URL, empty or starting with a slash; routes live under it."""
        return urlsplit(self.base_url).path

    def status_uri(self, number: int) -> str:
        """Where status list `number` is served; pinned in the directory by its prefix."""
        return f"{self.base_url}/status/{number}"

    def read_passphrase(self) -> bytes | None:
        """The sealed file's passphrase from the environment or its file; None: ask a person."""
        text = _secret("passphrase", self.passphrase, self.passphrase_file)
        return None if text is None else from_text(text)

    def read_personal_data_key(self) -> bytes | None:
        """What seals personal data, from the environment or its file; None: there is none."""
        text = _secret("personal_data_key", self.personal_data_key, self.personal_data_key_file)
        if text is None:
            return None
        try:
            key = b64decode(text.strip(), validate=True)
        except ValueError:
            key = b""
        if len(key) != _DATA_KEY_BYTES:
            raise SettingsInvalid(
                f"personal_data_key: {_DATA_KEY_BYTES} bytes as base64 are needed",
                hint="make one with `openssl rand -base64 32`, once: with another nothing opens",
            )
        return key


def _secret(name: str, value: SecretStr | None, file: Path | None) -> str | None:
    """A secret's text, from its setting or the file of the other one. Raises SettingsInvalid."""
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise SettingsInvalid(
            f"{name}_file {file}: not UTF-8 text",
            hint=f"write the {name} into it as text, without a byte order mark",
        ) from error
    except OSError as error:
        raise SettingsInvalid(
            f"{name}_file {file}: {error.strerror}",
            hint=f"set {variable(f'{name}_file')} to a file that this user can read",
        ) from error


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"
