// Lurewatch from TypeScript: score, submit and wait, and a webhook that is verified. Node 22.18 and
// newer run it as it is. The service sends webhooks to this machine only with
// LUREWATCH_WEBHOOK_PRIVATE_TARGETS=true. SERVICE_KEY holds a key with scopes score and admin,
// where the service asks for one.
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

type Result = { id: string | null; score: number; decision: string };
type Submission = { id: string; state: "queued" | "done" | "failed"; results: Result[] | null };

const service = process.env.SERVICE ?? "http://127.0.0.1:8000";
const ads = [
  { id: "lure", text: "Chat support near Poipet, room free. Send a passport photo first." },
  { id: "honest", text: "Pickers, June to September, 12.60 an hour, contract before travel." },
];

async function ask<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (key) headers["Idempotency-Key"] = key;
  if (process.env.SERVICE_KEY) headers["Authorization"] = `Bearer ${process.env.SERVICE_KEY}`;
  const content = body && JSON.stringify(body);
  const answer = await fetch(service + path, { method, headers, body: content });
  const told = answer.status === 204 ? undefined : await answer.json();
  if (!answer.ok) throw new Error(`${told.title}: ${told.detail}`);
  return told;
}

// Standard Webhooks 1.0: HMAC-SHA-256 over id, time and body; several signatures while a secret is
// being replaced.
function isSigned(secret: string, headers: IncomingHttpHeaders, body: Buffer): boolean {
  const [id, sent] = [headers["webhook-id"], headers["webhook-timestamp"]];
  if (!secret || !(Math.abs(Date.now() / 1000 - Number(sent)) < 300)) return false;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const ours = createHmac("sha256", key).update(`${id}.${sent}.`).update(body).digest();
  return String(headers["webhook-signature"]).split(" ").some((one) => {
    const theirs = Buffer.from(one.replace("v1,", ""), "base64");
    return theirs.length === ours.length && timingSafeEqual(theirs, ours);
  });
}

const { results } = await ask<{ results: Result[] }>("POST", "/v1/score", { ads });
for (const { id, decision, score } of results) console.log("scored:", id, decision, score);

// The key makes it safe to send again where an answer was lost.
const accepted = await ask<Submission>("POST", "/v1/submissions", { ads }, randomUUID());
let done = await ask<Submission>("GET", `/v1/submissions/${accepted.id}`);
while (done.state === "queued") {
  await sleep(1000);
  done = await ask<Submission>("GET", `/v1/submissions/${accepted.id}`);
}
console.log("submitted:", done.state, done.results?.length);

let secret = "";
const receiver = createServer(async (request, response) => {
  const body = await buffer(request);
  if (!isSigned(secret, request.headers, body)) return response.writeHead(401).end();
  for (const { id, decision } of JSON.parse(body.toString()).data.results) {
    console.log("told:", id, decision);
  }
  response.writeHead(204).end();
  await ask<void>("DELETE", "/v1/webhooks/quickstart");
  receiver.close();
});
receiver.listen(Number(process.env.PORT ?? 0), "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const made = await ask<{ secret: string }>("PUT", "/v1/webhooks/quickstart", { url });
  secret = made.secret; // told this once: keep it
  await ask<Submission>("POST", "/v1/submissions", { ads, webhook: "quickstart" }, randomUUID());
});
