// Strict readers of single claims: the type asked for, in its range. Nothing is coerced, and text that could
// deceive a reader's eye (control characters, bidirectional overrides) is refused.

const MAX_ITEMS = 64;
export const END_OF_TIME = 7_258_118_400; // 2200-01-01T00:00:00Z
const DECEPTIVE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** A claim is missing, of the wrong type or out of range; says which. */
export class MalformedCredential extends Error {
  constructor(path, problem) {
    super(`${path}: ${problem}`);
  }
}

const refuse = (path, problem) => {
  throw new MalformedCredential(path, problem);
};

export const printable = (value) => typeof value === "string" && value !== "" && !UNPRINTABLE.test(value);

export function text(claims, name) {
  const value = claims.get(name);
  if (typeof value !== "string") refuse(name, claims.has(name) ? "a text is needed" : "is missing");
  if (value.trim() === "") refuse(name, "a text of visible characters is needed");
  if (DECEPTIVE.test(value)) refuse(name, "a character that has no place in a certificate");
  return value;
}

export function texts(claims, name) {
  if (!claims.has(name)) return [];
  return array(claims, name).map((item, at) =>
    printable(item) ? item : refuse(`${name}[${at}]`, "a text of visible characters is needed"),
  );
}

export function array(claims, name) {
  const value = claims.get(name);
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_ITEMS) {
    refuse(name, `a list of 1 to ${MAX_ITEMS} items is needed`);
  }
  return value;
}

export function each(claims, name, read) {
  return array(claims, name).map((item) => (item instanceof Map ? read(item) : refuse(name, "objects are needed")));
}

export function member(claims, name) {
  const value = claims.get(name);
  return value instanceof Map ? value : refuse(name, claims.has(name) ? "an object is needed" : "is missing");
}

export function boolean(claims, name) {
  const value = claims.get(name);
  return typeof value === "boolean" ? value : refuse(name, "true or false is needed");
}

export function integer(claims, name, limit) {
  const value = claims.get(name);
  if (!Number.isInteger(value) || value < 0 || value > limit) refuse(name, `a whole number from 0 to ${limit} is needed`);
  return value;
}

/** Unix seconds of the years 1970 to 2199. */
export function instant(claims, name) {
  return integer(claims, name, END_OF_TIME - 1);
}

/** A date YYYY-MM-DD of the years 1900 to 2199, as its text: such texts compare as their days do. */
export function date(claims, name) {
  const value = claims.get(name);
  if (typeof value === "string" && /^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(value)) {
    const day = new Date(`${value}T00:00:00Z`);
    if (!Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)) return value;
  }
  return refuse(name, "a date YYYY-MM-DD of the years 1900 to 2199 is needed");
}

export const optional = (read) => (claims, name, ...rest) => (claims.has(name) ? read(claims, name, ...rest) : null);

export function url(claims, name) {
  const value = text(claims, name);
  return /^https?:\/\//.test(value) ? value : refuse(name, "a URL is needed");
}

export function oneOf(values, claims, name) {
  const value = claims.get(name);
  return values.includes(value) ? value : refuse(name, `one of ${values.join(", ")} is needed`);
}
