// A wallet made of @openid4vc/openid4vci: from the offer's link to every certificate, each notified as accepted.
import { createHash, randomBytes } from 'node:crypto'
import { clientAuthenticationAnonymous } from '@openid4vc/oauth2'
import { Openid4vciClient, setGlobalConfig } from '@openid4vc/openid4vci'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { answer } from './stdio.mjs'

setGlobalConfig({ allowInsecureUrls: true }) // the issuer under test serves plain http on loopback

// Version 0.4.6 always asks by `credential_configuration_id` and has no parameter for the identifiers that the token
// response listed, which OpenID4VCI 1.0 § 8.2 then requires. Its fetch callback is where a wallet can say so.
function askByIdentifier(identifierOf) {
  return (url, init) => {
    const body = init?.body?.toString()
    if (!body?.includes('"credential_configuration_id"')) return fetch(url, init)
    const { credential_configuration_id: _, ...rest } = JSON.parse(body)
    return fetch(url, { ...init, body: JSON.stringify({ ...rest, credential_identifier: identifierOf() }) })
  }
}

async function makeWallet() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const holder = await exportJWK(publicKey)
  const wallet = { holder, identifier: undefined }
  wallet.client = new Openid4vciClient({
    callbacks: {
      fetch: askByIdentifier(() => wallet.identifier),
      hash: (data, algorithm) => createHash(algorithm.replaceAll('-', '')).update(data).digest(),
      generateRandom: (length) => randomBytes(length),
      clientAuthentication: clientAuthenticationAnonymous(),
      signJwt: async (_signer, { header, payload }) => ({
        jwt: await new SignJWT(payload).setProtectedHeader(header).sign(privateKey),
        signerJwk: holder,
      }),
    },
  })
  return wallet
}

answer(async ({ offer, tx_code, at }) => {
  const wallet = await makeWallet()
  const { client, holder } = wallet
  const credentialOffer = await client.resolveCredentialOffer(offer)
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer)
  const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer,
    issuerMetadata,
    txCode: tx_code,
  })
  const accessToken = accessTokenResponse.access_token
  const credentials = []
  for (const detail of accessTokenResponse.authorization_details) {
    for (const identifier of detail.credential_identifiers) {
      wallet.identifier = identifier
      const { c_nonce } = await client.requestNonce({ issuerMetadata })
      const { jwt } = await client.createCredentialRequestJwtProof({
        issuerMetadata,
        credentialConfigurationId: detail.credential_configuration_id,
        nonce: c_nonce,
        issuedAt: new Date(at * 1000),
        signer: { method: 'jwk', alg: 'ES256', publicJwk: holder },
      })
      const { credentialResponse } = await client.retrieveCredentials({
        issuerMetadata,
        accessToken,
        credentialConfigurationId: detail.credential_configuration_id,
        proofs: { jwt: [jwt] },
      })
      await client.sendNotification({
        issuerMetadata,
        accessToken,
        notification: { notificationId: credentialResponse.notification_id, event: 'credential_accepted' },
      })
      credentials.push({ identifier, credential: credentialResponse.credentials[0].credential })
    }
  }
  return { credentials, holder, offer: credentialOffer, version: issuerMetadata.originalDraftVersion }
})
