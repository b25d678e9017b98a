// Does @sd-jwt/sd-jwt-vc accept this credential or presentation? Answers with the claims that it read.
import { createHash, webcrypto } from 'node:crypto'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { answer } from './stdio.mjs'

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

function verifier(jwk) {
  return async (data, signature) => {
    const key = await webcrypto.subtle.importKey('jwk', jwk, ES256, false, ['verify'])
    return webcrypto.subtle.verify(ES256, key, Buffer.from(signature, 'base64url'), Buffer.from(data))
  }
}

answer(async ({ text, issuer_jwk, status_list, status_jwk, at, nonce }) => {
  const instance = new SDJwtVcInstance({
    hasher: (data, algorithm) =>
      createHash(algorithm.replaceAll('-', '')).update(typeof data === 'string' ? data : Buffer.from(data)).digest(),
    hashAlg: 'sha-256',
    verifier: verifier(issuer_jwk),
    kbVerifier: (data, signature, payload) => verifier(payload.cnf.jwk)(data, signature),
    statusVerifier: verifier(status_jwk),
    statusListFetcher: async () => status_list,
  })
  const { payload, header, kb } = await instance.verify(text, { currentDate: at, keyBindingNonce: nonce })
  return { claims: payload, header, key_binding: kb?.payload ?? null }
})
