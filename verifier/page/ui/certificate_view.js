// What was signed, in the order of the form (STCW Code A-I/2): no limit is ever left out.

import { make } from "./elements.js";
import { day, say, title } from "./words.js";

const NAMES = {
  competency: "Certificate of competency",
  gmdss: "GMDSS radio operator's certificate",
  tanker: "Tanker endorsement",
  proficiency: "Certificate of proficiency",
  recognition: "Recognition endorsement",
  "application-proof": "Proof of application",
  dispensation: "Dispensation",
  medical: "Medical certificate",
  "medical-permit": "Urgent medical permit",
  evidence: "Documentary evidence",
  national: "National certificate",
  course: "Course certificate",
  "service-statement": "Sea service statement",
  "safe-manning": "Minimum safe manning document",
  pass: "Pass",
};

/** What a document is called. */
export const nameOf = (type) => say(NAMES[type]);

/** Who the certificate is for, large: the part that is compared with the identity document. */
export function holderCard(holder, portrait) {
  return make(
    "section.card.holder",
    {},
    make("h2", {}, say("Compare with the identity document")),
    make(
      "div.person",
      {},
      portraitOf(portrait),
      make(
        "div",
        {},
        make("p.name", {}, [holder.givenName, holder.familyName].filter(Boolean).join(" ")),
        holder.nativeName === null ? null : make("p.native", {}, holder.nativeName),
        make("p.born", {}, say("born {}", day(holder.birthDate)), holder.gender === null ? "" : ` · ${holder.gender}`),
      ),
    ),
  );
}

/** The picture in a pass, once signed for: WebP or JPEG in base64, and nothing else. */
function portraitOf(text) {
  const bytes = text === null ? null : decoded(text);
  if (bytes === null) return null;
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const isWebp = String.fromCharCode(...bytes.subarray(0, 4)) === "RIFF" && String.fromCharCode(...bytes.subarray(8, 12)) === "WEBP";
  if (!isJpeg && !isWebp) return null;
  const address = URL.createObjectURL(new Blob([bytes], { type: isJpeg ? "image/jpeg" : "image/webp" }));
  const picture = make("img.portrait", { src: address, alt: say("The holder's portrait") });
  picture.addEventListener("load", () => URL.revokeObjectURL(address));
  return picture;
}

function decoded(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  } catch {
    return null;
  }
}

/** All that a certificate says, a line each. */
export function certificateCard({ certificate, expires }, { inside = false } = {}) {
  const until = expires === null ? say("until further notice") : day(certificate.expiryDate);
  const rows = [...entitlements(certificate)].map(([label, text]) => line(label, text));
  return make(
    inside ? "div.inside" : "section.card.certificate",
    {},
    inside ? null : make("h2", {}, nameOf(certificate.type)),
    make(
      "dl",
      {},
      line("Tracking number", certificate.number, "strong"),
      line("Issued by", `${certificate.authority} (${certificate.country})`),
      line("Valid until", until, "strong"),
      rows,
      line("Issued on", [day(certificate.issueDate), certificate.issuePlace].filter(Boolean).join(", ")),
      certificate.revalidated === null ? null : line("Revalidated on", day(certificate.revalidated)),
      certificate.endorsement === null ? null : line("Endorsement", certificate.endorsement),
      certificate.replaces === null ? null : line("Replaces", certificate.replaces),
      certificate.official === null ? null : line("Official", officialOf(certificate.official)),
      line("Seafarer's id", certificate.holder.id),
    ),
  );
}

/** What a safe manning document demands, and of which ship: a line each. */
export function manningCard({ certificate, expires }, { inside = false } = {}) {
  const { ship, posts, remarks } = certificate;
  const rows = [...shipLines(ship), ...posts.map((post) => ["Post", postOf(post)])].map(([label, text]) => line(label, text));
  return make(
    inside ? "div.inside" : "section.card.certificate",
    {},
    inside ? null : make("h2", {}, nameOf(certificate.type)),
    make(
      "dl",
      {},
      line("For the ship", shipOf(ship), "strong"),
      line("Tracking number", certificate.number, "strong"),
      line("Issued by", `${certificate.authority} (${certificate.country})`),
      line("Valid until", expires === null ? say("until further notice") : day(certificate.expiryDate), "strong"),
      rows,
      remarks === null ? null : line("It says", remarks),
      line("Issued on", day(certificate.issueDate)),
    ),
  );
}

function* shipLines({ gt, kw, type, area, unattended }) {
  const sizes = [gt === null ? "" : say("{} GT", gt), kw === null ? "" : say("{} kW", kw)].filter(Boolean);
  if (sizes.length > 0) yield ["Size", sizes.join(", ")];
  if (type !== null) yield ["Type of ship", title("ship_types", type)];
  if (area !== null) yield ["Trade area", title("trade_areas", area)];
  if (unattended !== null) yield ["Engine room", unattended ? say("may be unattended at times") : say("always attended")];
}

function postOf({ code, count, also, regulations }) {
  const others = also.length === 0 ? "" : say(", or {}", listed("capacities", also));
  const under = regulations.length === 0 ? "" : say(", each with {}", regulations.join(", "));
  return `${count} × ${title("capacities", code)}${others}${under}`;
}

const line = (label, text, kind = null) => make("div", {}, make("dt", {}, say(label)), make(kind === null ? "dd" : `dd.${kind}`, {}, text));
const shipOf = ({ name, imo }) => [name, imo].filter(Boolean).join(" IMO ");
const officialOf = ({ given, family, title: post }) => `${[given, family].filter(Boolean).join(" ")}, ${post}`;
const listed = (list, codes) => codes.map((code) => title(list, code)).join(", ");

function* entitlements({ stcw, functions, capacities, fitness, recognises, restsOn, acceptance, ship, remarks }) {
  if (stcw.length > 0) yield ["Entitles to", `STCW ${stcw.join(", ")}`];
  for (const { code, limits } of capacities) yield ["Capacity", title("capacities", code) + limited(limits)];
  for (const { code, level, limits } of functions) {
    yield ["Function", `${title("functions", code)} (${title("levels", level).toLocaleLowerCase()})${limited(limits)}`];
  }
  if (fitness !== null) yield* fitnessLines(fitness);
  if (recognises !== null) yield ["Recognises", `${recognises.country} ${recognises.number}`];
  if (restsOn !== null) yield ["Rests on", `${restsOn.country} ${restsOn.number}`];
  if (acceptance !== null) yield ["Accepted", accepted(acceptance)];
  if (ship !== null) yield ["For the ship", shipOf(ship)];
  if (remarks !== null) yield ["It says", remarks];
}

function limited(limits) {
  if (limits === null) return "";
  const parts = [
    limits.maxGt === null ? "" : say("at most {} GT", limits.maxGt),
    limits.maxKw === null ? "" : say("at most {} kW", limits.maxKw),
    limits.areas.length === 0 ? "" : say("in areas {}", listed("trade_areas", limits.areas)),
    limits.shipTypes.length === 0 ? "" : say("on ship types {}", listed("ship_types", limits.shipTypes)),
    limits.propulsion.length === 0 ? "" : say("with propulsion by {}", limits.propulsion.join(", ")),
    limits.without.length === 0 ? "" : say("without {}", listed("limitations", limits.without)),
    limits.text ?? "",
  ].filter(Boolean);
  return parts.length === 0 ? "" : `, ${say("limited: {}", parts.join("; "))}`;
}

function accepted({ flags, areas }) {
  const parts = [
    flags.length === 0 ? "" : say("on ships of {}", flags.join(", ")),
    areas.length === 0 ? "" : say("in areas {}", listed("trade_areas", areas)),
  ].filter(Boolean);
  return parts.length === 0 ? say("everywhere") : say("only {}", parts.join(", "));
}

function* fitnessLines(fitness) {
  yield ["Fitness", fitness.lookout ? say("fit for look-out") : say("NOT fit for look-out")];
  for (const [met, against] of [
    [fitness.identityChecked, "the practitioner did NOT check who was examined"],
    [fitness.hearing, "hearing does NOT meet the standard"],
    [fitness.hearingUnaided, "hearing without an aid does NOT meet the standard"],
    [fitness.visualAcuity, "visual acuity does NOT meet the standard"],
    [fitness.colourVision, "colour vision does NOT meet the standard"],
    [fitness.notAggravated, "NOT free from a condition that service may aggravate"],
    [fitness.reviewInformed, "the seafarer was NOT told of the right of review"],
  ]) {
    if (met === false) yield ["Fitness", say(against)];
  }
  if (fitness.areas.length > 0) yield ["Fitness", say("only in areas {}", listed("trade_areas", fitness.areas))];
  if (fitness.restrictions !== null) yield ["Fitness", say("restricted: {}", fitness.restrictions)];
  yield ["Examined", `${day(fitness.examined)}, ${fitness.practitioner}`];
  if (fitness.colourTested !== null) yield ["Colour vision tested", day(fitness.colourTested)];
}
