// What an organisation filled in for this integration.

export type Config = Readonly<{
  serviceUrl: string; // without a slash at its end
  apiKey: string | undefined;
  timeoutMs: number;
}>;

/** What is filled in, or a sentence for people that says what is wrong with it. */
export function read(stored: Readonly<Record<string, unknown>> | undefined): Config | string {
  const { serviceUrl, apiKey, timeoutMs } = stored ?? {};
  if (typeof serviceUrl !== "string" || serviceUrl === "") {
    return "Give the address of your Lurewatch service in the settings of this integration.";
  }
  const url = URL.canParse(serviceUrl) ? new URL(serviceUrl) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username || url.search) {
    return "The address of the Lurewatch service is no http or https address.";
  }
  const empty = timeoutMs === undefined || timeoutMs === null || timeoutMs === "";
  const wait = empty ? 2000 : Number(timeoutMs);
  if (!(wait >= 100 && wait <= 60_000)) {
    return "The timeout of the Lurewatch service is no number from 100 to 60000.";
  }
  const key = typeof apiKey === "string" && apiKey !== "" ? apiKey : undefined;
  return { serviceUrl: url.href.replace(/\/+$/, ""), apiKey: key, timeoutMs: wait };
}
