"""What services answer over HTTPS, read strictly: JSON or a `PickUpError` that says whose it was."""

from typing import Final
from urllib.parse import urlsplit

from keys.encoding import EncodingError, Json, json_object
from wallet_app.core.transport import Response, Transport
from wallet_app.core.troubles import PickUpError, Trouble

JSON_HEADERS: Final = {"Accept": "application/json"}


def get(transport: Transport, url: str) -> dict[str, Json]:
    """The JSON object at an address. Raises PickUpError."""
    return members_of(require_ok(transport.send("GET", url, headers=JSON_HEADERS), url), url)


def require_ok(answer: Response, url: str) -> Response:
    """The answer, if it is of success. Raises PickUpError."""
    if answer.status >= 500 or answer.status == 429:
        raise PickUpError(Trouble.SERVICE, f"{urlsplit(url).hostname} answered {answer.status}")
    if answer.status not in {200, 201}:
        raise not_understood(url, f"answer {answer.status}")
    return answer


def members_of(answer: Response, url: str) -> dict[str, Json]:
    """The answer's JSON object; an error inside a 200 is no answer. Raises PickUpError."""
    if answer.content_type != "application/json":
        raise not_understood(url, f"an answer of type {answer.content_type}")
    try:
        members = json_object(answer.body, max_size=len(answer.body))
    except EncodingError as error:
        raise not_understood(url, str(error)) from None
    if "error" in members:
        raise not_understood(url, f"an error inside an answer {answer.status}")
    return members


def error_of(answer: Response) -> str | None:
    """The `error` of an OAuth or OpenID4VCI answer 4xx (RFC 6749 § 5.2)."""
    if not 400 <= answer.status < 500 or answer.status == 429:
        return None
    try:
        error = json_object(answer.body).get("error")
    except EncodingError:
        return f"answer {answer.status}"
    return error[:64] if isinstance(error, str) else f"answer {answer.status}"


def not_understood(url: str, detail: str) -> PickUpError:
    """What is said of an answer that keeps to no standard."""
    parts = urlsplit(url)
    return PickUpError(Trouble.NOT_UNDERSTOOD, f"{parts.hostname}{parts.path}: {detail}")
