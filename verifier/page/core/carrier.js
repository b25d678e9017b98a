// The carrier of docs/credential-format.md: QR text to the tokens in it, byte for byte as they were signed.

import { base45Decode, base64urlEncode, concat, EncodingError, sha256 } from "./encoding.js";
import { inflate } from "./inflate.js";
import { pointOnCurve } from "./keys.js";

export const PREFIX = "OB1:";
const LIMIT = 20_000; // bytes of a wire and of what it inflates to, characters of a token
const MUSTER_LIMIT = 80_000; // of a muster: bytes of its wire and of its text, characters of all its tokens
const MUSTER_TOKENS = 64;
export const PROOF_SIZE = 77; // audience, iat, nonce, signature
const AUDIENCES = ["urn:ombord:on-board:time", "urn:ombord:on-board:challenge"];
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DAY = 86_400;
const FIRST_DATE = Date.UTC(1920, 0, 1) / 1000;

/** Not the carrier of any credential; says why. */
export class MalformedCarrier extends Error {}

const refuse = (why) => {
  throw new MalformedCarrier(why);
};

/** The wire of QR text (§ 2). */
export function wireOf(text, limit = LIMIT) {
  if (!text.startsWith(PREFIX)) refuse('the text does not start with "OB1:"');
  if (text.length > PREFIX.length + Math.floor((limit * 3 + 1) / 2)) refuse("QR text that is too long");
  try {
    return base45Decode(text.slice(PREFIX.length));
  } catch (error) {
    if (error instanceof EncodingError) refuse(error.message);
    throw error;
  }
}

/** The tokens that a wire carries: one of kind 1 or 2, one or more of kind 3, the first of them with its proof. */
export async function unpack(wire, dictionaries) {
  const [kind, number] = wire;
  if (wire.length < 2 || wire.length > (kind === 3 ? MUSTER_LIMIT : LIMIT)) refuse(`a wire of ${wire.length} bytes`);
  const dictionary = () =>
    dictionaries.get(number) ?? refuse(`dictionary ${number} is not known to this version; reload the page`);
  if (kind === 1) return [credential(wire.subarray(2), dictionary())];
  if (kind === 2) return [await presentation(wire.subarray(2), dictionary())];
  if (kind === 3) return muster(wire.subarray(2), dictionary());
  if (kind === 4) return refuse(`one of ${wire[10]} moving frames: keep the camera on the code`);
  return refuse(`kind ${kind} is not known to this version; reload the page`);
}

/** § 3: signature, form, lifted values, deflated text. */
function credential(body, dictionary) {
  if (body.length < 68) refuse("a wire that is cut short");
  const form = body[64];
  const { value: size, next: at } = varint(body, 65);
  if (body.length <= at + size) refuse("a wire that is cut short");
  const text = inflate(body.subarray(at + size), { limit: LIMIT, dictionary });
  if (text === null) refuse("the deflated text is damaged, cut short or too long");
  const [parts] = restore(text, body.subarray(at, at + size));
  if (parts.length !== Math.max(2, form + 1) || parts.slice(2).some((part) => part.length === 0)) {
    refuse("parts that are not those of the form: header, payload and its disclosures");
  }
  const [header, payload, ...disclosures] = parts.map(base64urlEncode);
  const jws = `${header}.${payload}.${base64urlEncode(body.subarray(0, 64))}`;
  const token = form === 0 ? jws : [jws, ...disclosures, ""].join("~");
  return token.length > LIMIT ? refuse(`a credential over ${LIMIT} characters`) : token;
}

/** One byte below 128; else its 7 low bits with the top bit set, then the number / 128. */
function varint(body, at) {
  if (at >= body.length) refuse("a wire that is cut short");
  if (body[at] < 0x80) return { value: body[at], next: at + 1 };
  if (at + 1 >= body.length) refuse("a wire that is cut short");
  if (body[at + 1] === 0) refuse("a length that is not in its shortest form");
  return { value: (body[at] & 0x7f) | (body[at + 1] << 7), next: at + 2 };
}

/** § 5: a proof by the holder's key, rebuilt as the key-binding JWT that was signed. */
async function presentation(body, dictionary) {
  checkProof(body);
  const text = credential(body.subarray(PROOF_SIZE), dictionary);
  if (!text.endsWith("~")) refuse("a holder proof over a plain JWS");
  return `${text}${await keyBinding(text, body.subarray(0, PROOF_SIZE))}`;
}

function checkProof(body) {
  if (body.length <= PROOF_SIZE || body[0] >= AUDIENCES.length) {
    refuse("a presentation that is cut short, or for an unknown audience");
  }
}

/** Kind 3: the proof, how many, all signatures, how many disclosures each has, lifted values, deflated text. */
async function muster(body, dictionary) {
  checkProof(body);
  const count = body[PROOF_SIZE];
  const signatures = PROOF_SIZE + 1;
  const forms = signatures + 64 * count;
  const lifted = forms + count + 3;
  const size = (body[lifted - 3] << 16) | (body[lifted - 2] << 8) | body[lifted - 1];
  if (count < 1 || count > MUSTER_TOKENS || body.length <= lifted + size) refuse("a muster of none, of too many, or cut short");
  const text = inflate(body.subarray(lifted + size), { limit: MUSTER_LIMIT, dictionary });
  if (text === null) refuse("the deflated text is damaged, cut short or too long");
  const sizes = [...body.subarray(forms, forms + count)].map((disclosures) => 2 + disclosures);
  const tokens = restore(text, body.subarray(lifted, lifted + size), sizes).map((parts, at) => {
    if (parts.slice(2).some((part) => part.length === 0)) refuse("an empty disclosure");
    const start = signatures + 64 * at;
    const [header, payload, ...disclosures] = parts.map(base64urlEncode);
    const jws = `${header}.${payload}.${base64urlEncode(body.subarray(start, start + 64))}`;
    return [jws, ...disclosures, ""].join("~");
  });
  const together = tokens.reduce((length, token) => length + token.length, 0);
  if (tokens.some((token) => token.length > LIMIT) || together > MUSTER_LIMIT) refuse("a muster that is too long");
  if (new Set(tokens).size !== tokens.length) refuse("one credential twice");
  return [tokens[0] + (await keyBinding(tokens[0], body.subarray(0, PROOF_SIZE))), ...tokens.slice(1)];
}

/** The key-binding JWT over the SD-JWT `text` of audience, iat, nonce and signature (77 bytes). */
async function keyBinding(text, proof) {
  const iat = new DataView(proof.buffer, proof.byteOffset).getUint32(1);
  const nonce = base64urlEncode(proof.subarray(5, 13));
  const payload = `{"iat":${iat},"aud":"${AUDIENCES[proof[0]]}","nonce":"${nonce}","sd_hash":"${await sha256(text)}"}`;
  const parts = ['{"alg":"ES256","typ":"kb+jwt"}', payload].map((part) => base64urlEncode(new TextEncoder().encode(part)));
  return [...parts, base64urlEncode(proof.subarray(13, 77))].join(".");
}

/** § 4: the parts of the text by token, with what was lifted out put back mark by mark; `sizes` are parts of each. */
function restore(text, lifted, sizes = null) {
  const ends = text.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
  const wanted = sizes ?? [ends];
  if (ends !== wanted.reduce((sum, size) => sum + size, 0)) refuse("more parts, or fewer, than the tokens have together");
  const values = new Lifted(lifted);
  const tokens = wanted.map(() => []);
  let token = 0;
  values.begin();
  let pieces = [];
  let plain = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const byte = text[at];
    if (byte >= 0x20) continue;
    pieces.push(text.subarray(plain, at));
    plain = at + 1;
    if (byte === undefined || byte === 0x0a) {
      tokens[token].push(concat(pieces));
      pieces = [];
      if (tokens[token].length === wanted[token] && token + 1 < wanted.length) {
        token += 1;
        values.begin();
      }
    } else pieces.push(values.of(byte));
  }
  values.end();
  return tokens;
}

const ascii = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const isoDate = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

class Lifted {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.instants = [];
    this.last = {}; // the last point and seafarer, and the first date, of all tokens
    this.repeated = 0; // bytes: few marks could stand for much
  }

  /** Each token counts its own instants. */
  begin() {
    this.instants = [];
  }

  same(name) {
    const found = this.last[name] ?? refuse("a mark that repeats what has not been there");
    this.repeated += found.length;
    return this.repeated > MUSTER_LIMIT ? refuse("more repetitions than any token has") : found;
  }

  take(size) {
    if (this.at + size > this.bytes.length) refuse("fewer lifted bytes than the marks ask for");
    return this.bytes.subarray(this.at, (this.at += size));
  }

  number(size) {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0); // 7 bytes at most, and below 10^15
  }

  end() {
    if (this.at !== this.bytes.length) refuse("more lifted bytes than marks for them");
  }

  of(mark) {
    if (mark >= 0x03 && mark <= 0x08) return ascii(this.integer(mark - 1));
    const read = Lifted.MARKS[mark] ?? refuse(`unknown mark ${mark.toString(16).padStart(2, "0")}`);
    const value = read(this);
    return typeof value === "string" ? ascii(value) : value;
  }

  integer(size) {
    const value = this.number(size);
    if (value < 1_000 || value >= 1e15 || value < 256 ** (size - 1)) {
      refuse("a lifted integer out of range or with leading zeros");
    }
    if (value >= 1e8 && value < 1e10) this.instants.push(value);
    return String(value);
  }

  instant(value) {
    if (value < 1e8 || value >= 1e10) refuse("a lifted instant out of range");
    this.instants.push(value);
    return String(value);
  }

  earlier(index) {
    return this.instants.at(index) ?? refuse("a mark that follows from an instant that is not there");
  }

  point() {
    const raw = this.take(64);
    if (!pointOnCurve(raw)) refuse("the point (x, y) is not on P-256");
    this.last.point = `"x":"${base64urlEncode(raw.subarray(0, 32))}","y":"${base64urlEncode(raw.subarray(32))}"`;
    return this.last.point;
  }

  seafarerId() {
    let value = this.number(5);
    let text = "";
    for (let digit = 0; digit < 8; digit += 1) {
      text = BASE32[value % 32] + text;
      value = Math.floor(value / 32);
    }
    this.last.seafarer = `"${text}"`;
    return this.last.seafarer;
  }

  date() {
    const day = isoDate(FIRST_DATE + this.number(2) * DAY);
    this.last.date ??= day;
    return day;
  }

  control() {
    const [byte] = this.take(1);
    return byte < 0x20 && byte !== 0x0a ? Uint8Array.of(byte) : refuse("a lifted control byte that is none");
  }

  static MARKS = {
    0x01: (lifted) => lifted.point(),
    0x02: (lifted) => `"${base64urlEncode(lifted.take(lifted.number(1)))}"`,
    0x09: (lifted) => lifted.instant(lifted.number(3) * 900),
    0x0b: (lifted) => lifted.instant(lifted.earlier(-1) + lifted.number(2) * 3_600),
    0x0c: (lifted) => lifted.date(),
    0x0d: (lifted) => isoDate(lifted.earlier(1) + DAY / 2),
    0x0e: (lifted) => isoDate(lifted.earlier(2) - DAY / 2),
    0x0f: (lifted) => lifted.seafarerId(),
    0x10: () => "\n",
    0x11: (lifted) => lifted.same("point"),
    0x12: (lifted) => lifted.same("seafarer"),
    0x13: (lifted) => lifted.same("date"),
    0x1f: (lifted) => lifted.control(),
  };
}
