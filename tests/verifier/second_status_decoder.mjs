// A second decoder of status for ships, written from docs/sea-pack-format.md alone, with Node's own modules.
// Reads {"prefixes": {flag: status prefix}, "keys": {flag: [JWK]}, "questions": [{"blob": hex, "base"?: {…}}]} and
// writes [{"uri","number","iat","exp","states": hex} | {"refused"}] in their order. A base is {"number","iat","states"}.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const EPOCH = Date.UTC(2020, 0, 1) / 1000;
const END_OF_TIME = Date.UTC(2200, 0, 1) / 1000;
const DAY = 86400;
const MAX_SIZE = 2 ** 24;

const refuse = (why) => { throw new Error(why); };
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

function statesOf(code, size) {
  if (code.length > size / 4) refuse("longer than the states");
  if (code.length === size / 4) return Buffer.from(code);
  let at = 0;
  const bit = () => {
    if (at >= 8 * code.length) refuse("cut off");
    const value = (code[at >> 3] >> (7 - (at & 7))) & 1;
    at += 1;
    return value;
  };
  const number = (digits) => Array.from({ length: digits }, bit).reduce((value, digit) => 2 * value + digit, 0);
  const zeros = (most) => {
    let count = 0;
    while (bit() === 0) if (++count > most) refuse("too many zeros");
    return count;
  };
  const lists = [1, 2, 3].map((state) => {
    const digits = zeros(24);
    const n = 2 ** digits + number(digits) - 1;
    if (n > size) refuse("more places than entries");
    const usual = n && Math.max(0, Math.floor((63072 * size) / (65536 * n)).toString(2).length - 1);
    if (n === 0 || bit() === 0) return { state, n, k: usual };
    const k = number(5);
    if (k > 24 || k === usual) refuse("parameter");
    return { state, n, k };
  });
  for (const list of lists) {
    if (at + list.n * list.k > 8 * code.length) refuse("cut off");
    list.remainders = new Array(list.n).fill(0);
    for (let plane = 0; plane < list.k; plane += 1)
      for (let i = 0; i < list.n; i += 1) list.remainders[i] = 2 * list.remainders[i] + bit();
  }
  const states = Buffer.alloc(size / 4);
  for (const { state, n, k, remainders } of lists) {
    let index = -1;
    for (let i = 0; i < n; i += 1) {
      index += zeros(size) * 2 ** k + remainders[i] + 1;
      if (index >= size) refuse("outside the list");
      if ((states[index >> 2] >> (2 * (index & 3))) & 3) refuse("two states");
      states[index >> 2] |= state << (2 * (index & 3));
    }
  }
  if (8 * code.length - at > 7) refuse("bytes after the end");
  while (at < 8 * code.length) if (bit()) refuse("bits after the end");
  return states;
}

function signedBy(jwk, hint, message, signature) {
  const { kty, crv, x, y } = jwk;
  const thumbprint = sha256(JSON.stringify(kty === "EC" ? { crv, kty, x, y } : { crv, kty, x }));
  if (thumbprint[0] !== hint) return false;
  const key = createPublicKey({ key: jwk, format: "jwk" });
  if (kty !== "EC") return verify(null, message, key, signature);
  return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
}

function decode(blob, base, prefixes, keys) {
  let at = 0;
  const take = (count) => (at + count > blob.length ? refuse("cut off") : blob.subarray(at, (at += count)));
  const varint = (low, high) => {
    let value = 0;
    for (let place = 0; place < 5; place += 1) {
      const byte = take(1)[0];
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte >= 0x80) continue;
      return value < low || value > high || (place > 0 && byte === 0) ? refuse("number") : value;
    }
    return refuse("number");
  };
  if (blob.length > 4194560) refuse("too long");
  const kind = take(1)[0];
  if (kind !== 1 && kind !== 2) refuse("kind");
  const flag = take(2).toString("latin1");
  const name = take(take(1)[0]).toString("latin1");
  if (name.length > 64 || !/^[0-9A-Za-z_][0-9A-Za-z._~-]*(\/[0-9A-Za-z_][0-9A-Za-z._~-]*){0,3}$/.test(name)) refuse("name");
  const list = varint(1, 2 ** 31 - 1);
  const iat = EPOCH + take(4).readUInt32BE();
  const days = varint(0, 100000);
  const exp = days ? iat + days * DAY : null;
  const hint = take(1)[0];
  let size, before, states;
  if (kind === 1) {
    size = varint(1, MAX_SIZE / 8) * 8;
    before = take(16);
  } else {
    const distance = varint(1, 2 ** 31 - 1);
    before = distance > 1 ? take(16) : undefined;
    const hash = sha256(base.states);
    if (base.number !== list - distance || iat <= base.iat || !take(2).equals(hash.subarray(0, 2))) refuse("base");
    before ??= hash.subarray(0, 16);
    size = 4 * base.states.length;
  }
  const signature = take(64);
  states = statesOf(blob.subarray(at), size);
  if (kind === 2) states = states.map((byte, i) => byte ^ base.states[i]);
  if ((list === 1) !== before.equals(Buffer.alloc(16))) refuse("before");
  if (exp !== null && exp >= END_OF_TIME) refuse("exp");
  const uri = prefixes[flag] === undefined ? refuse("flag") : prefixes[flag] + name;
  const claims = {
    uri, number: list, iat, exp, bits: 2, size,
    before: before.toString("base64url"), after: sha256(states).toString("base64url"),
  };
  const message = Buffer.from(`ombord-status-1\n${JSON.stringify(claims)}`);
  if (!keys[flag].some((jwk) => signedBy(jwk, hint, message, signature))) refuse("signature");
  return { uri, number: list, iat, exp, states: states.toString("hex") };
}

const { prefixes, keys, questions } = JSON.parse(readFileSync(0, "utf8"));
const answers = questions.map(({ blob, base }) => {
  try {
    const held = base && { ...base, states: Buffer.from(base.states, "hex") };
    return decode(Buffer.from(blob, "hex"), held ?? { number: -1, iat: 0, states: Buffer.alloc(2) }, prefixes, keys);
  } catch (error) {
    return { refused: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
