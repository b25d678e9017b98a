// Token status lists (draft-ietf-oauth-status-list), strictly: signed by the authority whose prefix covers them.

import { base64urlDecode, EncodingError, jsonObject } from "./encoding.js";
import { inflate } from "./inflate.js";
import { END_OF_TIME, printable } from "./claims.js";
import { objection } from "./trust.js";
import { MalformedToken, parseJws, signedBy } from "./tokens.js";

const TYP = "statuslist+jwt";
const MAX_TOKEN = 4_000_000;
const MAX_ARRAY = 4 << 20;
const DAY = 86_400;
const PLAUSIBLE = 400 * DAY;

/** A status list that must not be used; says why. */
export class StatusListError extends Error {}

const refuse = (why) => {
  throw new StatusListError(why);
};

/** The list of a token. `at`, Unix seconds, is given when it comes in: one dated ahead would never be replaced. */
export async function verifyList(token, trust, at = null) {
  try {
    const jws = parseJws(token, MAX_TOKEN);
    if ([...jws.header.keys()].some((name) => !["alg", "kid", "typ"].includes(name))) refuse("a foreign header");
    const claims = jsonObject(jws.payload, { maxSize: MAX_TOKEN });
    const uri = claims.get("sub");
    if (!printable(uri) || uri.length > 1_000) refuse('"sub" is not the address of the list');
    const issuedAt = instant(claims, "iat") ?? refuse('"iat" is missing');
    refuseDatedAhead(issuedAt, trust, at);
    const key = signer(uri, jws.header.get("kid"), issuedAt, trust);
    if (!(await signedBy(jws, key.key, TYP))) refuse(`not signed by ${key.kid}`);
    return { uri, issuer: key.issuer, issuedAt, expires: instant(claims, "exp"), ...states(claims.get("status_list")) };
  } catch (error) {
    if (error instanceof MalformedToken || error instanceof EncodingError) refuse(error.message);
    throw error;
  }
}

function refuseDatedAhead(issuedAt, trust, at) {
  if (at === null) return;
  const now = Math.max(Math.min(at, trust.timeFloor + PLAUSIBLE), trust.timeFloor);
  if (issuedAt > now + DAY) refuse("dated ahead of the clock");
}

function signer(uri, kid, issuedAt, trust) {
  const authority = trust.authorities.find((one) => uri.startsWith(one.statusPrefix));
  if (authority === undefined) refuse("no authority known here owns this address");
  const keys = kid === undefined ? [] : authority.issuers.map((issuer) => trust.key(issuer, kid));
  const key = keys.find((one) => one !== undefined) ?? refuse("signed with a key that is not the authority's");
  const against = objection(key, "status", { signedAt: issuedAt, now: issuedAt, trust });
  if (against !== null) refuse(against.template);
  return key;
}

function instant(claims, name) {
  if (!claims.has(name)) return null;
  const value = claims.get(name);
  if (!Number.isInteger(value) || value < 0 || value >= END_OF_TIME) refuse(`"${name}" is not whole seconds since 1970`);
  return value;
}

function states(list) {
  if (!(list instanceof Map)) refuse('"status_list" is missing');
  const bits = list.get("bits");
  const lst = list.get("lst");
  if (![1, 2, 4, 8].includes(bits)) refuse('"bits" is not 1, 2, 4 or 8');
  if (typeof lst !== "string") refuse('"lst" is missing');
  const array = inflate(base64urlDecode(lst), { limit: MAX_ARRAY });
  if (array === null || array.length === 0) refuse('"lst" is not one whole zlib stream');
  return { bits, array };
}

/** 0 valid, 1 revoked, 2 suspended, 3 replaced; another number has no meaning, undefined is outside the list. */
export function stateAt(list, idx) {
  const position = idx * list.bits;
  const byte = list.array[Math.floor(position / 8)];
  return byte === undefined ? undefined : (byte >> (position & 7)) & ((1 << list.bits) - 1);
}
