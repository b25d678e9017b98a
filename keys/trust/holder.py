"""A holder of a role's key: a name and a public key, in a small file for whoever makes the ceremony."""

from dataclasses import dataclass

from keys.encoding import Json, json_dumps, json_loads
from keys.jwk import PublicKey
from keys.trust.plan import hexadecimal
from keys.trust.record import Record
from keys.trust.register import RegisterError

MAX_HOLDER = 4_096


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who keeps one Ed25519 key of root, of the directory or of a flag."""

    name: str
    key: PublicKey

    def to_json(self) -> bytes:
        """The public half alone."""
        members: dict[str, Json] = {"format": "ombord-holder", "version": 1, "name": self.name}
        return json_dumps({**members, "key": self.key.to_jwk()}) + b"\n"

    @classmethod
    def from_json(cls, data: bytes, where: str) -> "Holder":
        """Read what `to_json` wrote; `where` is for messages. Raises RegisterError."""
        try:
            record = Record(json_loads(data, max_size=MAX_HOLDER), "holder")
            if (record.text("format"), record.number("version")) != ("ombord-holder", 1):
                raise ValueError("of another format or version")
            holder = cls(record.text("name"), PublicKey.from_jwk(record.record("key").members()))
            hexadecimal(holder.key)
        except ValueError as error:  # EncodingError, RecordError, JwkError
            raise RegisterError(
                f"{where} is no holder's public key: {error}",
                "ombord-keys holder new NAME --sealed FILE makes NAME.pub.json",
            ) from error
        return holder
