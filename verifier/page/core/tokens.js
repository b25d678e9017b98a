// Compact JWS (RFC 7515), SD-JWT (RFC 9901) and key-binding JWT, taken apart strictly; nothing in them may be
// believed before its signature is verified.

import { base64urlDecode, bytesOf, EncodingError, jsonDecode, jsonObject, sha256 } from "./encoding.js";

const MAX_TOKEN = 65_536;
const MAX_HEADER = 4_096;
const MAX_DISCLOSURES = 254;
const MAX_NESTED = 4;
const NEVER_IN_HEADER = ["crit", "b64", "jku", "x5u", "zip"];
const NEVER_DISCLOSABLE = new Set(["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"]);
const RESERVED = ["_sd", "..."];
const AUDIENCES = ["urn:ombord:on-board:time", "urn:ombord:on-board:challenge"];

/** Text that is no token of the strict kind. */
export class MalformedToken extends Error {}

const refuse = (why) => {
  throw new MalformedToken(why);
};

/** Turn an EncodingError within into a MalformedToken. */
function strictly(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof EncodingError) refuse(error.message);
    throw error;
  }
}

/** The parts of a compact JWS. */
export function parseJws(token, maxSize = MAX_TOKEN) {
  if (token.length > maxSize) refuse(`a token of ${token.length} characters; at most ${maxSize} are read`);
  const segments = token.split(".");
  if (segments.length !== 3) refuse("not three parts with a dot between each");
  return strictly(() => {
    const header = jsonObject(base64urlDecode(segments[0]), { maxSize: MAX_HEADER });
    const payload = base64urlDecode(segments[1]);
    const signature = base64urlDecode(segments[2]);
    if (typeof header.get("alg") !== "string") refuse('the header names no "alg"');
    if (NEVER_IN_HEADER.some((name) => header.has(name))) refuse("a forbidden header parameter");
    for (const name of ["kid", "typ"]) {
      if (header.has(name) && typeof header.get(name) !== "string") refuse(`"${name}" of the header is no text`);
    }
    if (signature.length !== 64) refuse(`a signature of ${signature.length} bytes; 64 are needed`);
    return { header, payload, signature, signed: bytesOf(`${segments[0]}.${segments[1]}`) };
  });
}

/** Whether `key` signed it; the algorithm is the key's, and `typ` exactly the one asked for. */
export async function signedBy(jws, key, typ) {
  if (jws.header.get("typ") !== typ || jws.header.get("alg") !== key.algorithm) return false;
  return key.verify(jws.signed, jws.signature);
}

/** The parts of an SD-JWT; `text` is the issuer's part with its last "~", `keyBinding` the JWT after it. */
export function parseSdJwt(text) {
  if (text.length > MAX_TOKEN) refuse(`an SD-JWT of ${text.length} characters; at most ${MAX_TOKEN} are read`);
  if (!/^[\x00-\x7f]*$/.test(text)) refuse("a character outside base64url, dots and tildes");
  const [token, ...rest] = text.split("~");
  if (rest.length === 0) refuse('no "~": an SD-JWT without disclosures still ends with one');
  const keyBinding = rest.pop();
  if (rest.length > MAX_DISCLOSURES) refuse(`${rest.length} disclosures; at most ${MAX_DISCLOSURES} are read`);
  if (rest.includes("")) refuse("an empty disclosure");
  const own = keyBinding === "" ? text : text.slice(0, -keyBinding.length);
  return { jws: parseJws(token), disclosures: rest, keyBinding: keyBinding || null, text: own };
}

/** The claims with what is disclosed in place (RFC 9901 § 7.1), and whether anything is kept back. */
export async function reveal(sdJwt) {
  const payload = strictly(() => jsonObject(sdJwt.jws.payload));
  const disclosed = new Disclosed();
  for (const disclosure of sdJwt.disclosures) await disclosed.add(disclosure);
  const claims = disclosed.process(payload);
  return { claims, keptBack: disclosed.seen.size > disclosed.used.size };
}

class Disclosed {
  byDigest = new Map();
  seen = new Set();
  used = new Set();
  nested = 0;

  async add(disclosure) {
    const array = strictly(() => jsonDecode(base64urlDecode(disclosure)));
    if (!Array.isArray(array) || ![2, 3].includes(array.length) || typeof array[0] !== "string") {
      refuse("a disclosure that is no array of salt, name and value");
    }
    const digest = await sha256(disclosure);
    if (this.byDigest.has(digest)) refuse("a disclosure twice");
    this.byDigest.set(digest, array);
  }

  process(payload) {
    const claims = new Map(payload);
    const hash = claims.has("_sd_alg") ? claims.get("_sd_alg") : "sha-256";
    if (hash !== "sha-256") refuse("_sd_alg other than sha-256");
    claims.delete("_sd_alg");
    for (const name of NEVER_DISCLOSABLE) {
      if (claims.has(name) && hasDigests(claims.get(name))) refuse(`"${name}" may not be selectively disclosable`);
    }
    const processed = this.object(claims, true);
    if (this.used.size !== this.byDigest.size) refuse("a disclosure whose digest is nowhere in the payload");
    return processed;
  }

  value(value) {
    if (value instanceof Map) return this.object(value, false);
    return Array.isArray(value) ? this.array(value) : value;
  }

  object(members, top) {
    if (members.has("...") || members.has("_sd_alg")) refuse('"..." or "_sd_alg" where it has no place');
    const processed = new Map();
    for (const [name, value] of members) if (name !== "_sd") processed.set(name, this.value(value));
    const digests = members.has("_sd") ? members.get("_sd") : [];
    if (!Array.isArray(digests)) refuse('"_sd" is no array');
    for (const digest of digests) {
      const disclosure = this.lookUp(digest);
      if (disclosure === undefined) continue;
      if (disclosure.length !== 3) refuse("an array element disclosed among an object's members");
      const name = disclosure[1];
      const forbidden = RESERVED.includes(name) || (top && (NEVER_DISCLOSABLE.has(name) || name === "_sd_alg"));
      if (typeof name !== "string" || forbidden) refuse("a disclosure with a name that may not be disclosed");
      if (processed.has(name)) refuse("a disclosed claim that is there already");
      processed.set(name, this.inside(disclosure[2]));
    }
    return processed;
  }

  array(elements) {
    const processed = [];
    for (const element of elements) {
      if (!(element instanceof Map && element.has("..."))) {
        processed.push(this.value(element));
        continue;
      }
      if (element.size !== 1) refuse('"..." beside other members');
      const disclosure = this.lookUp(element.get("..."));
      if (disclosure === undefined) continue;
      if (disclosure.length !== 2) refuse("an object's member disclosed as an array element");
      processed.push(this.inside(disclosure[1]));
    }
    return processed;
  }

  inside(value) {
    this.nested += 1;
    if (this.nested > MAX_NESTED) refuse(`disclosures nested deeper than ${MAX_NESTED}`);
    const processed = this.value(value);
    this.nested -= 1;
    return processed;
  }

  lookUp(digest) {
    if (typeof digest !== "string") refuse("a digest that is no text");
    if (this.seen.has(digest)) refuse("a digest twice");
    this.seen.add(digest);
    if (this.byDigest.has(digest)) this.used.add(digest);
    return this.byDigest.get(digest);
  }
}

/** Whether a digest of something disclosed apart, or a name reserved for it, is anywhere in `value`. */
export function hasDigests(value) {
  if (value instanceof Map) return RESERVED.some((name) => value.has(name)) || [...value.values()].some(hasDigests);
  return Array.isArray(value) && value.some(hasDigests);
}

/** What the holder's proof amounts to (§ 5): {none}, {proof}, {failure} or {garbled}. */
export async function holderProof(sdJwt, key) {
  if (sdJwt.keyBinding === null) return { none: true };
  if (key === null) return { failure: "a phone proves itself for a credential that is bound to none" };
  let proof;
  try {
    proof = parseProof(sdJwt.keyBinding);
  } catch (error) {
    if (error instanceof MalformedToken) return { garbled: error.message };
    throw error;
  }
  if (!(await key.verify(proof.jws.signed, proof.jws.signature))) return { failure: "the proof was made by another key" };
  if (proof.sdHash !== (await sha256(sdJwt.text))) return { failure: "the proof was made for another credential" };
  return { proof };
}

function parseProof(text) {
  const jws = parseJws(text, 1_024);
  const { header } = jws;
  if (header.size !== 2 || header.get("alg") !== "ES256" || header.get("typ") !== "kb+jwt") {
    refuse('the header of a key-binding JWT is exactly alg "ES256" and typ "kb+jwt"');
  }
  const claims = strictly(() => jsonObject(jws.payload));
  if (claims.size !== 4 || !["iat", "aud", "nonce", "sd_hash"].every((name) => claims.has(name))) {
    refuse("the claims of a key-binding JWT are exactly iat, aud, nonce and sd_hash");
  }
  const [iat, audience, nonce, sdHash] = ["iat", "aud", "nonce", "sd_hash"].map((name) => claims.get(name));
  if (!Number.isInteger(iat) || iat < 0 || iat >= 2 ** 32) refuse("iat of the holder proof is no instant until 2106");
  if (!AUDIENCES.includes(audience)) refuse("aud of the holder proof is not Ombord's");
  if (typeof sdHash !== "string") refuse("sd_hash of the holder proof is no text");
  const bytes = typeof nonce === "string" ? strictly(() => base64urlDecode(nonce)) : [];
  if (bytes.length !== 8) refuse("nonce of the holder proof is not 8 bytes in base64url");
  return { jws, iat, sdHash, byChallenge: audience === AUDIENCES[1] };
}
