// A second decoder of the carrier, written from docs/credential-format.md alone, with Node's own modules.
// Reads {"dictionaries": {"1": hex}, "texts": [QR text]} and writes [{"token"} | {"refused"}] in their order.

import { createHash, ECDH } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { readFileSync } from "node:fs";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const AUDIENCES = ["urn:ombord:on-board:time", "urn:ombord:on-board:challenge"];
const LIMIT = 20000;
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

function restore(text, lifted) {
  let at = 0;
  const instants = [];
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
    return `"x":"${base64url(raw.subarray(0, 32))}","y":"${base64url(raw.subarray(32))}"`;
  };
  const seafarerId = () => {
    const value = number(5);
    return `"${[35, 30, 25, 20, 15, 10, 5, 0].map((s) => BASE32[Number((value >> BigInt(s)) & 31n)]).join("")}"`;
  };
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
    0x0c: () => isoDate(Date.UTC(1920, 0, 1) / 1000 + Number(number(2)) * DAY),
    0x0d: () => isoDate(nth(1) + DAY / 2),
    0x0e: () => isoDate(nth(2) - DAY / 2),
    0x0f: seafarerId,
    0x10: () => "\n",
    0x1f: control,
  };
  const parts = [[]];
  for (const byte of text) {
    if (byte === 0x0a) parts.push([]);
    else if (byte >= 0x20) parts.at(-1).push(Buffer.of(byte));
    else parts.at(-1).push(Buffer.from((marks[byte] ?? (() => refuse("mark")))()));
  }
  if (at !== lifted.length) refuse("more lifted bytes than marks");
  return parts.map((pieces) => Buffer.concat(pieces));
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
  const deflated = body.subarray(at + size);
  const { buffer, engine } = inflateRawSync(deflated, { dictionary, maxOutputLength: LIMIT, info: true });
  if (engine.bytesWritten !== deflated.length) refuse("bytes after the end");
  const parts = restore(buffer, body.subarray(at, at + size));
  if (parts.length !== Math.max(2, form + 1) || parts.slice(2).some((part) => part.length === 0)) refuse("form");
  const [header, payload, ...disclosures] = parts.map(base64url);
  const jws = `${header}.${payload}.${base64url(body.subarray(0, 64))}`;
  const token = form === 0 ? jws : [jws, ...disclosures, ""].join("~");
  return token.length > LIMIT ? refuse("too long") : token;
}

function presentation(body, dictionary) {
  const audience = AUDIENCES[body[0]] ?? refuse("audience");
  const text = credential(body.subarray(77), dictionary);
  if (!text.endsWith("~")) refuse("a proof over a plain JWS");
  const header = base64url('{"alg":"ES256","typ":"kb+jwt"}');
  const payload = {
    iat: body.readUInt32BE(1),
    aud: audience,
    nonce: base64url(body.subarray(5, 13)),
    sd_hash: createHash("sha256").update(text).digest("base64url"),
  };
  return `${text}${header}.${base64url(JSON.stringify(payload))}.${base64url(body.subarray(13, 77))}`;
}

function decode(text, dictionaries) {
  if (!text.startsWith("OB1:")) refuse("prefix");
  const wire = base45(text.slice(4));
  if (wire.length < 2 || wire.length > LIMIT) refuse("length");
  const read = { 1: credential, 2: presentation }[wire[0]] ?? refuse(`kind ${wire[0]}`);
  const dictionary = dictionaries[wire[1]] ?? refuse(`dictionary ${wire[1]}`);
  return read(wire.subarray(2), Buffer.from(dictionary, "hex"));
}

const { dictionaries, texts } = JSON.parse(readFileSync(0, "utf8"));
const answers = texts.map((text) => {
  try {
    return { token: decode(text, dictionaries) };
  } catch (error) {
    return { refused: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
