// What a verdict looks like: the headline fills the screen's top, then why, what to do, and what was signed.

import { isoDay } from "../core/dates.js";
import { worse } from "../core/verdict.js";
import { icon, make } from "./elements.js";
import { certificateCard, holderCard, manningCard, nameOf } from "./certificate_view.js";
import { day, moment, say } from "./words.js";

export const FRAUD = ["TAMPERED", "WRONG HOLDER"];
const REFUSE = "do not accept it; report its number, or a picture of it, to the flag's authority";
const UPDATE = "update this page when there is a connection, then check again";
export const ADVICE = {
  "NOT READABLE": "scan it again; else look its tracking number up, or ask the flag's authority",
  "UNKNOWN ISSUER": "check it on its own authority's page, or ask that authority",
  UNTRUSTED: "do not rely on it; ask the flag's authority, with its number",
  TAMPERED: REFUSE,
  "WRONG HOLDER": "do not accept it; ask to see it on the seafarer's own phone",
  REVOKED: REFUSE,
  SUSPENDED: "it does not count while it is suspended; ask the flag's authority",
  REPLACED: "it does not count; ask the seafarer for the certificate that replaces it, or the authority",
  EXPIRED: "it does not count; ask for one that is in date",
  "CLOCK UNTRUSTED": "set this device's clock, then check again",
  "NOT YET VALID": "it does not count yet; ask for the one that is in force",
  "STATUS UNKNOWN": UPDATE,
  UNCONFIRMED: "scan the phone's live code again; a picture of it goes stale in minutes",
  "VALID WITH REMARK": "read the remarks, and compare the holder with the identity document",
  VALID: "compare the holder with the identity document",
};
// Of a safe manning document: it is a ship's, and nobody holds it.
const SHIPS_ADVICE = {
  REPLACED: "it does not count; ask the ship for the document that replaces it, or the authority",
  "VALID WITH REMARK": "read the remarks, and compare the ship's name and IMO number with the ship",
  VALID: "compare the ship's name and IMO number with the ship",
};

/** good, remark, bad, fraud or unknown: the colour and the drawing of a verdict. */
export function tone({ headline, standing }) {
  if (standing === "valid") return headline === "VALID" ? "good" : "remark";
  if (standing === "undetermined") return "unknown";
  return FRAUD.includes(headline) ? "fraud" : "bad";
}

const DRAWING = { good: "good", remark: "good", bad: "bad", fraud: "bad", unknown: "unknown" };

/** The whole screen of one scan: one verdict, or those of a muster, worst first. */
export function verdictScreen(verdicts, { what = null, again }) {
  const worst = verdicts.reduce((found, one) => (worse(one, found) ? one : found));
  const sorted = verdicts.length === 1 ? [worst] : [...verdicts].sort((one, other) => (worse(one, other) ? -1 : worse(other, one) ? 1 : 0));
  const first = sorted.find(({ credential, seaPass }) => credential ?? seaPass);
  const holder = first === undefined ? null : (first.seaPass ?? first.credential.certificate);
  return make(
    "main.verdict",
    {},
    band(worst, what),
    make(
      "div.sheet",
      {},
      make("p.advice", {}, make("b", {}, say("What to do")), " ", sentence(say(advice(worst)))),
      holder === null ? null : holderCard(holder.holder, worst.seaPass?.portrait ?? null),
      sorted.length === 1 ? details(worst) : sorted.map((one) => folded(one)),
      reliedOn(worst),
      verdicts.length === 1 ? allChecks(worst) : null,
    ),
    make("div.dock", {}, make("button.primary", { id: "again", onclick: again }, icon("scan"), say("Check another"))),
  );
}

const advice = ({ headline, manning }) => (manning === null ? ADVICE[headline] : (SHIPS_ADVICE[headline] ?? ADVICE[headline]));

function band(verdict, what) {
  const kind = tone(verdict);
  return make(
    `header.band.${kind}`,
    { "data-headline": verdict.headline, "data-standing": verdict.standing, id: "headline" },
    make("div.seal", {}, icon(DRAWING[kind], 72)),
    make("h1", {}, say(verdict.headline)),
    make("p.reason", {}, what ?? reason(verdict)),
    kind === "remark" ? make("p.strip", {}, icon("remark", 20), say("Good, with remarks: read them")) : null,
  );
}

/** Why the headline is what it is; a certificate in a pass is named. */
export function reason(verdict) {
  const found = verdict.deciding;
  if (found === null) return sentence(say("nothing is against it"));
  const said = filled(found);
  const member = verdict.members.find((one) => one.headline === verdict.headline && one.deciding === found);
  return member === undefined ? sentence(said) : `${member.credential.certificate.number}: ${said}`;
}

const filled = ({ template, values }) => say(template, ...values.map(shown));
const shown = (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? day(value) : visible(String(value)));
// What nobody has signed may hold characters that turn the line around or hide in it: each is shown by its number.
const visible = (text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${one.codePointAt(0).toString(16).padStart(4, "0")}}`);
const WORD = /^[\p{L}'’-]+[,:]?(?!\S)/u; // an address or a number stays as it is
const sentence = (text) => (WORD.test(text) ? text.charAt(0).toLocaleUpperCase() : text.charAt(0)) + text.slice(1) + (/[.!?…]$/.test(text) ? "" : ".");

function details(verdict) {
  if (verdict.seaPass !== null) {
    const members = [...verdict.members].sort((one, other) => (worse(one, other) ? -1 : worse(other, one) ? 1 : 0));
    return [make("h2", {}, say("{} certificates in this pass", members.length)), members.map((one) => folded(one))];
  }
  return signedCards(verdict);
}

/** What was signed, once it is known to be: of a seafarer or of a ship. */
function signedCards(verdict, how) {
  if (verdict.manning !== null) return [remarksCard(verdict), manningCard(verdict.manning, how)];
  return verdict.credential === null ? null : [remarksCard(verdict), certificateCard(verdict.credential, how)];
}

function remarksCard(verdict) {
  const remarks = verdict.checks.filter(({ outcome }) => outcome === "remark");
  if (remarks.length === 0) return null;
  return make("section.card.remarks", {}, make("h2", {}, say("Remarks")), make("ul", {}, remarks.map((one) => make("li", {}, sentence(filled(one))))));
}

/** One of several: its name and headline, the rest when it is opened. */
function folded(verdict) {
  const certificate = (verdict.credential ?? verdict.manning)?.certificate;
  const kind = tone(verdict);
  const name = certificate === undefined ? say(verdict.seaPass === null ? "Not shown" : "Pass") : nameOf(certificate.type);
  return make(
    "details.card.member",
    {},
    make(
      "summary",
      {},
      make(`span.dot.${kind}`, {}, icon(DRAWING[kind], 18)),
      make("span.what", {}, make("b", {}, name), make("small", {}, [certificate?.number, certificate?.stcw?.join(", ")].filter(Boolean).join(" · "))),
      make(`span.chip.${kind}`, {}, say(verdict.headline)),
    ),
    verdict.headline === "VALID" ? null : make("p.why", {}, reason(verdict)),
    signedCards(verdict, { inside: true }),
  );
}

function reliedOn({ reliedOn: { time, publishedAt, statusAsOf } }) {
  const line = (label, text) => make("div", {}, make("dt", {}, say(label)), make("dd", {}, text));
  return make(
    "section.card.relied",
    {},
    make("h2", {}, say("What this relied on")),
    make(
      "dl",
      {},
      line("Checked", moment(time)),
      statusAsOf === null ? null : line("Status as of", moment(statusAsOf)),
      line("Keys as of", day(isoDay(publishedAt))),
    ),
  );
}

function allChecks(verdict) {
  return make(
    "details.card.checks",
    {},
    make("summary", {}, say("All checks")),
    make(
      "ol",
      {},
      verdict.checks.map((one) => make(`li.${one.outcome}`, {}, make("code", {}, one.row), make("span", {}, sentence(filled(one))))),
    ),
  );
}
