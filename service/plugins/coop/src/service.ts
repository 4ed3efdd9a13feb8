// POST /v1/score over HTTP: one request where several signals ask of the same text.

import { createHash } from "node:crypto";

import type { Config } from "./config.ts";

/** The probability of each label; one that is not named has 0. */
export type Scores = Readonly<Record<string, number>>;

export const LURE = "recruitment_lure";

// The service takes 20,000 code points in an ad and 200,000 in a request. A longer text is asked in
// overlapping parts, so that nobody hides a lure behind a long beginning.
const MAX_CHARS = 20_000;
const OVERLAP_CHARS = 1_000;
const MAX_PARTS = 9;

// Coop runs one signal after another on an item: they share the answer for this long.
const SHARED_MS = 10_000;
const MAX_SHARED = 1_000;

type Ad = Readonly<{ text: string; id?: string }>;
type Result = Readonly<{
  score: number;
  harms: ReadonlyArray<Readonly<{ harm: string; probability: number }>>;
}>;
type Problem = Readonly<{ type?: unknown; errors?: ReadonlyArray<Readonly<{ pointer: string }>> }>;

const shared = new Map<string, { until: number; scores: Promise<Scores> }>();

/** The scores of a text. Throws an `Error` that says what failed, never what was asked. */
export async function scoresOf(config: Config, text: string, id?: string): Promise<Scores> {
  const asked = JSON.stringify([config.serviceUrl, config.apiKey, text, id]);
  const key = createHash("sha256").update(asked).digest("base64");
  const now = Date.now();
  const known = shared.get(key);
  if (known && known.until > now) return known.scores;
  const scores = ask(config, text, id);
  shared.delete(key);
  shared.set(key, { until: now + SHARED_MS, scores });
  for (const oldest of shared.keys()) {
    if (shared.size <= MAX_SHARED) break;
    shared.delete(oldest);
  }
  // A failure is not remembered.
  scores.catch(() => {
    if (shared.get(key)?.scores === scores) shared.delete(key);
  });
  return scores;
}

async function ask(config: Config, text: string, id?: string): Promise<Scores> {
  const named = id !== undefined && id !== "" && id.length <= 200 ? { id } : {};
  let ads: Ad[] = parts(text).map((part) => ({ text: part, ...named }));
  if (text.trim() === "") return {};
  const signal = AbortSignal.timeout(config.timeoutMs);
  let { status, body } = await post(config, ads, signal);
  const blank = status === 422 ? blanks(body as Problem) : new Set<number>();
  if (blank.size > 0) {
    ads = ads.filter((_, position) => !blank.has(position));
    if (ads.length === 0) return {};
    ({ status, body } = await post(config, ads, signal));
  }
  if (status !== 200) {
    const type = (body as Problem | undefined)?.type;
    const kind = typeof type === "string" ? `: ${type.split("/").at(-1)}` : "";
    throw new Error(`Lurewatch answered ${status}${kind}`);
  }
  const results = (body as { results?: unknown } | undefined)?.results;
  if (!Array.isArray(results) || results.length !== ads.length) {
    throw new Error("The answer is not one of Lurewatch's");
  }
  return results.map(labelled).reduce(higher, {});
}

async function post(
  config: Config,
  ads: readonly Ad[],
  signal: AbortSignal,
): Promise<{ status: number; body: unknown }> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (config.apiKey !== undefined) headers["Authorization"] = `Bearer ${config.apiKey}`;
  try {
    const response = await fetch(`${config.serviceUrl}/v1/score`, {
      method: "POST",
      headers,
      body: JSON.stringify({ ads }),
      redirect: "error", // a key is not carried elsewhere
      signal,
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    throw new Error(
      late ? `Lurewatch did not answer in ${config.timeoutMs} ms` : "Lurewatch cannot be reached",
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parts(text: string): string[] {
  const whole = text.toWellFormed(); // halves of characters are no JSON
  if (whole.length <= MAX_CHARS) return [whole];
  const chars = Array.from(whole);
  const found: string[] = [];
  for (let start = 0; found.length < MAX_PARTS; start += MAX_CHARS - OVERLAP_CHARS) {
    found.push(chars.slice(start, start + MAX_CHARS).join(""));
    if (start + MAX_CHARS >= chars.length) break;
  }
  return found;
}

/** Positions of the ads in which the service found nothing to read. */
function blanks(problem: Problem | undefined): Set<number> {
  if (typeof problem?.type !== "string" || !problem.type.endsWith("/empty-ad")) return new Set();
  return new Set((problem.errors ?? []).map((one) => Number(one.pointer.split("/")[2])));
}

/** The probability of a harm's label is the score times that of the harm given a lure. */
function labelled(result: Result): Scores {
  const { score, harms } = result;
  if (!(score >= 0 && score <= 1) || !Array.isArray(harms)) {
    throw new Error("The answer is not one of Lurewatch's");
  }
  const named = harms.map(({ harm, probability }) => [harm, score * probability] as const);
  return { [LURE]: score, ...Object.fromEntries(named) };
}

function higher(some: Scores, others: Scores): Scores {
  const all = { ...some };
  for (const [label, score] of Object.entries(others)) {
    all[label] = Math.max(score, all[label] ?? 0);
  }
  return all;
}
