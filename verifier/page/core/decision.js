// The decision: is this one credential good, here and now? The same rows and headlines as verifier/decision.py
// with its default policy. Pure but for WebCrypto: no network, no storage, no clock of its own.

import { MalformedCarrier, PREFIX, unpack, wireOf } from "./carrier.js";
import { readCredential, readPass, typeOf } from "./certificate.js";
import * as checks from "./checks.js";
import { END_OF_TIME, MalformedCredential } from "./claims.js";
import { dateContradiction } from "./dates.js";
import { jsonObject } from "./encoding.js";
import { Unsupported } from "./keys.js";
import { judgePass } from "./pass_decision.js";
import { judgeManning, readManning } from "./safe_manning.js";
import { holderProof, MalformedToken, parseSdJwt, reveal, signedBy } from "./tokens.js";
import { objection } from "./trust.js";
import { check, conclude, ROWS } from "./verdict.js";

const WIRE_LIMIT = 80_000;
const READABLE = check("C1", "pass", "a credential of a known form");
const KNOWN = check("C2", "pass", "the issuer and its key are known here");
const TRUSTED = check("C3", "pass", "the key may sign this, and did so in its time");
const SIGNED = check("C4", "pass", "the signature holds");
const AGREE = check("C4b", "pass", "its dates agree with each other");

/** Text that is no credential (row C1). */
class NotReadable extends Error {}

/**
 * Judge the text of a QR code, a wire, or an SD-JWT: one verdict for each credential in it, in their order.
 * `setting` is {trust, lists, dictionaries, at}: whom to trust, the verified status lists by their address, the
 * carrier's dictionaries by number, and the clock in Unix seconds.
 *
 * A muster's proof is made for its first: once that one's phone is shown to hold it (C5), the others that are
 * bound to the same key are held by the same phone.
 */
export async function verifyAll(presented, setting) {
  let tokens;
  try {
    const coded = typeof presented !== "string" || presented.startsWith(PREFIX);
    const wire = coded && typeof presented === "string" ? wireOf(presented, WIRE_LIMIT) : presented;
    tokens = coded ? await unpack(wire, setting.dictionaries) : [presented];
  } catch (error) {
    if (!(error instanceof MalformedCarrier)) throw error;
    return [stop([check("C1", "unknown", "not a code of Ombord's: {}", error.message)], setting, "it cannot be read")];
  }
  const verdicts = [await verifyToken(tokens[0], setting)];
  const [first] = verdicts;
  const signed = first.seaPass ?? first.credential;
  const held = first.proof && signed !== null && first.checks.some(({ row, outcome }) => row === "C5" && outcome === "pass");
  const phone = held ? { key: signed.holderKey.id, proof: first.proof } : null;
  for (const token of tokens.slice(1)) verdicts.push(await verifyToken(token, { ...setting, phone }));
  return verdicts;
}

/** As `verifyAll`, for the first or only one. */
export const verify = async (presented, setting) => (await verifyAll(presented, setting))[0];

/** As `verify`, for a token. */
export async function verifyToken(token, setting) {
  const { trust, at } = setting;
  const time = Math.max(at, trust.timeFloor);
  let unverified;
  try {
    unverified = await read(token); // (C1)
  } catch (error) {
    if (!(error instanceof NotReadable || error instanceof MalformedToken)) throw error;
    return stop([check("C1", "unknown", "not a credential: {}", error.message)], setting, "it cannot be read");
  }
  const { sdJwt, claims, issuer, kid, type, issuedAt } = unverified;
  const authority = trust.authority(issuer); // (C2)
  const key = trust.key(issuer, kid);
  if (authority === undefined || key === undefined) {
    return stop([READABLE, unknown(unverified, authority)], setting, "nobody known has signed it");
  }
  const against = objection(key, type, { signedAt: issuedAt, now: time, trust }); // (C3)
  let trusted = against === null ? TRUSTED : check("C3", "fail", against.template, ...against.values);
  let signed; // (C4)
  try {
    signed = await signature(key, sdJwt);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const reason = "this browser cannot check {} signatures: use a newer one";
    return stop([check("C1", "unknown", reason, error.message), KNOWN, trusted], setting, "it cannot be checked here");
  }
  if (signed !== SIGNED) return stop([READABLE, KNOWN, trusted, signed], setting, "its signature was not shown to hold");
  try {
    if (type === "safe-manning") return manningVerdict(readManning(claims), trusted, authority, setting, time);
    const isPass = type === "pass";
    const found = isPass ? readPass(claims, jsonObject(sdJwt.jws.payload)) : readCredential(claims);
    trusted = checks.inOwnName(isPass ? found.country : found.certificate.country, authority) ?? trusted;
    const shown = await holding(sdJwt, found.holderKey, setting.phone);
    const judge = isPass ? passVerdict : credentialVerdict;
    return { ...judge(found, shown, trusted, authority, setting, time), proof: shown.proof ?? null };
  } catch (error) {
    if (!(error instanceof MalformedCredential)) throw error;
    const unreadable = check("C1", "unknown", "not a document that can be read: {}", error.message);
    return stop([unreadable, KNOWN, trusted, signed], setting, "it cannot be read");
  }
}

/** What the phone's proof amounts to: its own, or that of a muster's first where both are bound to one key. */
async function holding(sdJwt, key, phone = null) {
  const own = await holderProof(sdJwt, key);
  return own.none && phone !== null && key !== null && key.id === phone.key ? { proof: phone.proof } : own;
}

/** Take the text apart, and find who says that they signed it. Nothing in it may be believed yet. */
async function read(token) {
  const sdJwt = parseSdJwt(token);
  const { claims, keptBack } = await reveal(sdJwt);
  const { header } = sdJwt.jws;
  const kid = header.get("kid");
  if (header.get("typ") !== "dc+sd-jwt" || typeof kid !== "string" || header.size !== 3) {
    throw new NotReadable("its header is not exactly alg, kid and typ dc+sd-jwt");
  }
  const [issuer, issuedAt, type] = [claims.get("iss"), claims.get("iat"), typeOf(claims.get("vct"))];
  if (typeof issuer !== "string" || !Number.isInteger(issuedAt) || issuedAt < 0 || issuedAt >= END_OF_TIME) {
    throw new NotReadable("it names no issuer, or no time of signing");
  }
  if (type === null) throw new NotReadable("of a type that is not known here");
  // All claims of a certificate are shown, always: a limitation kept back would be a lie.
  if (keptBack && type !== "pass") throw new NotReadable("some of its claims are kept back");
  return { sdJwt, claims, issuer, kid, type, issuedAt };
}

function unknown({ issuer, kid }, authority) {
  if (authority === undefined) return check("C2", "unknown", "{} is not known to this page", plain(issuer));
  return check("C2", "unknown", "{} has no key {} that is known here: update", authority.name, plain(kid));
}

/** What nobody has signed, short and without spaces, so that no line of a verdict can be imitated. */
const plain = (unsigned) => [...unsigned.replace(/\s/gu, "")].slice(0, 80).join("");

async function signature(key, sdJwt) {
  if (key.conflicting) return check("C4", "not-assessed", "it cannot be told which of two keys should have signed it");
  if (await signedBy(sdJwt.jws, key.key, "dc+sd-jwt")) return SIGNED;
  return check("C4", "fail", "it was changed after key {} signed it, or never signed", key.kid);
}

/** Rows C4b to C15 of a credential that its issuer has signed. */
function credentialVerdict(credential, shown, trusted, authority, setting, time) {
  const contradiction = dateContradiction(credential);
  const list = setting.lists.get(credential.status.uri);
  const { against, known, remark } = checks.state(credential.status, list, authority, time);
  const [c5, c13, ...unproved] = checks.holder(credential.holderKey, shown, time);
  const rows = [
    READABLE, KNOWN, trusted, SIGNED, contradiction === null ? AGREE : check("C4b", "unknown", contradiction), c5,
    ...against, checks.lastDay(credential, time), checks.clock(setting.at, setting.trust),
    checks.firstDay(credential, time), known, c13, ...(remark === null ? [] : [remark]), ...unproved,
    ...checks.remarks(credential, time),
  ];
  return conclude(rows, credential, reliedOn(setting, list?.issuedAt ?? null));
}

function passVerdict(seaPass, shown, trusted, authority, setting, time) {
  const [holder, confirmed, ...unproved] = checks.holder(seaPass.holderKey, shown, time);
  const clock = checks.clock(setting.at, setting.trust);
  const shared = { readable: READABLE, known: KNOWN, trusted, signed: SIGNED, holder, clock, confirmed, unproved };
  return judgePass(seaPass, shared, { authority, lists: setting.lists, time, reliedOn: reliedOn(setting) });
}

/** Of a ship's certificate, which nobody holds: a phone's proof beside it is neither asked for nor looked at. */
function manningVerdict(document, trusted, authority, setting, time) {
  const own = checks.inOwnName(document.certificate.country, authority) ?? trusted;
  const shared = { readable: READABLE, known: KNOWN, trusted: own, signed: SIGNED, clock: checks.clock(setting.at, setting.trust) };
  return judgeManning(document, shared, { authority, lists: setting.lists, time, reliedOn: reliedOn(setting) });
}

/** A verdict without claims: of the rows that are left, only the clock can be judged. */
function stop(rows, setting, because) {
  const rest = ROWS.slice(rows.length, ROWS.indexOf("C14")).map((row) =>
    row === "C10" ? checks.clock(setting.at, setting.trust) : check(row, "not-assessed", because),
  );
  return conclude([...rows, ...rest], null, reliedOn(setting));
}

const reliedOn = ({ trust, at }, statusAsOf = null) => ({
  time: Math.max(at, trust.timeFloor),
  publishedAt: trust.publishedAt,
  statusAsOf,
});
