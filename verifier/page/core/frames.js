// Kind 4, moving frames: a wire too large for one QR code, of which any K different frames restore it.
// Shares are values of polynomials over GF(2⁸) with x⁸ + x⁴ + x³ + x² + 1, at 0 … 255; the first K are the rows.

import { MalformedCarrier, PREFIX, wireOf } from "./carrier.js";
import { concat } from "./encoding.js";

const START = `${PREFIX}YM0`; // base45 of 04 00
const MAX_WIRE = 80_000;
const MAX_NEEDED = 128;
const MAX_CHARACTERS = 4_296; // the most that a QR code of any version holds
const MAX_CONTENTS = 4;
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

/** Puts frames together as they come, in any order, with gaps and repetitions; up to four contents apart. */
export class Collector {
  #shares = new Map();
  #whole = null;

  /** {received, needed, wire}; `wire` is null until it is whole. */
  async add(text) {
    const { content, hash, needed, padding, index, share } = readFrame(text);
    if (this.#whole?.content === content) return { received: needed, needed, wire: this.#whole.wire };
    const shares = this.#shares.get(content) ?? new Map();
    this.#shares.delete(content); // and in again at the end, which is where the newest are
    shares.set(index, share);
    if (shares.size < needed) {
      if (this.#shares.size === MAX_CONTENTS) this.#shares.delete(this.#shares.keys().next().value);
      this.#shares.set(content, shares);
      return { received: shares.size, needed, wire: null };
    }
    const wire = await restored(hash, needed, padding, shares);
    this.#whole = { content, wire };
    return { received: needed, needed, wire };
  }
}

async function restored(hash, needed, padding, shares) {
  const padded = concat(rows(shares, needed));
  const wire = padded.subarray(0, padded.length - padding);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", wire));
  const belongs = hash.every((byte, at) => byte === digest[at]) && padded.subarray(wire.length).every((byte) => byte === 0);
  if (!belongs) refuse("frames that do not belong together; hold the camera on one code");
  return wire[0] === 4 ? refuse("a moving frame inside moving frames") : wire;
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
