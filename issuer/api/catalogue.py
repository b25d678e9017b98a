"""Every kind of problem that this service answers with (RFC 9457): its name, status, title and remedy.

A name is for ever: programs decide by it. docs/problems.md is made of this:

    python -m issuer.api.catalogue > docs/problems.md
"""

import sys
from collections.abc import Mapping
from typing import Final, NamedTuple

from issuer.domain.errors import IssuerError

URN: Final = "urn:ombord:problem:"
BLANK: Final = "about:blank"  # no more is meant than the status says (RFC 9457, 4.2.1)


class Kind(NamedTuple):
    """What all problems of one name have in common."""

    status: int
    title: str
    remedy: str


# As errors of the domain and the services name themselves (`IssuerError.code`).
OF_ERRORS: Final[Mapping[str, Kind]] = {
    "invalid-input": Kind(422, "Invalid input", "The detail names what cannot be used as it is: mend it."),
    "not-found": Kind(404, "Not found", "Check the number or id; `ombord-issuer export` lists them."),
    "conflict": Kind(
        409,
        "Conflict",
        "What is there does not allow this now. Look at it, then decide anew: under a new key.",
    ),
    "illegal-transition": Kind(
        409,
        "Illegal transition",
        "The certificate is in a state from which this is not done: a revoked one stays revoked, say. "
        "The detail names the state.",
    ),
    "not-in-force": Kind(
        409, "Not in force", "Only certificates in force are signed and offered; bring it into force first."
    ),
    "phone-taken": Kind(
        409,
        "Phone taken",
        "The phone holds another seafarer's certificates. Use another phone, or rebind that seafarer first.",
    ),
    "idempotency-conflict": Kind(
        422, "Idempotency conflict", "The key belongs to another request: use a new one for a new intention."
    ),
    "signing-refused": Kind(
        409,
        "Signing refused",
        "A check of the signing policy says no, for good; the detail names it (S1 to S7, for a "
        "checkpoint S12; docs/custody.md).",
    ),
    "approval-refused": Kind(
        409,
        "Approval refused",
        "The statement does not count; the detail names the rule. Make a new one over what is drafted now.",
    ),
    "picture-refused": Kind(422, "Picture refused", "Send a JPEG, PNG or WebP picture as the detail says."),
    "issuing-stopped": Kind(
        503,
        "Issuing stopped",
        "Somebody has stopped issuing: `ombord-issuer status` says why. Ask again once it goes on; nothing "
        "that was begun is lost.",
    ),
    "signing-deferred": Kind(
        503,
        "Signing deferred",
        "The signer cannot now. Ask again, with the same key: what was begun is kept.",
    ),
    "quota-reached": Kind(
        503,
        "Quota reached",
        "As many as an hour may have are signed. Ask again after `Retry-After`, with the same key.",
    ),
    "database-unusable": Kind(
        503, "Database unusable", "Ask again with the same key; the operator's log says what is wrong."
    ),
    "store-unusable": Kind(
        503, "Store unusable", "The place where files are published does not answer: see the operator's log."
    ),
    "store-busy": Kind(409, "Store busy", "Somebody else publishes there now: ask again in a moment."),
    "overtaken": Kind(409, "Overtaken", "Somebody else has just published there: look, then ask again."),
    "self-verification-failed": Kind(
        500,
        "Self verification failed",
        "Our own verifier would refuse what was to be issued, so nothing was. The operator's log says why.",
    ),
    "keys-unusable": Kind(500, "Keys unusable", "See the operator's log: a key file, passphrase or key."),
    "seal-broken": Kind(
        500,
        "Seal broken",
        "Personal data does not open with the key that is set. See the operator's log: it names the table.",
    ),
    "settings-invalid": Kind(500, "Settings invalid", "See the operator's log: it names the setting."),
    "backup-unusable": Kind(500, "Backup unusable", "See what the command says of the backup's files."),
    "not-typeset": Kind(500, "Not typeset", "The page could not be set; the operator's log says why."),
}
# What only the HTTP interface knows.
OF_REQUESTS: Final[Mapping[str, Kind]] = {
    "operator-closed": Kind(
        403, "The operator's interface is closed", "Set OMBORD_OPERATOR_TOKEN and start the service again."
    ),
    "operator-token-needed": Kind(
        401, "Operator token needed", "Send `Authorization: Bearer` with the operator's token."
    ),
    "metrics-token-needed": Kind(
        401, "Token for metrics needed", "Send `Authorization: Bearer` with OMBORD_METRICS_TOKEN's value."
    ),
    "too-many-wrong-tokens": Kind(
        429, "Too many wrong tokens", "Wait for `Retry-After`; the right token is never locked out."
    ),
    "idempotency-key-needed": Kind(
        400,
        "Idempotency key needed",
        "Send `Idempotency-Key`: 8 to 200 visible characters, a fresh UUID for each intention.",
    ),
    "idempotency-key-used": Kind(
        422,
        "Idempotency key used",
        "This key came with another request before, so nothing was done. Use a new one for a new intention.",
    ),
    "still-running": Kind(
        409, "Still running", "The first request with this key runs. Ask again after `Retry-After`, the same."
    ),
    "answer-unreadable": Kind(
        409,
        "Answer no longer readable",
        "It was done under this key, and its answer is sealed under an operator token that is no longer set: "
        "look at the register for what was done.",
    ),
    "request-does-not-fit": Kind(
        422,
        "Request does not fit",
        "The detail names the first place that does not fit the OpenAPI document.",
    ),
    "invalid-proof": Kind(400, "Proof refused", "Make a new proof of the phone's key, as the detail says."),
    "invalid-nonce": Kind(400, "Nonce not good", "Get a fresh nonce, and make a new proof with it."),
    "too-often": Kind(429, "Asked too often", "Wait for `Retry-After`, then ask again."),
    "not-recognised": Kind(401, "Not recognised", "No certificate is bound to this key: pick one up first."),
    "access-token-needed": Kind(
        401, "Access token needed", "Get one from the token endpoint: docs/machine-api.md, step 3."
    ),
    "access-token-not-good": Kind(
        401,
        "Access token not good",
        "Get a new one from the token endpoint, with a new assertion; they are good for minutes.",
    ),
    "scope-lacking": Kind(
        403,
        "Scope lacking",
        "Ask for a token with the scope that the detail names; if it is not granted, ask the authority.",
    ),
    "record-refused": Kind(
        422,
        "Record refused",
        "`problems` says for each place what is wrong and what to do: mend it, and send it under a new key.",
    ),
    "reference-taken": Kind(
        409,
        "Reference taken",
        "Your reference belongs to a record with other contents: correct that one, or use another reference.",
    ),
    "too-many-batches": Kind(
        503, "Too many batches", "One batch of an organisation at a time: ask again after `Retry-After`."
    ),
    "no-such-code-list": Kind(404, "No such code list", "`GET /api/v1/codes` names those that there are."),
    "no-longer-bound": Kind(
        403, "This phone is no longer bound", "Ask the authority for a new offer, if the phone is yours."
    ),
    "shared-phone": Kind(
        403, "This phone is bound to more than one seafarer", "Ask the authority to bind it anew."
    ),
    "no-such-document": Kind(404, "No such document", "Ask for one of those that this phone holds."),
    "no-such-pack": Kind(404, "No such pack", "Ask for `packs/latest`."),
    "another-edition": Kind(412, "Another edition", "The file has changed: start again, without If-Match."),
    "nothing-there": Kind(
        416, "Nothing there", "The range is beyond the file's end: `Content-Range` has it."
    ),
    "no-history": Kind(501, "No history", "Leave the `time` parameter out."),
    "unclear-number": Kind(422, "Unclear number", "Send the number once, in its one spelling."),
    "unclear-size": Kind(422, "Unclear size", "Send the size once, in its one spelling."),
    "unclear-state": Kind(422, "Unclear state", "Send the check once, in its one spelling, or not at all."),
    "no-current-list": Kind(
        503, "No current list", "Keep the last list; the operator's log says what is wrong."
    ),
    "no-trust-data": Kind(503, "No trust data", "Ask again later; the operator's log says what is wrong."),
}
KINDS: Final[Mapping[str, Kind]] = {**OF_ERRORS, **OF_REQUESTS}

_HEAD = """\
# Problems

Made of `issuer/api/catalogue.py`: `python -m issuer.api.catalogue > docs/problems.md`.

Whatever the JSON API refuses, it says so as problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)),
`application/problem+json`:

```json
{"type":"urn:ombord:problem:illegal-transition","title":"Illegal transition","status":409,
 "detail":"...","instance":"urn:ombord:request:4be0643f1d98573b"}
```

- `type` is stable: decide by it, and by no other member. `about:blank` says no more than the status does (a
  body that is no JSON, nothing at this address, a method that is not taken, too many requests).
- `detail` is for people: which rule, and what of it. It names nobody.
- `instance` is the request's own id, as in the header `X-Request-ID` and in the service's log. A refusal that
  is repeated under its `Idempotency-Key` has the id of the request that was refused first.
- Endpoints of OAuth and OpenID4VCI (`/oauth/token`, `/oid4vci/`) answer in their own specifications' error
  JSON instead.

A 503, and a 409 with `Retry-After`, mean: ask again, the same, under the same `Idempotency-Key`. No other
refusal becomes an answer by asking again.
"""


def kind_of(error: type[IssuerError]) -> str:
    """The name of the kind that an error has: its own, or that of the class that it is a kind of."""
    return next(one.code for one in error.__mro__ if issubclass(one, IssuerError) and one.code in OF_ERRORS)


def markdown() -> str:
    """docs/problems.md."""
    parts = [_HEAD]
    for title, kinds in (
        ("What the register refuses", OF_ERRORS),
        ("What the interface refuses", OF_REQUESTS),
    ):
        lines = [f"| `{name}` | {one.status} | {one.remedy} |" for name, one in sorted(kinds.items())]
        table = ["| `urn:ombord:problem:` | status | what to do |", "|---|---|---|", *lines]
        parts.append(f"## {title}\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(markdown())
