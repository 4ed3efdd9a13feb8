// A signal for the lure, and one for each harm that it would lead to.

import type { PluginSignalContext, PluginSignalDescriptor } from "@roostorg/coop-types";

import { card } from "./card.ts";
import { read } from "./config.ts";
import { manifest, typeIdOf } from "./manifest.ts";
import { LURE, scoresOf } from "./service.ts";

type Signals = ReadonlyArray<Readonly<{ signalTypeId: string; signal: PluginSignalDescriptor }>>;

const NUMBER = { scalarType: "NUMBER" } as const;

// Coop runs signals of a low cost first. An answer takes tens of milliseconds, more than matching
// words and less than a model of others far away (20 there).
const COST = 10;

export function createSignals(context: PluginSignalContext): Signals {
  return card.signals.map(({ label, name, meaning }) => {
    const signalTypeId = typeIdOf(label);
    return { signalTypeId, signal: signalOf(context, label, name, meaning) };
  });
}

function signalOf(
  context: PluginSignalContext,
  label: string,
  name: string,
  meaning: string,
): PluginSignalDescriptor {
  const config = async (orgId: string) => read(await context.getCredential(orgId));
  const of =
    label === LURE
      ? `Calibrated probability that a text is a recruitment lure: ${meaning}.`
      : `Probability that a text is a recruitment lure that would lead to: ${meaning}.`;
  return {
    id: { type: typeIdOf(label) },
    displayName: `${manifest.name}: ${name}`,
    description: `${of} Means "indicators present, verify"; have a person look before you act.`,
    docsUrl: null,
    recommendedThresholds: {
      highPrecisionThreshold: card.thresholds.highPrecision,
      highRecallThreshold: card.thresholds.highRecall,
    },
    supportedLanguages: "ALL",
    pricingStructure: { type: "FREE" },
    eligibleInputs: ["STRING"],
    outputType: NUMBER,
    getCost: () => COST,
    run: async (input: unknown) => {
      const { text, orgId, contentId } = inputOf(input);
      const found = await config(orgId);
      if (typeof found === "string") throw new Error(found);
      const scores = await scoresOf(found, text, contentId);
      return { outputType: NUMBER, score: scores[label] ?? 0 };
    },
    getDisabledInfo: async (orgId: string) => {
      const found = await config(orgId);
      return typeof found === "string"
        ? { disabled: true, disabledMessage: found }
        : { disabled: false };
    },
    needsMatchingValues: false,
    eligibleSubcategories: [],
    needsActionPenalties: false,
    integration: context.integrationId,
    allowedInAutomatedRules: true,
  };
}

/** What Coop hands to a signal (server/services/signalsService/signals/SignalBase.ts, 1.0.2). */
function inputOf(input: unknown): { text: string; orgId: string; contentId: string | undefined } {
  const { value, orgId, contentId } = (input ?? {}) as Readonly<Record<string, unknown>>;
  const { type, value: text } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== "STRING" || typeof text !== "string" || typeof orgId !== "string") {
    throw new Error("A Lurewatch signal reads one text: choose a field of the type STRING");
  }
  return { text, orgId, contentId: typeof contentId === "string" ? contentId : undefined };
}
