// Claims as a certificate or a pass (docs/credential-format.md § 1 and 8, verifier/credential/schemas/).

import {
  MalformedCredential, boolean, date, each, instant, integer, member, oneOf, optional, text, texts, url,
} from "./claims.js";
import { KeyError, PublicKey } from "./keys.js";
import { hasDigests } from "./tokens.js";

const TYPES = [
  "competency", "gmdss", "tanker", "proficiency", "recognition", "application-proof", "dispensation", "medical",
  "medical-permit", "evidence", "national", "course", "service-statement", "safe-manning", "pass",
];
export const LAST_INDEX = 2 ** 31 - 1;
export const MAX_SIZE = 10_000_000; // GT and kW
const MAX_MEMBERS = 32;
const MAX_PORTRAIT = 8_000;
const ALWAYS_EXPIRES = ["medical", "medical-permit", "application-proof", "dispensation"];
const REQUIRED = {
  competency: ["stcw_code", "capacities"],
  gmdss: ["stcw_code"],
  tanker: ["stcw_code"],
  proficiency: ["stcw_code"],
  recognition: ["recognises"],
  "application-proof": ["rests_on"],
  medical: ["medical"],
  "medical-permit": ["rests_on"],
};
const HOLDER = ["seafarer_id", "family_name", "given_name", "native_name", "birth_date", "gender"];
const SHARED = ["issuing_country", "issuing_authority"];
const SUMMED_UP = [
  "document_number", "stcw_code", "functions", "capacities", "issue_date", "expiry_date", "rests_on", "recognises",
  "acceptance", "ship", "remarks", "medical",
];
const some = optional;

/** The type's name of a `vct`, or null for one that is not known here. */
export function typeOf(vct) {
  const found = typeof vct === "string" ? /^urn:ombord:([a-z-]+):1$/.exec(vct) : null;
  return found !== null && TYPES.includes(found[1]) ? found[1] : null;
}

/** One signed instance of a certificate. Times are Unix seconds. */
export function readCredential(claims) {
  const type = typeOf(text(claims, "vct"));
  const reference = member(member(claims, "status"), "status_list");
  return {
    issuer: url(claims, "iss"),
    issuedAt: instant(claims, "iat"),
    notBefore: instant(claims, "nbf"),
    expires: some(instant)(claims, "exp"),
    holderKey: claims.has("cnf") ? holderKey(claims) : null,
    status: { uri: url(reference, "uri"), idx: integer(reference, "idx", LAST_INDEX) },
    certificate: readCertificate(type, claims),
  };
}

function holderKey(claims) {
  try {
    const key = PublicKey.fromJwk(member(member(claims, "cnf"), "jwk"));
    if (key.algorithm !== "ES256") throw new KeyError("a P-256 key is needed");
    return key;
  } catch (error) {
    if (error instanceof KeyError) throw new MalformedCredential("cnf.jwk", error.message);
    throw error;
  }
}

function readCertificate(type, claims) {
  for (const name of REQUIRED[type] ?? []) {
    if (!claims.has(name)) throw new MalformedCredential(name, `a document of type ${type} needs it`);
  }
  const certificate = {
    type,
    number: text(claims, "document_number"),
    country: text(claims, "issuing_country"),
    authority: text(claims, "issuing_authority"),
    holder: readHolder(claims),
    stcw: texts(claims, "stcw_code"),
    functions: claims.has("functions") ? each(claims, "functions", readFunction) : [],
    capacities: claims.has("capacities") ? each(claims, "capacities", readCapacity) : [],
    issueDate: date(claims, "issue_date"),
    issuePlace: some(text)(claims, "issue_place"),
    expiryDate: some(date)(claims, "expiry_date"),
    official: readOfficial(claims),
    endorsement: some(text)(claims, "endorsement_number"),
    revalidated: some(date)(claims, "revalidation_date"),
    replaces: some(text)(claims, "replaces"),
    restsOn: some(reference)(claims, "rests_on"),
    acceptance: some(readAcceptance)(claims, "acceptance"),
    ship: some(readShip)(claims, "ship"),
    remarks: some(text)(claims, "remarks"),
    recognises: type === "recognition" ? reference(claims, "recognises") : null,
    fitness: type === "medical" ? readFitness(member(claims, "medical")) : null,
  };
  if (!/^[A-Z]{2}$/.test(certificate.country)) {
    throw new MalformedCredential("issuing_country", "two capital letters (ISO 3166-1) are needed");
  }
  if (certificate.expiryDate === null && ALWAYS_EXPIRES.includes(type)) {
    throw new MalformedCredential("expiry_date", `a document of type ${type} always expires`);
  }
  return certificate;
}

function readHolder(claims) {
  const holder = {
    id: text(claims, "seafarer_id"),
    familyName: text(claims, "family_name"),
    givenName: some(text)(claims, "given_name"),
    nativeName: some(text)(claims, "native_name"),
    birthDate: date(claims, "birth_date"),
    gender: claims.has("gender") ? oneOf(["F", "M", "X"], claims, "gender") : null,
  };
  if (!/^[0-9A-HJKMNP-TV-Z]{8}$/.test(holder.id)) {
    throw new MalformedCredential("seafarer_id", "8 characters of 0-9 and A-Z without I, L, O and U are needed");
  }
  return holder;
}

function readOfficial(claims) {
  const [family, given, title] = ["family_name_issuing_officer", "given_name_issuing_officer", "title_issuing_officer"];
  if (![family, given, title].some((name) => claims.has(name))) return null;
  return { given: some(text)(claims, given), family: text(claims, family), title: text(claims, title) };
}

const LEVELS = ["management", "operational", "support"];
const readFunction = (claims) => ({
  code: text(claims, "code"),
  level: oneOf(LEVELS, claims, "level"),
  limits: some(readLimits)(claims, "limitations"),
});
const readCapacity = (claims) => ({
  code: text(claims, "capacity_code"),
  limits: some(readLimits)(claims, "limitations"),
});
const reference = (claims, name) => {
  const inner = member(claims, name);
  return { country: text(inner, "issuing_country"), number: text(inner, "document_number") };
};
const readShip = (claims, name) => {
  const inner = member(claims, name);
  return { name: text(inner, "name"), imo: some(text)(inner, "imo") };
};
const readAcceptance = (claims, name) => {
  const inner = member(claims, name);
  return { flags: texts(inner, "flags"), areas: texts(inner, "areas") };
};

function readLimits(claims, name) {
  const inner = member(claims, name);
  return {
    maxGt: some(integer)(inner, "max_gt", MAX_SIZE),
    maxKw: some(integer)(inner, "max_kw", MAX_SIZE),
    areas: texts(inner, "areas"),
    shipTypes: texts(inner, "ship_types"),
    propulsion: texts(inner, "propulsion"),
    without: texts(inner, "without"),
    text: some(text)(inner, "text"),
  };
}

function readFitness(claims) {
  return {
    identityChecked: boolean(claims, "identity_checked"),
    hearing: boolean(claims, "hearing"),
    hearingUnaided: some(boolean)(claims, "hearing_unaided"),
    visualAcuity: boolean(claims, "visual_acuity"),
    colourVision: some(boolean)(claims, "colour_vision"),
    colourTested: some(date)(claims, "colour_test_date"),
    lookout: boolean(claims, "lookout"),
    areas: texts(claims, "areas"),
    restrictions: some(text)(claims, "restrictions"),
    notAggravated: boolean(claims, "free_from_aggravated_condition"),
    examined: date(claims, "examination_date"),
    practitioner: text(claims, "practitioner"),
    reviewInformed: boolean(claims, "review_informed"),
  };
}

/** A pass (§ 8): what an authority sums up of a seafarer's certificates, each with its place of status. */
export function readPass(claims, payload) {
  refuseKeptBack(claims, payload);
  if (claims.has("portrait") && [...text(claims, "portrait")].length > MAX_PORTRAIT) {
    throw new MalformedCredential("portrait", `more than ${MAX_PORTRAIT} characters`);
  }
  const seaPass = {
    issuer: url(claims, "iss"),
    issuedAt: instant(claims, "iat"),
    notBefore: instant(claims, "nbf"),
    expires: instant(claims, "exp"),
    holderKey: claims.has("cnf") ? holderKey(claims) : null,
    country: text(claims, "issuing_country"),
    authority: text(claims, "issuing_authority"),
    holder: readHolder(claims),
    portrait: claims.get("portrait") ?? null,
    members: readMembers(claims),
  };
  refuseDoubled(seaPass.members.map(({ certificate }) => `${certificate.country} ${certificate.number}`));
  refuseDoubled(seaPass.members.map(({ status }) => `${status.uri} ${status.idx}`));
  return seaPass;
}

/** Of a pass only the portrait may be kept back or disclosed apart. */
function refuseKeptBack(claims, payload) {
  const signed = new Map(payload);
  const digests = signed.has("_sd") ? signed.get("_sd") : [];
  signed.delete("_sd");
  if (!Array.isArray(digests) || digests.length > 1 || hasDigests([...signed.values()])) {
    throw new MalformedCredential("_sd", "of a pass only the portrait can be kept back");
  }
  if ([...claims.keys()].some((name) => name !== "portrait" && !signed.has(name))) {
    throw new MalformedCredential("_sd", "of a pass only the portrait can be disclosed apart");
  }
}

function readMembers(claims) {
  const uris = texts(claims, "lists");
  const urls = uris.every((uri) => /^https?:\/\//.test(uri));
  if (uris.length < 1 || uris.length > MAX_MEMBERS || new Set(uris).size < uris.length || !urls) {
    throw new MalformedCredential("lists", `1 to ${MAX_MEMBERS} different addresses are needed`);
  }
  const found = claims.get("certificates");
  if (!Array.isArray(found) || found.length < 1 || found.length > MAX_MEMBERS) {
    throw new MalformedCredential("certificates", `a list of 1 to ${MAX_MEMBERS} certificates is needed`);
  }
  const shared = [...SHARED, ...HOLDER].filter((name) => claims.has(name)).map((name) => [name, claims.get(name)]);
  return each(claims, "certificates", (item) => readMember(item, shared, uris));
}

function readMember(item, shared, uris) {
  const type = text(item, "type");
  if (!TYPES.includes(type)) throw new MalformedCredential("type", "a document type that is not known here");
  const place = item.has("list") ? integer(item, "list", uris.length - 1) : 0;
  const own = [...SHARED, ...SUMMED_UP].filter((name) => item.has(name)).map((name) => [name, item.get(name)]);
  const certificate = readCertificate(type, new Map([...shared, ...own]));
  const status = { uri: uris[place], idx: integer(item, "idx", LAST_INDEX) };
  if (type === "pass" || type === "safe-manning") {
    throw new MalformedCredential("certificates", `no ${type} belongs in a pass`);
  }
  return { certificate, status };
}

function refuseDoubled(names) {
  if (new Set(names).size < names.length) throw new MalformedCredential("certificates", "one of them twice");
}
