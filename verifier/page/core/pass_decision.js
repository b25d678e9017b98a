// The decision on a pass: its own rows, and those of each certificate in it (docs/inspection.md, "A pass").

import * as checks from "./checks.js";
import { dayContradiction, isoDay, isoMinute, memberTimes, passContradiction } from "./dates.js";
import { check, conclude, concludePass } from "./verdict.js";

const [VALID, , SUSPENDED] = [0, 1, 2];

/** `shared` are the rows on signature, phone and clock; `basis` is what it is judged against. */
export function judgePass(seaPass, shared, basis) {
  const contradiction = passContradiction(seaPass);
  const dates = agreement(contradiction);
  const ends =
    basis.time >= seaPass.expires
      ? check("C9", "fail", "the pass held until {} UTC", isoMinute(seaPass.expires))
      : check("C9", "pass", "the pass holds until {} UTC", isoMinute(seaPass.expires));
  const starts =
    basis.time < seaPass.notBefore
      ? check("C11", "fail", "the pass starts on {} UTC", isoMinute(seaPass.notBefore))
      : check("C11", "pass", "the pass has started");
  const void_ = [dates, ends, starts].find(({ outcome }) => outcome !== "pass");
  const members = seaPass.members.map((member) => judgeMember(seaPass, member, shared, void_, basis));
  const none = (row) => check(row, "not-assessed", "a pass has no status of its own: see each certificate in it");
  const { readable, known, trusted, signed, holder, clock, confirmed, unproved } = shared;
  const rows = [
    readable, known, trusted, signed, dates, holder, none("C6"), none("C7"), none("C8"), ends, clock, starts,
    none("C12"), confirmed, ...unproved,
  ];
  const asOf = members.map(({ reliedOn }) => reliedOn.statusAsOf);
  const oldest = asOf.includes(null) ? null : Math.min(...asOf);
  return concludePass(conclude(rows, null, { ...basis.reliedOn, statusAsOf: oldest }), members, seaPass);
}

const agreement = (contradiction) =>
  contradiction === null
    ? check("C4b", "pass", "its dates agree with each other")
    : check("C4b", "unknown", contradiction);

function judgeMember(seaPass, member, shared, void_, basis) {
  const { certificate, status } = member;
  const [notBefore, expires] = memberTimes(certificate, basis.authority.timeZone);
  const { issuer, issuedAt, holderKey } = seaPass;
  const credential = { issuer, issuedAt, notBefore, expires, holderKey, status, certificate };
  let stated = statusOf(credential, basis);
  if (void_ !== undefined) {
    stated = { ...stated, known: check("C12", "unknown", "what states its status does not hold: the pass itself"), remarks: [] };
  }
  const rows = [
    shared.readable, shared.known, checks.inOwnName(certificate.country, basis.authority) ?? shared.trusted,
    shared.signed, agreement(dayContradiction(certificate)), shared.holder, ...stated.against,
    checks.lastDay(credential, basis.time), shared.clock, checks.firstDay(credential, basis.time), stated.known,
    shared.confirmed, ...stated.remarks, ...checks.remarks(credential, basis.time),
  ];
  return conclude(rows, credential, { ...basis.reliedOn, statusAsOf: stated.asOf });
}

/** The newest evidence of pass and list wins, and what is final stays. */
function statusOf({ status, issuedAt }, { authority, lists, time }) {
  const foreign = "its status list is not one of this authority's";
  if (!status.uri.startsWith(authority.statusPrefix)) {
    return { against: checks.STATE_UNKNOWN, known: check("C12", "unknown", foreign), remarks: [], asOf: null };
  }
  const list = lists.get(status.uri);
  const remarks = [];
  if (list !== undefined) {
    const said = checks.listedState(status, list, authority);
    const superseded = list.issuedAt < issuedAt && (said === VALID || said === SUSPENDED);
    if (!superseded) {
      const { against, known, remark } = checks.state(status, list, authority, time);
      return { against, known, remarks: remark === null ? [] : [remark], asOf: list.issuedAt };
    }
    if (said === SUSPENDED) {
      const reason = "suspended as of {}; valid again by the pass of {}";
      remarks.push(check("C14", "remark", reason, isoDay(list.issuedAt), isoDay(issuedAt)));
    }
  }
  const { known, remark } = checks.statusAge(issuedAt, null, time);
  if (remark !== null) remarks.push(remark);
  return { against: checks.STATE_GOOD, known, remarks, asOf: issuedAt };
}
