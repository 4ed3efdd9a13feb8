// What Coop shows of this integration.

import type { IntegrationManifest } from "@roostorg/coop-types";

import { card } from "./card.ts";

export const typeIdOf = (label: string): string => `LUREWATCH_${label.toUpperCase()}`;

export const manifest: IntegrationManifest = {
  id: "LUREWATCH",
  name: "Lurewatch",
  version: "0.1.0",
  description:
    "How likely a text in any language is a recruitment lure: a fake job offer by which " +
    "trafficking networks and recruitment fraudsters draw people in. Runs on your own machines.",
  requiresConfig: true,
  configurationFields: [
    {
      key: "serviceUrl",
      label: "Service address",
      required: true,
      inputType: "text",
      placeholder: "http://lurewatch:8000",
      description: "Where your Lurewatch service listens.",
    },
    {
      key: "apiKey",
      label: "API key",
      required: false,
      inputType: "password",
      description: "With the scope `score`; only where the service asks for one.",
    },
    {
      key: "timeoutMs",
      label: "Timeout in milliseconds",
      required: false,
      inputType: "text",
      placeholder: "2000",
      description: "Longest wait for an answer, 100 to 60000. Without it 2000.",
    },
  ],
  signalTypeIds: card.signals.map((signal) => typeIdOf(signal.label)),
  modelCard: card.modelCard,
};
