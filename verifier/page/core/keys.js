// Public keys (RFC 7517) and the two algorithms, verified by WebCrypto; strict as keys/jwk.py is.

import { base64urlDecode, base64urlEncode, EncodingError } from "./encoding.js";

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const KINDS = new Map([["EC", ["P-256", "ES256"]], ["OKP", ["Ed25519", "Ed25519"]]]);

/** A key that is none, or not of a kind that Ombord uses. */
export class KeyError extends Error {}

/** This browser has no such algorithm. */
export class Unsupported extends Error {}

const number = (bytes) => bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);

/** Whether 64 bytes, x then y, are a point of P-256: y² = x³ - 3x + b (SP 800-186 § 3.2.1.3). */
export function pointOnCurve(raw) {
  const x = number(raw.subarray(0, 32));
  const y = number(raw.subarray(32));
  return x < P && y < P && (y * y - (x * x - 3n) * x - B) % P === 0n;
}

function coordinate(jwk, name) {
  const text = jwk.get(name);
  if (typeof text !== "string" || text.length !== 43) throw new KeyError(`"${name}" is not 32 bytes in base64url`);
  try {
    return base64urlDecode(text);
  } catch (error) {
    if (error instanceof EncodingError) throw new KeyError(`"${name}" of the key: ${error.message}`);
    throw error;
  }
}

/** A public key; its native form is made at the first verification. */
export class PublicKey {
  #native = null;

  constructor(algorithm, raw) {
    this.algorithm = algorithm;
    this.raw = raw;
  }

  /** The key of a JWK (a Map). Refuses private and unknown keys, and points off the curve. */
  static fromJwk(jwk) {
    const [curve, algorithm] = KINDS.get(jwk.get("kty")) ?? [];
    if (algorithm === undefined) throw new KeyError('"kty" is neither "EC" nor "OKP"');
    if (jwk.get("crv") !== curve) throw new KeyError(`a key on another curve than ${curve}`);
    const parts = jwk.get("kty") === "EC" ? [coordinate(jwk, "x"), coordinate(jwk, "y")] : [coordinate(jwk, "x")];
    const raw = Uint8Array.from(parts.flatMap((part) => [...part]));
    if (raw.length === 64 && !pointOnCurve(raw)) throw new KeyError("the point (x, y) is not on P-256");
    if (jwk.has("d")) throw new KeyError("a private key where a public key belongs; treat it as compromised");
    if (jwk.has("alg") && jwk.get("alg") !== algorithm) throw new KeyError('"alg" contradicts the key');
    return new PublicKey(algorithm, raw);
  }

  /** One text for one key. */
  get id() {
    return `${this.algorithm} ${base64urlEncode(this.raw)}`;
  }

  /** Whether the 64 bytes are this key's signature over the message. */
  async verify(message, signature) {
    const how = this.algorithm === "ES256" ? { name: "ECDSA", hash: "SHA-256" } : { name: "Ed25519" };
    this.#native ??= this.#load();
    return crypto.subtle.verify(how, await this.#native, signature, message);
  }

  async #load() {
    try {
      return await (this.algorithm === "ES256"
        ? crypto.subtle.importKey("raw", Uint8Array.of(4, ...this.raw), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"])
        : crypto.subtle.importKey("raw", this.raw, { name: "Ed25519" }, false, ["verify"]));
    } catch (error) {
      if (error.name === "NotSupportedError") throw new Unsupported(this.algorithm);
      throw error;
    }
  }
}
