// The page's words. English texts are the keys; words/<language>.json has the others, marked as not verified.

const BASE = new URL("../", import.meta.url);
const LISTS = ["capacities", "functions", "levels", "trade_areas", "ship_types", "limitations"];

let words = {};
let languages = [];
const titles = {};
export let language = "en";

/** Each language that the page speaks, once `preferred` has read the list: its code, and its name as its speakers look for it. */
export function spoken() {
  return languages.map(({ code, name }) => [code, name]);
}

/** The language that was chosen, or that the browser asks for. */
export async function preferred() {
  languages = (await (await fetch(new URL("codelists/languages.json", BASE))).json()).entries;
  const chosen = remembered();
  if (languages.some(({ code }) => code === chosen)) return chosen;
  const called = (tag) => languages.find(({ code, asked_as }) => [code, ...asked_as].includes(tag.toLowerCase().split("-")[0]));
  return navigator.languages.map(called).find(Boolean)?.code ?? "en";
}

function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // a browser that keeps nothing for any page
  }
}

/** Keep the choice for the next visit, where the browser lets a page keep anything. */
export function remember(wanted) {
  try {
    localStorage.setItem("language", wanted);
  } catch {
    return; // it is asked again next time
  }
}

/** Take up a language; English is used for what it lacks. */
export async function speak(wanted) {
  const translated = wanted === "en" ? null : await fetch(new URL(`words/${wanted}.json`, BASE));
  words = translated?.ok ? (await translated.json()).words : {}; // English stands in for a language without words
  for (const list of LISTS) titles[list] ??= await loadTitles(list);
  language = wanted;
  document.documentElement.lang = wanted;
}

async function loadTitles(list) {
  const { entries } = await (await fetch(new URL(`codelists/${list}.json`, BASE))).json();
  return new Map(entries.map((entry) => [entry.code, entry.titles]));
}

/** A text in the chosen language, its `{}` filled in their order. */
export function say(text, ...values) {
  let at = 0;
  return (words[text] ?? text).replace(/\{\}/g, () => String(values[at++] ?? ""));
}

/** What a code means, with the code itself where nobody has given it a title. */
export function title(list, code) {
  const found = titles[list]?.get(code);
  return found?.[language] ?? found?.en ?? code;
}

/** A calendar day as people write it here: 4 March 2031. */
export function day(iso) {
  const form = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long", timeZone: "UTC" });
  return form.format(new Date(`${iso}T00:00:00Z`));
}

export function moment(seconds) {
  const form = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "medium", timeStyle: "short" });
  return form.format(new Date(seconds * 1000));
}

/** How old something is: "3 hours", in the largest unit that fits. */
export function age(seconds) {
  for (const [unit, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]]) {
    if (seconds >= size) {
      const form = new Intl.NumberFormat(language === "en" ? "en-GB" : language, { style: "unit", unit, unitDisplay: "long" });
      return form.format(Math.floor(seconds / size));
    }
  }
  return say("less than a minute");
}
