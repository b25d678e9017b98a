"""A whole pick-up, as any wallet does it."""

from support.issuer_app import KEYS, Office

from keys import jws
from keys.encoding import json_object
from verifier.credential import sd_jwt, vc


def test_wallet_picks_up_every_certificate_over_openid4vci(office: Office) -> None:
    offer = office.offer()
    wallet = office.wallet(offer)
    assert wallet.offer["credential_configuration_ids"] == ["competency", "medical"]
    token = wallet.exchange(offer.tx_code).raise_for_status().json()
    details = token["authorization_details"]
    assert [d["credential_identifiers"] for d in details] == [["NO-COC-0001"], ["NO-MED-0001"]]
    for detail in details:
        (identifier,) = detail["credential_identifiers"]
        answer = wallet.request(identifier).raise_for_status().json()
        text = answer["credentials"][0]["credential"]
        parsed = sd_jwt.parse(text)
        payload = jws.verify(parsed.jws, KEYS.public("NO-2026a"), typ="dc+sd-jwt")
        credential = vc.from_claims(json_object(payload))
        assert credential.holder_key == wallet.signer.public_key
        again = wallet.request(identifier).raise_for_status().json()
        assert again == answer
        done = wallet.notify({"notification_id": answer["notification_id"], "event": "credential_accepted"})
        assert done.status_code == 204
