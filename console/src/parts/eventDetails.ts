import type { CallEvent } from "../model";
import { inWords, type Texts } from "../texts";

/** The fields of an event in one line. Those that the page does not know are shown as they came. */
export function eventDetails(event: CallEvent, t: Texts): string {
  return Object.entries(event)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => detail(name, value, t))
    .filter(Boolean)
    .join(" · ");
}

function detail(name: string, value: unknown, t: Texts): string {
  if (value === null || value === "" || value === undefined) {
    return "";
  }
  if (typeof value === "string") {
    const names = NAMES[name]?.(t);
    return names ? inWords(names, value) : BARE.has(name) ? value : `${name} ${value}`;
  }
  if (name.endsWith("_ms") && typeof value === "number") {
    return `${name.slice(0, -3)} ${(value / 1000).toFixed(1)} s`;
  }
  if (name === "certainty") {
    return `${String(value)} %`;
  }
  if (typeof value === "boolean") {
    return value ? name : "";
  }
  return `${name} ${JSON.stringify(value)}`;
}

const NAMES: Record<string, (t: Texts) => Record<string, string>> = {
  disposition: (t) => t.dispositions,
  cause: (t) => t.causes,
  by: (t) => t.parties,
  party: (t) => t.parties,
  result: (t) => t.turnResults,
};

/** Values that speak for themselves. */
const BARE = new Set(["text", "digit", "node", "node_kind", "intent", "meaning", "queue", "agent", "reason", "body"]);

/** What every event has, and what only a machine reads. */
const LEFT_OUT = new Set(["kind", "sequence", "project", "call", "number", "at_ms", "type", "heard", "flow_hash", "seed", "leg", "attempt", "campaign"]);
