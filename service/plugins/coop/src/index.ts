// Lurewatch for ROOST's Coop: what `integrations.config.json` names.

import type { CoopIntegrationPlugin } from "@roostorg/coop-types";

import { manifest } from "./manifest.ts";
import { createSignals } from "./signals.ts";

export { createSignals, manifest };

const plugin: CoopIntegrationPlugin = { manifest, createSignals };

export default plugin;
