// What certificates are checked against, on this device: the trust file and all status lists, each verified
// whenever it is read. All lists are fetched, always: the authority never learns which certificate was checked.

import { EncodingError } from "../core/encoding.js";
import { StatusListError, verifyList } from "../core/status.js";
import { readTrust, TrustError } from "../core/trust.js";

const CACHE = "ombord-trust";
const BASE = new URL("../", import.meta.url);
const TRUST = new URL("trust.json", BASE).href;
const AGGREGATION = new URL("../status", BASE).href;
const UPDATED = new URL("held/updated", BASE).href;
const MOST_LISTS = 1_000;
const now = () => Date.now() / 1000;

/**
 * Seconds that what is held is old: since its update, or since its oldest list was signed where that is longer, since
 * a server may serve the same old list for ever. Less than zero: the clock was set back, and nobody can tell.
 */
export function ageOf({ updatedAt, lists }, at) {
  if (at < updatedAt) return at - updatedAt;
  return Math.max(at - updatedAt, ...[...lists.values()].map(({ issuedAt }) => at - issuedAt));
}

/** {trust, lists, updatedAt} as it is held, or null before the first update. */
export async function held() {
  const cache = await caches.open(CACHE);
  const file = await cache.match(TRUST);
  if (file === undefined) return null;
  const trust = readTrust(new Uint8Array(await file.arrayBuffer()));
  const lists = new Map();
  for (const { url } of await cache.keys()) {
    if (!url.startsWith(`${AGGREGATION}/`)) continue;
    const list = await verified(await (await cache.match(url)).text(), trust);
    if (list !== null) lists.set(list.uri, list);
  }
  const updated = await cache.match(UPDATED);
  return { trust, lists, updatedAt: updated === undefined ? null : Number(await updated.text()) };
}

/** Fetch what is new; nothing that is held gives way to something older. Raises for no connection. */
export async function update() {
  const before = await usable();
  const file = await fetched(TRUST);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const trust = readTrust(bytes);
  if (before !== null && trust.environment !== before.trust.environment) throw new TrustError("another environment");
  const cache = await caches.open(CACHE);
  if (before === null || trust.publishedAt >= before.trust.publishedAt) await cache.put(TRUST, new Response(bytes));
  const kept = before !== null && trust.publishedAt < before.trust.publishedAt ? before.trust : trust;
  const { status_lists: uris } = await (await fetched(AGGREGATION)).json();
  for (const uri of uris.slice(0, MOST_LISTS)) await updateList(cache, uri, kept, before);
  await cache.put(UPDATED, new Response(String(Math.floor(now()))));
  return held();
}

async function updateList(cache, uri, trust, before) {
  const authority = trust.authorities.find((one) => uri.startsWith(one.statusPrefix));
  const name = authority === undefined ? "" : uri.slice(authority.statusPrefix.length);
  if (!/^[0-9]{1,10}$/.test(name)) return;
  const address = `${AGGREGATION}/${name}`; // its own server, under whatever name this page was opened
  const token = await (await fetched(address)).text();
  const list = await verified(token, trust, now());
  const older = before?.lists.get(uri);
  if (list !== null && list.uri === uri && (older === undefined || list.issuedAt > older.issuedAt)) {
    await cache.put(address, new Response(token));
  }
}

async function usable() {
  try {
    return await held();
  } catch (error) {
    if (error instanceof TrustError || error instanceof EncodingError) return null;
    throw error;
  }
}

async function verified(token, trust, at = null) {
  try {
    return await verifyList(token, trust, at);
  } catch (error) {
    if (error instanceof StatusListError) return null;
    throw error;
  }
}

async function fetched(address) {
  const answer = await fetch(address, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}
