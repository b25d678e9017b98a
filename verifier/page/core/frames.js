// Kind 4, moving frames: a wire too large for one QR code, of which any K different frames restore it.
// Shares are values of polynomials over GF(2⁸) with x⁸ + x⁴ + x³ + x² + 1, at 0 … 255; the first K are the rows.

import { MalformedCarrier, PREFIX, wireOf } from "./carrier.js";
import { concat } from "./encoding.js";

const START = `${PREFIX}YM0`; // base45 of 04 00
const MAX_WIRE = 80_000;
const MAX_NEEDED = 128;
const MAX_CHARACTERS = 4_296; // the most that a QR code of any version holds
const MAX_CONTENTS = 64; // more than a camera can have in view
const MAX_HELD = 4 * MAX_WIRE; // bytes
const MOST_DOUBTED = 2; // times as many as are needed
const HEADER = 13;

const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let at = 0, power = 1; at < 510; at += 1) {
  EXP[at] = power;
  if (at < 255) LOG[power] = at;
  power = power << 1 > 0xff ? (power << 1) ^ 0x11d : power << 1;
}

const refuse = (why) => {
  throw new MalformedCarrier(why);
};

/** Whether QR text says that it is a frame; cheap, and no promise that it is one. */
export const isFrame = (text) => text.startsWith(START);

/** Frames that belong together have the same `content`. */
function readFrame(text) {
  if (text.length > MAX_CHARACTERS) refuse("a frame that is longer than any QR code");
  const frame = wireOf(text);
  if (frame.length <= HEADER || frame[0] !== 4 || frame[1] !== 0) refuse("not a moving frame, or one that is cut short");
  const [needed, index, padding] = frame.subarray(10, HEADER);
  const share = frame.slice(HEADER);
  if (needed < 1 || needed > MAX_NEEDED || padding >= needed) refuse("a frame that contradicts itself");
  const size = needed * share.length - padding;
  if (size < 2 || size > MAX_WIRE) refuse("frames of too many bytes together, or of none");
  const hash = frame.slice(2, 10);
  return { content: [...hash, needed, padding, share.length].join(" "), hash, needed, padding, index, share };
}

/**
 * The shares of one content: a wrong one costs a delay, and no more. When as many as are needed restore something else,
 * all of them are doubted; those that come anew are tried with them, but for what is seen again and again, or for one
 * of them in turn, and at the latest alone.
 */
class Shares {
  #fresh = new Map();
  #doubted = new Map(); // were in a set that restored something else
  #repeated = new Set(); // of the doubted, those seen again since
  #turn = 0;

  constructor(needed) {
    this.needed = needed;
  }

  get received() {
    return this.#fresh.size;
  }

  get held() {
    return this.#fresh.size + this.#doubted.size;
  }

  add(index, share) {
    if (same(this.#doubted.get(index), share)) this.#repeated.add(index);
    else this.#fresh.set(index, share);
  }

  /** At most three sets of as many as are needed; the newest share may have made each of them right. */
  *worthTrying() {
    const fresh = this.#fresh;
    const lacking = this.needed - fresh.size;
    if (lacking <= 0) yield fresh;
    const rest = [...this.#doubted].filter(([index]) => !fresh.has(index));
    if (rest.length === 0 || fresh.size === 0 || lacking <= 0) return;
    const quiet = rest.filter(([index]) => !this.#repeated.has(index));
    if (quiet.length < rest.length && quiet.length >= lacking) yield new Map([...fresh, ...quiet.slice(0, lacking)]);
    if (rest.length < lacking) return;
    const first = this.#turn % rest.length;
    this.#turn += 1;
    yield new Map([...fresh, ...[...rest.slice(first), ...rest.slice(0, first)].slice(-lacking)]);
  }

  /** As many as are needed were there, and restored something else. */
  doubt() {
    for (const [index, share] of this.#fresh) {
      this.#doubted.delete(index);
      this.#doubted.set(index, share);
    }
    this.#fresh = new Map();
    this.#repeated = new Set();
    const tooMany = this.#doubted.size - MOST_DOUBTED * this.needed;
    for (const index of [...this.#doubted.keys()].slice(0, Math.max(0, tooMany))) this.#doubted.delete(index);
  }
}

/** Puts frames together as they come, in any order, with gaps and repetitions; several contents apart. */
export class Collector {
  #contents = new Map();
  #whole = null;

  /** {received, needed, wire}; `wire` is null until it is whole. */
  async add(text) {
    const { content, hash, needed, padding, index, share } = readFrame(text);
    if (this.#whole?.content === content) return { received: needed, needed, wire: this.#whole.wire };
    const shares = this.#contents.get(content)?.shares ?? new Shares(needed);
    this.#contents.delete(content); // and in again at the end, which is where the newest are
    this.#contents.set(content, { shares, size: share.length });
    shares.add(index, share);
    for (const tried of shares.worthTrying()) {
      const wire = await restored(hash, needed, padding, tried);
      if (wire === null) continue;
      this.#contents.delete(content);
      if (wire[0] === 4) refuse("a moving frame inside moving frames");
      this.#whole = { content, wire };
      return { received: needed, needed, wire };
    }
    if (shares.received >= needed) {
      shares.doubt();
      refuse("frames that do not belong together; hold the camera on one code");
    }
    this.#makeRoom();
    return { received: shares.received, needed, wire: null };
  }

  #makeRoom() {
    let held = 0;
    for (const { shares, size } of this.#contents.values()) held += shares.held * size;
    for (const [content, { shares, size }] of this.#contents) {
      if (held <= MAX_HELD && this.#contents.size <= MAX_CONTENTS) return;
      this.#contents.delete(content);
      held -= shares.held * size;
    }
  }
}

const same = (one, other) => one?.length === other.length && one.every((byte, at) => byte === other[at]);

/** The wire that these shares make; null where they do not belong together. */
async function restored(hash, needed, padding, shares) {
  const padded = concat(rows(shares, needed));
  const wire = padded.subarray(0, padded.length - padding);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", wire));
  const belongs = hash.every((byte, at) => byte === digest[at]) && padded.subarray(wire.length).every((byte) => byte === 0);
  return belongs ? wire : null;
}

function rows(shares, needed) {
  return Array.from({ length: needed }, (_, index) => shares.get(index) ?? interpolated(shares, index));
}

/** The polynomials' values at a place that is not known (Lagrange), in logarithms. */
function interpolated(shares, at) {
  const places = [...shares.keys()];
  const value = new Uint8Array(shares.get(places[0]).length);
  for (const place of places) {
    let log = 0;
    for (const other of places) if (other !== place) log += LOG[at ^ other] - LOG[place ^ other];
    log = ((log % 255) + 255) % 255;
    const share = shares.get(place);
    for (let byte = 0; byte < value.length; byte += 1) if (share[byte]) value[byte] ^= EXP[log + LOG[share[byte]]];
  }
  return value;
}
