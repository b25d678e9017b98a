"""Where everything is served: the one place that joins paths to the issuer's address."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Addresses:
    """The issuer's public addresses, from its identifier (`iss`) and never from a Host header.

    Identifiers are compared as strings (OpenID4VCI 1.0, 12.2.1), so nothing here normalises one.
    """

    issuer: str

    @property
    def prefix(self) -> str:
        """The identifier's path: `/no` for `https://certificates.example/no`, empty when it has none."""
        return urlsplit(self.issuer).path

    def path(self, *parts: str) -> str:
        """A path on this server, under the issuer's own."""
        return "/".join([self.prefix, *parts])

    def url(self, *parts: str) -> str:
        return "/".join([self.issuer, *(quote(part, safe="/") for part in parts)])

    def well_known_path(self, name: str) -> str:
        """`/.well-known/<name>` inserted between host and path (RFC 8414, 3.1; OpenID4VCI 1.0, 12.2.2)."""
        return f"/.well-known/{name}{self.prefix}"
