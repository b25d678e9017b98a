// A ship's minimum safe manning document (docs/credential-format.md, verifier/credential/safe_manning_claims.py):
// its claims, read strictly, and rows C of what has no holder and is bound to no phone.

import { LAST_INDEX, MAX_SIZE } from "./certificate.js";
import * as checks from "./checks.js";
import { MalformedCredential, boolean, date, each, instant, integer, member, optional, text, texts, url } from "./claims.js";
import { check, conclude } from "./verdict.js";

const MOST_PERSONS = 200;
const some = optional;

/** One signed document, in the form of a credential without a holder. Times are Unix seconds. */
export function readManning(claims) {
  const reference = member(member(claims, "status"), "status_list");
  return {
    issuer: url(claims, "iss"),
    issuedAt: instant(claims, "iat"),
    notBefore: instant(claims, "nbf"),
    expires: some(instant)(claims, "exp"),
    status: { uri: url(reference, "uri"), idx: integer(reference, "idx", LAST_INDEX) },
    certificate: readDocument(claims),
  };
}

function readDocument(claims) {
  const country = text(claims, "issuing_country");
  if (!/^[A-Z]{2}$/.test(country)) throw new MalformedCredential("issuing_country", "two capital letters (ISO 3166-1) are needed");
  const document = {
    type: "safe-manning",
    number: text(claims, "document_number"),
    country,
    authority: text(claims, "issuing_authority"),
    ship: readVessel(member(claims, "ship")),
    posts: each(claims, "posts", readPost),
    issueDate: date(claims, "issue_date"),
    expiryDate: some(date)(claims, "expiry_date"),
    remarks: some(text)(claims, "remarks"),
  };
  const counts = document.posts.map(({ count }) => count);
  if (counts.includes(0) || counts.reduce((sum, count) => sum + count, 0) > MOST_PERSONS) {
    throw new MalformedCredential("posts", `1 to ${MOST_PERSONS} persons are needed`);
  }
  return document;
}

const readVessel = (ship) => ({
  name: text(ship, "name"),
  imo: some(text)(ship, "imo"),
  gt: some(integer)(ship, "gt", MAX_SIZE),
  kw: some(integer)(ship, "kw", MAX_SIZE),
  type: some(text)(ship, "type"),
  area: some(text)(ship, "area"),
  unattended: some(boolean)(ship, "ums"),
});

const readPost = (post) => ({
  code: text(post, "capacity_code"),
  count: post.has("count") ? integer(post, "count", MOST_PERSONS) : 1,
  also: texts(post, "also"),
  regulations: texts(post, "regulations"),
});

/** The verdict on a document whose signature holds; `shared` and `basis` are those of a pass. */
export function judgeManning(document, shared, { authority, lists, time, reliedOn }) {
  const contradiction = contradictionOf(document);
  const dates = contradiction === null ? check("C4b", "pass", "its dates agree with each other") : check("C4b", "unknown", contradiction);
  const list = lists.get(document.status.uri);
  const { against, known, remark } = checks.state(document.status, list, authority, time);
  const rows = [
    shared.readable, shared.known, shared.trusted, shared.signed, dates,
    check("C5", "not-assessed", "it is a ship's, and bound to no phone"), ...against, checks.lastDay(document, time),
    shared.clock, checks.firstDay(document, time), known,
    check("C13", "pass", "it is a ship's, so no phone has to confirm it"), ...(remark === null ? [] : [remark]),
  ];
  const { remarks } = document.certificate;
  if (remarks !== null) rows.push(check("C14", "remark", "it says: {}", remarks));
  return { ...conclude(rows, null, { ...reliedOn, statusAsOf: list?.issuedAt ?? null }), manning: document };
}

function contradictionOf({ expires, notBefore, certificate: { issueDate, expiryDate } }) {
  if ((expires === null) !== (expiryDate === null)) return "exp and expiry_date: one is given, the other is not";
  if (expiryDate !== null && expiryDate < issueDate) return "expiry_date is before issue_date";
  return expires !== null && notBefore >= expires ? "nbf is not before exp" : null;
}
