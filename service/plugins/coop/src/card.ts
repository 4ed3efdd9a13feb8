// What the served bundle says of itself: `python -m service plugin coop` writes modelcard.json.

import type { ModelCard } from "@roostorg/coop-types";

import written from "./modelcard.json" with { type: "json" };

export type Card = Readonly<{
  bundle: string;
  thresholds: Readonly<{ highPrecision: number; highRecall: number }>;
  signals: ReadonlyArray<Readonly<{ label: string; name: string; meaning: string }>>;
  modelCard: ModelCard;
}>;

export const card: Card = written;
