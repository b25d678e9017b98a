// A second decoder of the carrier, written from docs/credential-format.md alone, with Node's own modules.
// Reads {"dictionaries": {"1": hex}, "texts": [QR text | [QR text of frames]]} and writes, in their order,
// [{"token"} | {"refused"}], with the tokens of a muster a line each, and {"wire"} of frames.

import { createHash, ECDH } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { readFileSync } from "node:fs";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const AUDIENCES = ["urn:ombord:on-board:time", "urn:ombord:on-board:challenge"];
const LIMIT = 20000;
const LARGE = 80000;
const DAY = 86400;

const refuse = (why) => { throw new Error(why); };
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
const isoDate = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

function base45(text) {
  const digits = [...text].map((character) => ALPHABET.indexOf(character));
  if (digits.includes(-1) || digits.length % 3 === 1) refuse("base45");
  const bytes = [];
  for (let at = 0; at < digits.length; at += 3) {
    const [low, middle, high] = digits.slice(at, at + 3);
    const value = low + 45 * middle + 2025 * (high ?? 0);
    if (value > (high === undefined ? 0xff : 0xffff)) refuse("base45 overflow");
    if (high !== undefined) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Buffer.from(bytes);
}

// The parts of tokens that have so many parts each.
function restore(text, lifted, sizes) {
  let at = 0;
  let instants = [];
  let lastPoint, lastSeafarer, firstDate;
  let repeated = 0;
  const take = (size) => {
    if (at + size > lifted.length) refuse("fewer lifted bytes than marks");
    return lifted.subarray(at, (at += size));
  };
  const number = (size) => take(size).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  const instant = (value) => {
    if (value < 10n ** 8n || value >= 10n ** 10n) refuse("instant");
    instants.push(Number(value));
    return String(value);
  };
  const nth = (index) => instants[index] ?? refuse("no such instant");
  const integer = (size) => {
    const value = number(size);
    if (value < 1000n || value >= 10n ** 15n || value >> BigInt(8 * (size - 1)) === 0n) refuse("integer");
    return value >= 10n ** 8n && value < 10n ** 10n ? instant(value) : String(value);
  };
  const point = () => {
    const raw = take(64);
    ECDH.convertKey(Buffer.concat([Buffer.of(4), raw]), "prime256v1"); // refuses a point off the curve
    return (lastPoint = `"x":"${base64url(raw.subarray(0, 32))}","y":"${base64url(raw.subarray(32))}"`);
  };
  const seafarerId = () => {
    const value = number(5);
    const characters = [35, 30, 25, 20, 15, 10, 5, 0].map((s) => BASE32[Number((value >> BigInt(s)) & 31n)]);
    return (lastSeafarer = `"${characters.join("")}"`);
  };
  const date = () => {
    const found = isoDate(Date.UTC(1920, 0, 1) / 1000 + Number(number(2)) * DAY);
    firstDate ??= found;
    return found;
  };
  const again = (value) => ((repeated += value?.length ?? Infinity) > LARGE ? refuse("repeats nothing, or too much") : value);
  const control = () => {
    const [byte] = take(1);
    return byte < 0x20 && byte !== 0x0a ? Buffer.of(byte) : refuse("control byte");
  };
  const marks = {
    0x01: point,
    0x02: () => `"${base64url(take(Number(number(1))))}"`,
    ...Object.fromEntries([2, 3, 4, 5, 6, 7].map((size) => [size + 1, () => integer(size)])),
    0x09: () => instant(number(3) * 900n),
    0x0b: () => instant(BigInt(nth(instants.length - 1)) + number(2) * 3600n),
    0x0c: date,
    0x0d: () => isoDate(nth(1) + DAY / 2),
    0x0e: () => isoDate(nth(2) - DAY / 2),
    0x0f: seafarerId,
    0x10: () => "\n",
    0x11: () => again(lastPoint),
    0x12: () => again(lastSeafarer),
    0x13: () => again(firstDate),
    0x1f: control,
  };
  const starts = new Set(sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0)));
  const parts = [[]];
  for (const byte of text) {
    if (byte === 0x0a) {
      if (starts.has(parts.length)) instants = [];
      parts.push([]);
    } else if (byte >= 0x20) parts.at(-1).push(Buffer.of(byte));
    else parts.at(-1).push(Buffer.from((marks[byte] ?? (() => refuse("mark")))()));
  }
  if (at !== lifted.length) refuse("more lifted bytes than marks");
  const whole = parts.map((pieces) => Buffer.concat(pieces));
  if (whole.length !== sizes.reduce((sum, size) => sum + size, 0)) refuse("parts");
  return sizes.map((size) => {
    const own = whole.splice(0, size);
    return own.slice(2).some((part) => part.length === 0) ? refuse("an empty disclosure") : own;
  });
}

function inflate(deflated, dictionary, maxOutputLength) {
  const { buffer, engine } = inflateRawSync(deflated, { dictionary, maxOutputLength, info: true });
  return engine.bytesWritten === deflated.length ? buffer : refuse("bytes after the end");
}

function encoded(parts, signature, plain) {
  const [header, payload, ...disclosures] = parts.map(base64url);
  const jws = `${header}.${payload}.${base64url(signature)}`;
  const token = plain ? jws : [jws, ...disclosures, ""].join("~");
  return token.length > LIMIT ? refuse("too long") : token;
}

function credential(body, dictionary) {
  if (body.length < 68) refuse("cut short");
  const form = body[64];
  let size = body[65];
  let at = 66;
  if (size >= 0x80) {
    size = (size & 0x7f) | (body[66] << 7);
    at = 67;
    if (size < 0x80) refuse("length");
  }
  const text = inflate(body.subarray(at + size), dictionary, LIMIT);
  const [parts] = restore(text, body.subarray(at, at + size), [Math.max(2, form + 1)]);
  return encoded(parts, body.subarray(0, 64), form === 0);
}

function presentation(body, dictionary) {
  const text = credential(body.subarray(77), dictionary);
  return text.endsWith("~") ? presented(text, body) : refuse("a proof over a plain JWS");
}

function muster(body, dictionary) {
  const count = body[77];
  const formsAt = 78 + 64 * count;
  const liftedAt = formsAt + count + 3;
  if (!(count >= 1 && count <= 64) || body.length <= liftedAt) refuse("cut short, or none, or too many");
  const textAt = liftedAt + body.readUIntBE(liftedAt - 3, 3);
  const sizes = [...body.subarray(formsAt, formsAt + count)].map((disclosures) => 2 + disclosures);
  const text = inflate(body.subarray(textAt), dictionary, LARGE);
  const tokens = restore(text, body.subarray(liftedAt, textAt), sizes).map((parts, index) =>
    encoded(parts, body.subarray(78 + 64 * index, 142 + 64 * index), false),
  );
  if (tokens.join("").length > LARGE || new Set(tokens).size !== count) refuse("too long, or one twice");
  return [presented(tokens[0], body), ...tokens.slice(1)].join("\n");
}

// With the key-binding JWT of the proof that `proof` begins with.
function presented(text, proof) {
  const audience = AUDIENCES[proof[0]] ?? refuse("audience");
  const header = base64url('{"alg":"ES256","typ":"kb+jwt"}');
  const payload = {
    iat: proof.readUInt32BE(1),
    aud: audience,
    nonce: base64url(proof.subarray(5, 13)),
    sd_hash: createHash("sha256").update(text).digest("base64url"),
  };
  return `${text}${header}.${base64url(JSON.stringify(payload))}.${base64url(proof.subarray(13, 77))}`;
}

// Elements of GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1: products, and inverses by a^254.
function times(a, b) {
  let product = 0;
  for (; b; b >>= 1, a = (a << 1) ^ (a & 0x80 ? 0x11d : 0)) if (b & 1) product ^= a;
  return product;
}

function inverse(a) {
  let power = a;
  for (let step = 0; step < 6; step++) power = times(times(power, power), a);
  return times(power, power);
}

function row(index, shares) {
  if (shares.has(index)) return shares.get(index);
  const sum = Buffer.alloc(shares.values().next().value.length);
  for (const [own, share] of shares) {
    const others = [...shares.keys()].filter((other) => other !== own);
    const factor = others.reduce((c, other) => times(c, times(index ^ other, inverse(own ^ other))), 1);
    share.forEach((byte, column) => (sum[column] ^= times(byte, factor)));
  }
  return sum;
}

// The wire that the last of these frames makes whole.
function collected(texts) {
  const contents = new Map();
  const wires = texts.map((text) => {
    if (!text.startsWith("OB1:YM0") || text.length > 4296) refuse("no frame");
    const frame = base45(text.slice(4));
    const share = frame.subarray(13);
    const [needed, index, padding] = frame.subarray(10, 13);
    const length = needed * share.length - padding;
    if (!share.length || needed < 1 || needed > 128 || padding >= needed || length < 2 || length > LARGE) refuse("frame");
    const content = [frame.toString("hex", 2, 10), needed, padding, share.length].join();
    if (!contents.has(content)) contents.set(content, new Map());
    const shares = contents.get(content).set(index, share);
    if (shares.size < needed) return undefined;
    const padded = Buffer.concat([...Array(needed).keys()].map((number) => row(number, shares)));
    const wire = padded.subarray(0, length);
    const hash = createHash("sha256").update(wire).digest("hex").slice(0, 16);
    if (!content.startsWith(hash) || padded.subarray(length).some((byte) => byte)) refuse("mixed frames");
    return wire[0] === 4 ? refuse("a frame in frames") : wire.toString("hex");
  });
  return wires.at(-1) ?? refuse("not yet whole");
}

function decode(text, dictionaries) {
  if (!text.startsWith("OB1:")) refuse("prefix");
  const wire = base45(text.slice(4));
  const read = { 1: credential, 2: presentation, 3: muster }[wire[0]] ?? refuse(`kind ${wire[0]}`);
  if (wire.length < 2 || wire.length > (wire[0] === 3 ? LARGE : LIMIT)) refuse("length");
  const dictionary = dictionaries[wire[1]] ?? refuse(`dictionary ${wire[1]}`);
  return read(wire.subarray(2), Buffer.from(dictionary, "hex"));
}

const { dictionaries, texts } = JSON.parse(readFileSync(0, "utf8"));
const answers = texts.map((text) => {
  try {
    return Array.isArray(text) ? { wire: collected(text) } : { token: decode(text, dictionaries) };
  } catch (error) {
    return { refused: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
