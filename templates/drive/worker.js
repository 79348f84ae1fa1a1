// The driver's service worker: opens the app without network, and sends what was told when there is one.
"use strict";

importScripts({{ own | map("tojson") | join(", ") }});

const CACHE = "drive-{{ version }}";
const SHELL = {{ kept | tojson }};
const PAGE = "/drive", PAGE_PATIENCE_MS = 1500;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })))));
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("drive-") && name !== CACHE) await caches.delete(name);
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(freshPage(event.request));
  else if (pathname.startsWith("/static/") || pathname.startsWith("/drive/")) event.respondWith(keptFirst(event.request));
});

// The page as the server has it now, if it answers soon; else as it was kept.
async function freshPage(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PAGE_PATIENCE_MS) });
    if (answer.ok) await cache.put(PAGE, answer.clone());
    return answer;
  } catch {
    return (await cache.match(PAGE)) ?? Response.error();
  }
}

async function keptFirst(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendOrRetry());
});

// A rejected promise makes the browser try again later, even with all windows closed.
async function sendOrRetry() {
  const outcome = await Outbox.send();
  if (outcome === "offline" || outcome === "busy") throw new Error(outcome);
}

addEventListener("message", (event) => {
  if (event.data === "send") event.waitUntil(Outbox.send());
  else if (event.data.keep) event.waitUntil(keepMore(event.data.keep, event.ports[0]));
});

// What is too large for the first load, and needed before the network goes.
async function keepMore(paths, reply) {
  const cache = await caches.open(CACHE);
  try {
    for (const path of paths) if (!(await cache.match(path))) await cache.add(path);
    reply.postMessage("kept");
  } catch {
    reply.postMessage("missing");
  }
}
