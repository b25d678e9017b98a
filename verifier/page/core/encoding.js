// Strict base64url, base45 and JSON: what is decoded, re-encoded, must equal what came in (docs/credential-format.md § 1).
// The browser's own readers are laxer than a verifier may be: duplicate names, floats, padding, stray bits.

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUE_OF = new Map([...BASE64URL].map((character, value) => [character, value]));
const BASE45 = new Map([..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"].map((one, value) => [one, value]));
const MAX_JSON = 65_536;
const MAX_DEPTH = 16;
const MAX_DIGITS = 4_300;
const STEP = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Text or bytes that are not the canonical form of anything. */
export class EncodingError extends Error {}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const bytesOf = (text) => encoder.encode(text);

/** Bytes of unpadded canonical base64url (RFC 4648 § 5). */
export function base64urlDecode(text) {
  const rest = text.length % 4;
  if (rest === 1) throw new EncodingError("not base64url: wrong length");
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = VALUE_OF.get(character);
    if (value === undefined) throw new EncodingError("not base64url: a character outside A-Z a-z 0-9 - _");
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0) throw new EncodingError("not canonical base64url: spare bits set");
  return bytes;
}

/** Unpadded base64url (RFC 7515 § 2). */
export function base64urlEncode(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += BASE64URL[group >> 18] + BASE64URL[(group >> 12) & 63];
    if (at + 1 < bytes.length) text += BASE64URL[(group >> 6) & 63];
    if (at + 2 < bytes.length) text += BASE64URL[group & 63];
  }
  return text;
}

/** Bytes of base45 (RFC 9285). A space is a digit: nothing is stripped. */
export function base45Decode(text) {
  if (text.length % 3 === 1) throw new EncodingError("not base45: wrong length");
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const [low, middle, high] = [0, 1, 2].map((offset) => BASE45.get(text[at + offset]));
    const pair = at + 2 >= text.length;
    if (low === undefined || middle === undefined || (!pair && high === undefined)) {
      throw new EncodingError("not base45: a character outside its alphabet");
    }
    const value = low + 45 * middle + (pair ? 0 : 2025 * high);
    if (value > (pair ? 0xff : 0xffff)) throw new EncodingError("not base45: a group that is too large");
    if (!pair) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}

export const concat = (parts) => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** SHA-256 of text or bytes, in base64url. */
export async function sha256(data) {
  const digest = await crypto.subtle.digest("SHA-256", typeof data === "string" ? bytesOf(data) : data);
  return base64urlEncode(new Uint8Array(digest));
}

/** The value of strict JSON (RFC 8259, RFC 7493 § 2): objects are Maps, whole numbers alone. */
export function jsonDecode(bytes, { maxSize = MAX_JSON } = {}) {
  if (bytes.length > maxSize) throw new EncodingError(`JSON of ${bytes.length} bytes; at most ${maxSize} are read`);
  let text;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new EncodingError("JSON is not UTF-8");
  }
  return new JsonReader(text).whole();
}

/** As jsonDecode, for text that must be an object. */
export function jsonObject(bytes, options) {
  const value = jsonDecode(bytes, options);
  if (!(value instanceof Map)) throw new EncodingError("JSON is not an object");
  return value;
}

class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  whole() {
    const value = this.value(0);
    this.space();
    if (this.at !== this.text.length) this.refuse("text after the end");
    return value;
  }

  refuse(why) {
    throw new EncodingError(`not JSON: ${why} at character ${this.at}`);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  value(depth) {
    this.space();
    const first = this.text[this.at];
    if (first === '"') return this.string();
    if (first === "{" || first === "[") {
      if (depth === MAX_DEPTH) throw new EncodingError(`JSON nested deeper than ${MAX_DEPTH}`);
      return first === "{" ? this.object(depth + 1) : this.array(depth + 1);
    }
    for (const [word, meaning] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return meaning;
      }
    }
    return this.number();
  }

  number() {
    const found = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    found.lastIndex = this.at;
    const digits = found.exec(this.text)?.[0];
    if (!digits) this.refuse("no value");
    if (!/^-?[0-9]+$/.test(digits)) throw new EncodingError("JSON number that is no integer");
    if (digits.length > MAX_DIGITS) throw new EncodingError("JSON number out of bounds");
    this.at += digits.length;
    const value = Number(digits);
    return Number.isSafeInteger(value) ? value + 0 : BigInt(digits); // + 0: there is no negative zero
  }

  string() {
    let text = "";
    for (this.at += 1; ; ) {
      const character = this.text[this.at++];
      if (character === undefined) this.refuse("a string without an end");
      if (character === '"') break;
      if (character < " ") this.refuse("a control character");
      text += character === "\\" ? this.escape() : character;
    }
    if (text.includes("\0")) throw new EncodingError("JSON string with a NUL character");
    if (/\p{Surrogate}/u.test(text)) throw new EncodingError("JSON string with half a surrogate pair");
    return text;
  }

  escape() {
    const letter = this.text[this.at++];
    if (letter !== "u") return STEP[letter] ?? this.refuse("an unknown escape");
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse("an escape of no character");
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  array(depth) {
    const items = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth));
      if (this.next("]")) return items;
    }
  }

  object(depth) {
    const members = new Map();
    this.at += 1;
    this.space();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return members;
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.refuse("no name");
      const name = this.string();
      this.space();
      if (this.text[this.at++] !== ":") this.refuse("no colon");
      if (members.has(name)) throw new EncodingError("JSON object with a name twice");
      members.set(name, this.value(depth));
      if (this.next("}")) return members;
    }
  }

  next(end) {
    this.space();
    const character = this.text[this.at++];
    if (character === end) return true;
    if (character !== ",") this.refuse(`neither , nor ${end}`);
    return false;
  }
}
