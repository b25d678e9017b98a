// Rows C5 to C14, and C3 once more: what is asked of a credential whose signature holds (docs/inspection.md).

import { addYears, isoDay, isoMinute } from "./dates.js";
import { stateAt } from "./status.js";
import { check } from "./verdict.js";

const DAY = 86_400;
const GREEN = 7 * DAY; // older status is a remark
const LIMIT = 45 * DAY; // older status is unknown
const EXPIRES_SOON = 90 * DAY;
const CLOCK_AHEAD = 400 * DAY;
const PROOF_WINDOW = 300;
const COLOUR_YEARS = 6; // STCW Code B-I/9
const AGAINST = [
  ["C6", "not revoked", "revoked or cancelled, as of {}"],
  ["C7", "not suspended", "suspended, as of {}"],
  ["C8", "not replaced", "replaced by another, or lost, as of {}"],
];

/** C5 (the proof is the holder's) and C13 (it is here and now). This page sets no challenge. */
export function holder(key, shown, time) {
  const wrong = (reason) => [
    check("C5", "fail", reason),
    check("C13", "not-assessed", "the proof shown is not this holder's"),
  ];
  if (shown.failure !== undefined) return wrong(shown.failure);
  if (key === null) {
    return [
      check("C5", "not-assessed", "it is bound to no phone, and none was shown"),
      check("C13", "pass", "it is bound to no phone, so none has to confirm it"),
      check("C14", "remark", "nobody's phone: compare with the identity document"),
    ];
  }
  const unproved = (first, reason, ...values) => [first, check("C13", "unknown", reason, ...values)];
  if (shown.garbled !== undefined) {
    return unproved(check("C5", "not-assessed", "what was shown as the phone's proof is none"), shown.garbled);
  }
  if (shown.none) {
    const none = check("C5", "not-assessed", "no proof by the holder's phone was shown");
    return unproved(none, "a phone holds it, and that phone has not proved itself");
  }
  const right = check("C5", "pass", "the proof is by the phone that it is bound to");
  if (shown.proof.byChallenge) return unproved(right, "the proof answers a challenge that was not set here");
  const age = Math.floor(time) - shown.proof.iat;
  if (age > PROOF_WINDOW) {
    return unproved(right, "the phone's proof is {} old: refresh its screen, or check both clocks", duration(age));
  }
  if (age < -PROOF_WINDOW) {
    return unproved(right, "the phone's proof is {} ahead of the clock here: check both clocks", duration(-age));
  }
  return [right, check("C13", "pass", "the phone's proof is {} s old", age)];
}

export const STATE_GOOD = AGAINST.map(([row, good]) => check(row, "pass", good));
export const STATE_UNKNOWN = AGAINST.map(([row]) => check(row, "not-assessed", "its status is unknown"));

/** C6, C7, C8, C12 and the remark on the list's age. What is against it counts however old the list is. */
export function state(status, list, authority, time) {
  const listed = listedState(status, list, authority);
  if (typeof listed !== "number") return { against: STATE_UNKNOWN, known: listed, remark: null };
  const { known, remark } = statusAge(list.issuedAt, list.expires, time);
  const against = AGAINST.map(([row, good, bad], at) =>
    at + 1 === listed ? check(row, "fail", bad, isoDay(list.issuedAt)) : check(row, "pass", good),
  );
  return { against, known, remark };
}

/** What the authority's list says at the credential's place, or C12: why it says nothing. */
export function listedState(status, list, authority) {
  const unknown = (reason, ...values) => check("C12", "unknown", reason, ...values);
  if (list === undefined) return unknown("its status list is not held here: update when there is a connection");
  if (!authority.issuers.includes(list.issuer)) return unknown("its status list is another authority's");
  const found = stateAt(list, status.idx);
  if (found === undefined) return unknown("its place {} is outside the status list", status.idx);
  return found > 3 ? unknown("its status is a value that has no meaning here") : found;
}

/** C12 by the age of what says it, and the remark on that age. */
export function statusAge(asOf, expires, time) {
  const age = time - asOf;
  const days = Math.floor(age / DAY);
  const unknown = (reason, ...values) => ({ known: check("C12", "unknown", reason, ...values), remark: null });
  if (age < -DAY) return unknown("its status is dated ahead of the clock, {}", isoDay(asOf));
  if (age > LIMIT) return unknown("its status is {} days old, as of {}; at most 45 count: update", days, isoDay(asOf));
  if (expires !== null && expires <= time) return unknown("its status list expired on {}: update", isoDay(expires));
  const known = check("C12", "pass", "status as of {} UTC", isoMinute(asOf));
  const old = age > GREEN ? check("C14", "remark", "its status is {} days old, as of {}", days, isoDay(asOf)) : null;
  return { known, remark: old };
}

/** C9: past its last day. */
export function lastDay({ expires, certificate }, time) {
  if (expires === null) return check("C9", "pass", "valid until further notice");
  if (time >= expires) return check("C9", "fail", "its last day was {}", certificate.expiryDate);
  return check("C9", "pass", "its last day is {}", certificate.expiryDate);
}

/** C10: is the clock plausible, by the time floor? */
export function clock(at, trust) {
  if (at < trust.timeFloor) {
    return check("C10", "unknown", "the clock says {} UTC, before the trust data of {} UTC: set it", isoMinute(at), isoMinute(trust.timeFloor));
  }
  if (at - trust.timeFloor > CLOCK_AHEAD) {
    return check("C10", "unknown", "the clock is {} days after the trust data: set it, or update", Math.floor((at - trust.timeFloor) / DAY));
  }
  return check("C10", "pass", "the clock agrees with the trust data");
}

/** C11: before its first day. */
export function firstDay({ notBefore }, time) {
  if (time < notBefore) return check("C11", "fail", "it starts on {} UTC", isoMinute(notBefore));
  return check("C11", "pass", "its first day has come");
}

/** C3 again, now that the claims are known: an authority issues for its own flag alone. */
export function inOwnName(country, authority) {
  if (country === authority.flag) return null;
  return check("C3", "fail", "the authority of {} does not issue certificates of {}", authority.flag, country);
}

/** C14: what does not decide, but must be seen. Free text never decides silently. */
export function remarks({ expires, certificate }, time) {
  const found = [];
  const remark = (template, ...values) => found.push(check("C14", "remark", template, ...values));
  if (expires !== null && time < expires && expires <= time + EXPIRES_SOON) {
    remark("expires soon: its last day is {}", certificate.expiryDate);
  }
  for (const { code, limits } of [...certificate.functions, ...certificate.capacities]) {
    if (limits !== null && limits.text !== null) remark("limitation of {}: {}", code, limits.text);
  }
  if (certificate.remarks !== null) remark("it says: {}", certificate.remarks);
  const { fitness } = certificate;
  if (fitness !== null && fitness.restrictions !== null) remark("medical restriction: {}", fitness.restrictions);
  if (fitness !== null && fitness.colourTested !== null && isoDay(time) > addYears(fitness.colourTested, COLOUR_YEARS)) {
    remark("colour vision was tested on {}, more than six years ago", fitness.colourTested);
  }
  return found;
}

function duration(seconds) {
  for (const [size, name] of [[DAY, "d"], [3_600, "h"], [60, "min"]]) {
    if (seconds >= 2 * size) return `${Math.floor(seconds / size)} ${name}`;
  }
  return `${seconds} s`;
}
