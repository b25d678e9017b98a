// The page: scan, choose a picture or paste, then one verdict that fills the screen. Nothing is kept of it.

import { verifyAll } from "../core/decision.js";
import { loadDictionaries } from "../core/dictionaries.js";
import { Collector, isFrame } from "../core/frames.js";
import { icon, make, ring } from "./elements.js";
import { Camera, TooLarge, textsInPicture } from "./scanning.js";
import { ageOf, held, update } from "./store.js";
import { verdictScreen } from "./verdict_view.js";
import { age, language, preferred, remember, say, speak, spoken } from "./words.js";

const DRIFT = 300; // seconds by which a clock may be set right without a word
const OLD = 7 * 86_400; // seconds after which the age of what is held is said in amber
const LONGEST = 250_000; // characters: twice what the longest code of any kind has
const MISREAD = ["NOT READABLE", "TAMPERED", "WRONG HOLDER"];
const app = document.getElementById("app");
const now = () => Date.now() / 1000;
const state = { held: null, dictionaries: null, problem: null, updating: false, camera: null };

function show(...children) {
  state.camera?.stop();
  state.camera = null;
  app.replaceChildren(...children);
  scrollTo(0, 0);
}

// What is shown at first

function home(note = null) {
  document.title = say("Check a certificate");
  const authority = state.held?.trust.authorities[0]?.name ?? "";
  show(
    make(
      "header.hero",
      {},
      make("div.bar", {}, make("img", { src: "icon.svg", alt: "", width: 40, height: 40 }), make("span.authority", {}, authority), languages()),
      make("h1", {}, say("Check a seafarer's certificate")),
      make("p", {}, say("Scan the code on the phone or on paper. It is checked here, on this device, also without a connection.")),
    ),
    make(
      "main.home",
      {},
      note === null ? null : make("p.alert", { role: "alert", id: "note" }, icon("remark", 20), note),
      make("button.primary.large", { id: "scan", onclick: scan }, icon("scan", 28), say("Scan with the camera")),
      make(
        "div.pair",
        {},
        make("label.secondary", { for: "picture" }, icon("picture"), say("Open a picture"), make("input", { id: "picture", type: "file", accept: "image/*", onchange: choose })),
        make("button.secondary", { id: "paste", onclick: paste }, icon("paste"), say("Paste text")),
      ),
      knows(),
      make("p.private", {}, icon("lock", 20), make("span", {}, say("Nothing that you scan leaves this device, and nothing of it is kept."))),
    ),
  );
}

function languages() {
  const options = spoken().map(([code, name]) => make("option", { value: code, selected: code === language }, name));
  const chosen = async ({ target }) => {
    remember(target.value);
    await speak(target.value);
    home();
  };
  return make("select", { id: "language", "aria-label": say("Language"), onchange: chosen }, options);
}

/** What the page checks against, and how old that is. */
function knows() {
  const seconds = (state.held?.updatedAt ?? null) === null ? null : ageOf(state.held, now());
  const kind = seconds === null ? "missing" : seconds < -DRIFT ? "clock" : seconds > OLD ? "old" : "fresh";
  const text = {
    missing: () => say("No keys and lists yet: connect once"),
    clock: () => say("This device's clock was set back: set it, then update"),
    old: () => say("Keys and lists are {} old: update", age(seconds)),
    fresh: () => say("Keys and lists are {} old", age(seconds)),
  }[kind]();
  const label = say(state.updating ? "Updating…" : "Update");
  const button = make("button.plain", { id: "update", onclick: refresh, disabled: state.updating, "aria-label": label, title: label }, icon("update"));
  return make(
    `section.card.knows.${kind}`,
    { id: "knows", "data-age": kind },
    make("div", {}, make("b", {}, text), make("small", {}, state.problem ?? say(seconds === null ? "What is scanned is checked against them" : "Ready without a connection"))),
    button,
  );
}

async function refresh() {
  state.updating = true;
  redrawKnows();
  try {
    state.held = await update();
    state.problem = null;
  } catch {
    state.problem = say(navigator.onLine ? "The authority could not be reached" : "No connection: what is held still counts");
  }
  state.updating = false;
  redrawKnows();
}

function redrawKnows() {
  document.getElementById("knows")?.replaceWith(knows());
  const name = document.querySelector(".authority");
  if (name !== null) name.textContent = state.held?.trust.authorities[0]?.name ?? "";
}

// Ways in

async function scan() {
  const collector = new Collector();
  const video = make("video", { playsinline: true, muted: true, autoplay: true });
  video.muted = true;
  const progress = make("div.progress", { id: "progress", hidden: true }, ring(), make("b", {}));
  const hint = make("p.hint", {}, say("Hold the code inside the frame"));
  show(
    make(
      "main.camera",
      {},
      video,
      make("div.guide", {}, make("i"), make("i"), make("i"), make("i")),
      progress,
      make("div.foot", {}, hint, make("button.secondary", { id: "stop", onclick: () => home() }, icon("close"), say("Stop"))),
    ),
  );
  const seen = new Set();
  const camera = new Camera(video, async (text) => {
    if (!isFrame(text)) {
      const sure = seen.has(text);
      seen.add(text);
      return judge(text, { sure });
    }
    const found = await collected(collector, text);
    if (found === null) return undefined;
    if (found.wire !== null) return judge(found.wire);
    progress.hidden = false;
    progress.style.setProperty("--done", Math.round((100 * found.received) / found.needed));
    progress.querySelector("b").textContent = `${found.received} / ${found.needed}`;
    hint.textContent = say("Keep the camera on the moving code");
    return undefined;
  }, failed);
  state.camera = camera;
  try {
    await camera.start();
  } catch {
    home(say("The camera could not be opened: allow it in the browser, or choose a picture"));
  }
}

async function collected(collector, text) {
  try {
    return await collector.add(text);
  } catch {
    return null; // a misread is a retry, never a finding
  }
}

async function choose({ target }) {
  const [file] = target.files;
  if (file === undefined) return;
  try {
    const texts = await textsInPicture(file);
    if (texts.length === 0) home(say("No code was found in the picture: try a sharper one, straight from above"));
    else await judge(texts.find((text) => text.startsWith("OB1:")) ?? texts[0]);
  } catch (error) {
    if (error instanceof TooLarge) home(say("This picture is too large: cut the code out of it, or photograph it anew"));
    else home(say("This file is not a picture that can be read"));
  }
}

function paste() {
  const text = make("textarea", { id: "text", rows: 8, spellcheck: "false", autocapitalize: "off", placeholder: "OB1:…" });
  const check = async () => {
    // Only line breaks at the ends can be the clipboard's: a space is a digit.
    if (text.value.length > LONGEST) return home(say("This text is too long for any code"));
    const given = text.value.replace(/^[\r\n]+/, "").replace(/(?<![\r\n])[\r\n]+$/, "");
    return given === "" ? undefined : judge(given);
  };
  show(
    make(
      "main.paste",
      {},
      make("h1", {}, say("Paste text")),
      make("p", {}, say("The text of a code, which begins with OB1:, or a credential")),
      text,
      make("button.primary", { id: "check", onclick: check }, say("Check")),
      make("button.secondary", { onclick: () => home() }, say("Back")),
    ),
  );
  text.focus();
}

// The verdict

/** Judge what was read, and show it; what may be a camera's misread is said only once it was read again. */
async function judge(presented, { sure = true } = {}) {
  if (state.held === null) return home(say("No keys and lists yet: connect once"));
  const setting = { trust: state.held.trust, lists: state.held.lists, dictionaries: state.dictionaries, at: now() };
  let verdicts;
  try {
    verdicts = await verifyAll(presented, setting);
  } catch {
    return failed();
  }
  if (!sure && verdicts.some(({ headline }) => MISREAD.includes(headline))) return undefined;
  document.title = say(verdicts[0].headline);
  return show(verdictScreen(verdicts, { what: foreign(presented), again: () => home() }));
}

/** Never a silent nothing. */
const failed = () => home(say("This could not be checked here: reload the page, or use another browser"));

/** What a text is that is no credential at all, in words; null for what may be one. */
function foreign(presented) {
  if (typeof presented !== "string" || presented.startsWith("OB1:") || presented.includes("~")) return null;
  if (/^https?:/i.test(presented)) return say("This is not a certificate: it is a web address. Do not open it to check a certificate.");
  if (/^WIFI:/i.test(presented)) return say("This is not a certificate: it is the key of a wireless network.");
  if (/^openid-credential-offer:/i.test(presented)) return say("This is not a certificate: it is an offer for the seafarer's wallet.");
  return say("This is not a certificate: it is another text.");
}

async function start() {
  if (!isSecureContext) return app.replaceChildren(make("p.note", {}, "Open this page by its https address: it checks nothing over http."));
  try {
    await speak(await preferred());
    state.dictionaries = await loadDictionaries();
  } catch {
    return app.replaceChildren(make("p.note", {}, "This page did not load whole. Reload it with a connection."));
  }
  try {
    state.held = await held();
  } catch {
    state.held = null; // what lies there cannot be read: the next update replaces it
  }
  home();
  await Promise.all([refresh(), offline()]);
  document.documentElement.dataset.ready = "true";
  return undefined;
}

/** Whole on this device, so that it opens without a connection. */
async function offline() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("sw.js");
    await navigator.serviceWorker.ready;
  } catch {
    state.problem = say("This browser keeps no page for use without a connection");
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden && state.camera !== null) home(); // nobody looks: the camera rests
});

start();
