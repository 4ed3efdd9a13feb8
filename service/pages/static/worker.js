// Keeps the advice for when there is no connection: that, and nothing that was pasted or opened.
"use strict";
const CACHE = "advice";
const ADVICE = new URL(location.href).searchParams.get("at") || "/advice";
const KEPT = [ADVICE, "/pages/pages.js", "/pages/icon.svg"];

addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      await caches.delete(CACHE);
      const cache = await caches.open(CACHE);
      await cache.addAll(KEPT.map((path) => new Request(path, { cache: "reload" })));
      await skipWaiting();
    })(),
  );
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  const page = event.request.mode === "navigate";
  if (!page && !KEPT.includes(path)) return;
  event.respondWith(
    fetch(event.request).catch(async () => {
      const found = await caches.match(page ? ADVICE : path);
      return found || Response.error();
    }),
  );
});
