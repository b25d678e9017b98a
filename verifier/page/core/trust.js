// Whom this page trusts: authorities and their keys, in the trust file (`ombord-trust`, version 1) that the
// issuer serves, and why a key is not good for something (row C3).

import { jsonObject } from "./encoding.js";
import { KeyError, PublicKey } from "./keys.js";

const MAX_FILE = 1 << 20;
const STATES = ["active", "retired", "revoked", "allow-list-only"];

/** Not a trust file of the version that is known here. */
export class TrustError extends Error {}

/** Authorities and keys as of one publication; times are Unix seconds. */
export class Trust {
  #keys = new Map();

  constructor(environment, publishedAt, timeFloor, authorities, keys) {
    this.environment = environment;
    this.publishedAt = publishedAt;
    this.timeFloor = timeFloor;
    this.authorities = authorities;
    for (const key of keys) this.#keys.set(`${key.issuer} ${key.kid}`, key);
  }

  authority(issuer) {
    return this.authorities.find((one) => one.issuers.includes(issuer));
  }

  key(issuer, kid) {
    return this.#keys.get(`${issuer} ${kid}`);
  }
}

/** Read a trust file; raises TrustError or EncodingError. */
export function readTrust(bytes) {
  const file = jsonObject(bytes, { maxSize: MAX_FILE });
  if (file.get("format") !== "ombord-trust" || file.get("version") !== 1) throw new TrustError("another format or version");
  const [published, floor] = [file.get("published_at"), file.get("time_floor")];
  if (!["production", "test"].includes(file.get("environment"))) throw new TrustError("another environment");
  const lists = [file.get("authorities"), file.get("keys")];
  if (![published, floor].every(Number.isInteger) || !lists.every(Array.isArray)) throw new TrustError("members are missing");
  try {
    return new Trust(file.get("environment"), published, floor, lists[0].map(readAuthority), lists[1].map(readKey));
  } catch (error) {
    if (error instanceof KeyError || error instanceof TypeError) throw new TrustError(error.message);
    throw error;
  }
}

// A member that is missing would be no limit at all, and a state that is not known here none against the key.
const member = (one, name, fits) => {
  const value = one.get(name);
  if (!fits(value)) throw new TrustError(`"${name}" is missing, or not what it should be`);
  return value;
};
const isText = (value) => typeof value === "string" && value !== "";
const areTexts = (value) => Array.isArray(value) && value.every(isText);
const isState = (value) => STATES.includes(value);

const readAuthority = (one) => ({
  flag: member(one, "flag", isText),
  name: member(one, "name", isText),
  issuers: member(one, "issuers", areTexts),
  statusPrefix: member(one, "status_prefix", isText),
  timeZone: member(one, "time_zone", isText),
});

const readKey = (one) => ({
  issuer: member(one, "issuer", isText),
  kid: member(one, "kid", isText),
  key: PublicKey.fromJwk(one.get("jwk")),
  environment: member(one, "environment", isText),
  purposes: member(one, "purposes", areTexts),
  signFrom: member(one, "sign_from", Number.isInteger),
  signUntil: member(one, "sign_until", Number.isInteger),
  verifyUntil: member(one, "verify_until", Number.isInteger),
  state: member(one, "state", isState),
  reason: one.get("reason") ?? null,
  conflicting: one.has("conflicting"),
});

const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

/** Why a key is not good for what it signed, as a template and its values; null when it is. */
export function objection(key, purpose, { signedAt, now, trust }) {
  const { kid } = key;
  const say = (template, ...values) => ({ template, values });
  if (key.conflicting) return say("two different keys were published as {}", kid);
  if (key.environment !== trust.environment) return say("{} is a {} key, and this is {}", kid, key.environment, trust.environment);
  if (key.state === "revoked") return say("key {} is revoked", kid);
  // Allow lists do not travel to this page: what a stolen key signed is never good here.
  if (key.state === "allow-list-only") return say("key {} is compromised, and this page holds no list of what it truly signed", kid);
  if (!key.purposes.includes(purpose)) return say("key {} may not sign {}", kid, purpose);
  if (signedAt < key.signFrom || signedAt >= key.signUntil) return say("key {} was not to sign on {}", kid, day(signedAt));
  if (now >= key.verifyUntil) return say("key {} counts no more since {}", kid, day(key.verifyUntil));
  return null;
}
