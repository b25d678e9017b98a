// Keeps the whole page on the device, so that it opens without a connection. It holds files of one version
// together, and never touches what certificates are checked against: that is the page's own (ui/store.js).

importScripts("files.js"); // self.OMBORD: the version, and every file of it

// One server may hold the pages of several authorities: each keeps, and drops, its own alone.
const OWN = `ombord-page ${new URL(self.registration.scope).pathname} `;
const CACHE = OWN + self.OMBORD.version;
const ADDRESSES = new Set(self.OMBORD.files.map((name) => new URL(name, self.registration.scope).href));

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...ADDRESSES].map((address) => new Request(address, { cache: "no-cache" })));
}

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOlder().then(() => self.clients.claim()));
});

async function dropOlder() {
  const older = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  address.hash = "";
  address.search = "";
  if (event.request.method === "GET" && ADDRESSES.has(address.href)) event.respondWith(kept(address.href));
});

async function kept(address) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(address);
}
