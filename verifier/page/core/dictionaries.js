// The carrier's dictionaries (docs/credential-format.md § 6), each checked against the hash in the manifest.

const FOLDER = new URL("../dictionaries/", import.meta.url);

/** Dictionaries by their number; one whose hash differs is not taken. */
export async function loadDictionaries() {
  const manifest = await (await fetch(new URL("manifest.json", FOLDER))).json();
  const found = new Map();
  for (const { number, sha256 } of manifest) {
    const file = `${String(number).padStart(4, "0")}.bin`;
    const bytes = await (await fetch(new URL(file, FOLDER))).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hash === sha256) found.set(number, new Uint8Array(bytes));
  }
  return found;
}
