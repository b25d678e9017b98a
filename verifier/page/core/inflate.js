// Raw and zlib inflation with a bound, by pako: the browser's own DecompressionStream takes no preset dictionary.

import { Inflate } from "../vendor/pako.mjs";

class TooLong extends Error {}

/** The whole stream, of at most `limit` bytes, with nothing after its end; null for anything else. */
export function inflate(data, { limit, dictionary = null }) {
  const options = { raw: dictionary !== null, windowBits: 15, chunkSize: Math.min(limit + 1, 65_536) };
  const stream = new Inflate(dictionary?.length ? { ...options, dictionary } : options);
  const pieces = [];
  let size = 0;
  stream.onData = (piece) => {
    size += piece.length;
    if (size > limit) throw new TooLong();
    pieces.push(piece.slice());
  };
  stream.onEnd = (status) => {
    stream.err = status;
  };
  try {
    stream.push(data, false);
  } catch (error) {
    if (error instanceof TooLong) return null;
    throw error;
  }
  if (!stream.ended || stream.err !== 0 || stream.strm.avail_in !== 0) return null;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
