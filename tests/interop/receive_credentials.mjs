// A wallet made of @openid4vc/openid4vci: from the offer's link to every certificate, each notified as accepted.
import { createHash, randomBytes } from 'node:crypto'
import { clientAuthenticationAnonymous } from '@openid4vc/oauth2'
import { Openid4vciClient, setGlobalConfig } from '@openid4vc/openid4vci'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { answer } from './stdio.mjs'

setGlobalConfig({ allowInsecureUrls: true }) // the issuer under test serves plain http on loopback

async function makeWallet() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const holder = await exportJWK(publicKey)
  const client = new Openid4vciClient({
    callbacks: {
      fetch,
      hash: (data, algorithm) => createHash(algorithm.replaceAll('-', '')).update(data).digest(),
      generateRandom: (length) => randomBytes(length),
      clientAuthentication: clientAuthenticationAnonymous(),
      signJwt: async (_signer, { header, payload }) => ({
        jwt: await new SignJWT(payload).setProtectedHeader(header).sign(privateKey),
        signerJwk: holder,
      }),
    },
  })
  return { holder, client }
}

answer(async ({ offer, tx_code, at }) => {
  const { client, holder } = await makeWallet()
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
