"""Signing on a token through the signer process: what policy, journal and socket leave of its speed."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter, time
from typing import Any

from benchmarks.row import Row
from keys.custody.approval import approve_by_rule, claims_hash
from keys.custody.signer_client import SignerClient, ToSign
from keys.custody.signing_case import Signed
from keys.encoding import Json, b64url_encode, json_dumps
from keys.signer import SoftwareSigner

KID, TOKEN, PIN, RULE = "NO-2026a", "ombord", "271828", "course-2026.1"
LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
# Measured in turn; drafts in a piece, of which the disk's last flush should be little, and in an approval.
PIECES, PIECE, TOGETHER = 9, 4_000, 100

_ENGINE = SoftwareSigner.generate()


def rows() -> Iterator[Row]:
    """New drafts in batches, against as many calls of the same token by one idle thread."""
    if not os.path.exists(LIBRARY) or find_spec("pkcs11") is None:
        print("  skipped: custody needs Debian's softhsm2 and the extra pkcs11", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="ombord-benchmark-") as folder:
        direct = _token(Path(folder))
        with _signer(Path(folder)) as client:
            numbers = count()
            ratios = [_ratio(client, direct, _drafts(numbers)) for _ in range(PIECES)]
    yield Row(
        "PKCS#11 signing through the signer process, SoftHSM, against direct calls",
        median(ratios),
        "×",
        0.6,
        "higher",
        "4,750 a second direct; approved, verified and journaled besides",
    )


def _ratio(client: SignerClient, direct: Any, drafts: list[ToSign]) -> float:
    """How fast the process is against the bare token, with the same bytes."""
    messages = [one.text.encode() for one in drafts]
    start = perf_counter()
    for message in messages:
        direct(sha256(message).digest())
    bare = perf_counter() - start
    start = perf_counter()
    answers = client.sign(drafts)
    through = perf_counter() - start
    assert all(isinstance(one, Signed) for one in answers), answers[:1]
    return bare / through


def _drafts(numbers: Iterator[int]) -> list[ToSign]:
    """New certificates, approved a hundred at a time, as by a rule or a course's list."""
    drafts = []
    header = b64url_encode(json_dumps({"alg": "ES256", "kid": KID, "typ": "dc+sd-jwt"}))
    for _ in range(0, PIECE, TOGETHER):
        payloads = [_claims(next(numbers)) for _ in range(TOGETHER)]
        hashes = [claims_hash(one) for one in payloads]
        name, at = str(payloads[0]["document_number"]), int(time())
        token = approve_by_rule(hashes, "course", rule=RULE, at=at, name=name, signer=_ENGINE, kid="engine")
        drafts += [
            ToSign(text=f"{header}.{b64url_encode(json_dumps(one))}", approvals=[token]) for one in payloads
        ]
    return drafts


def _claims(number: int) -> dict[str, Json]:
    return {
        "iss": "https://no.example",
        "vct": "urn:ombord:course:1",
        "iat": int(time()),
        "nbf": 1_792_623_600,
        "exp": 1_855_695_600,
        "status": {"status_list": {"idx": number, "uri": "https://no.example/status/1"}},
        "document_number": f"NO-{number}",
        "issue_date": "2026-10-22",
        "expiry_date": "2028-10-20",
        "remarks": "x" * 500,
    }


def _token(folder: Path) -> Any:
    """A new token with one key; the call that signs a digest with it."""
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
    from pkcs11.util.ec import encode_named_curve_parameters

    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", PIN, "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    session = pkcs11.lib(LIBRARY).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN)
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(
        store=True, id=KID.encode()
    )
    key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=KID.encode())
    return lambda digest: key.sign(digest, mechanism=Mechanism.ECDSA)


@contextmanager
def _signer(folder: Path) -> Iterator[SignerClient]:
    """The process as it is run, with the same token."""
    policy = {
        "format": "ombord-signing-policy",
        "issuers": ["https://no.example"],
        "status_prefix": "https://no.example/status/",
        "per_hour": 1_000_000,
        "clients": [os.getuid()],
        "operators": [],
        "keys": {KID: {"signs": ["course"], "from": "2020-01-01", "until": "2190-01-01"}},
        "types": {"course": {"automatic": [RULE], "per_hour": 1_000_000}},
        "rules": {"engine": {"public": _ENGINE.public_key.to_jwk(), "approves": [RULE]}},
    }
    (folder / "policy.json").write_text(json.dumps(policy))
    (folder / "policy.json").chmod(0o600)
    command = [
        sys.executable,
        "-m",
        "keys.cli",
        "signer",
        "serve",
        "--home",
        str(folder / "h"),
        "--new-journal",
    ]
    command += ["--policy", str(folder / "policy.json"), "--module", LIBRARY, "--token", TOKEN]
    environment = {**os.environ, "OMBORD_TOKEN_PIN": PIN}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    client = SignerClient(folder / "h" / "signer.sock")
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Signing with")
        yield client
    finally:
        client.close()
        process.terminate()
        process.communicate()
