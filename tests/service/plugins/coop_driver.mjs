// Does with the plugin what Coop does, step by step, and prints what came of each as JSON.
// The argument is the plugin's index.ts; standard input says what organisations filled in, and the
// steps: [what, signal type or organisation, input].

import { readFileSync } from "node:fs";

const { default: plugin, ...named } = await import(process.argv[2]);
const { stored, steps } = JSON.parse(readFileSync(0, "utf-8"));
const context = {
  integrationId: plugin.manifest.id,
  getCredential: async (orgId) => stored[orgId],
};
const signals = plugin.createSignals(context);
const byType = Object.fromEntries(signals.map((one) => [one.signalTypeId, one.signal]));

const doing = {
  contract: () => ({
    manifest: plugin.manifest,
    signals,
    named: named.manifest === plugin.manifest && named.createSignals === plugin.createSignals,
    functions: signals.map(({ signal }) =>
      Object.keys(signal).filter((key) => typeof signal[key] === "function"),
    ),
    costs: signals.map(({ signal }) => signal.getCost()),
  }),
  disabled: (orgId) => signals[0].signal.getDisabledInfo(orgId),
  run: (type, input) => byType[type].run(input),
  // All signals on the same input at the same time.
  all: (input) => Promise.all(signals.map(({ signal }) => signal.run(input))),
};

const found = [];
for (const [what, ...given] of steps) {
  found.push(
    await Promise.resolve()
      .then(() => doing[what](...given))
      .catch((error) => ({ error: `${error.name}: ${error.message}` })),
  );
}
console.log(JSON.stringify(found));
