// Folds the event stream into what is shown. Pure: the same events give the same picture.

import type { AgentRow, CallRow, Message, StoredEvent } from "./model";

export interface Line {
  byCaller: boolean;
  text: string;
  certainty?: number;
}

export interface LiveCall {
  call: string;
  outbound: boolean;
  caller: string;
  called: string;
  flow: string;
  startedAt: number;
  stage: string;
  node?: string;
  intent?: string;
  agent?: string;
  partial?: string;
  lines: Line[];
  outcome?: string;
  /** The last event that was folded in: one that comes twice counts once. */
  number: number;
}

export interface Picture {
  calls: Record<string, LiveCall>;
  agents: Record<string, AgentRow>;
  /** The last stored event that was folded in. */
  sequence: number;
}

export const nothing: Picture = { calls: {}, agents: {}, sequence: 0 };

/** An ended call stays for a while, so that its outcome can be read. */
const MOST_ENDED = 10;

export function fold(picture: Picture, message: Message, now: number): Picture {
  switch (message.kind) {
    case "event":
      return foldEvent(picture, message, now);
    case "partial":
      return change(picture, message.call, (call) => ({ ...call, partial: message.text }));
    case "agent":
      return { ...picture, agents: { ...picture.agents, [message.agent.agent]: message.agent } };
    case "context":
    case "campaign":
      return picture;
  }
}

/** A call in progress as the API lists it, before its events have come. */
export function known(picture: Picture, row: CallRow): Picture {
  const call: LiveCall = {
    call: row.call,
    outbound: row.direction === "outbound",
    caller: row.caller,
    called: row.called,
    flow: row.flow,
    startedAt: Date.parse(row.started_at),
    stage: "started",
    lines: [],
    number: 1,
  };
  return { ...picture, calls: { ...picture.calls, [row.call]: call } };
}

function foldEvent(picture: Picture, event: StoredEvent, now: number): Picture {
  const seen = { ...picture, sequence: Math.max(picture.sequence, event.sequence) };
  if (event.type === "started") {
    const call: LiveCall = {
      call: event.call,
      outbound: event.outbound === true,
      caller: text(event.caller),
      called: text(event.called),
      flow: text(event.flow),
      startedAt: now - event.at_ms,
      stage: "started",
      lines: [],
      number: event.number,
    };
    return forgetOld({ ...seen, calls: { ...seen.calls, [event.call]: call } });
  }
  return change(seen, event.call, (call) => (event.number <= call.number ? call : { ...next(call, event), number: event.number }));
}

function next(call: LiveCall, event: StoredEvent): LiveCall {
  switch (event.type) {
    case "ringing":
      return { ...call, stage: "ringing" };
    case "answered":
      return { ...call, stage: "conversing" };
    case "node_entered":
      return { ...call, stage: "conversing", node: text(event.node) };
    case "prompt_started":
      return say(call, { byCaller: false, text: text(event.text) });
    case "speech_heard":
      return say({ ...call, partial: undefined }, { byCaller: true, text: text(event.text) || "…" });
    case "digit_pressed":
      return say(call, { byCaller: true, text: `[${text(event.digit)}]` });
    case "turn_decided":
      return withCertainty(call, event.certainty);
    case "intent_found":
      return { ...call, intent: text(event.intent) };
    case "queued":
      return { ...call, stage: "waiting" };
    case "agent_offered":
      return { ...call, stage: "offered", agent: text(event.agent) };
    case "offer_failed":
      return { ...call, stage: "waiting", agent: undefined };
    case "bridged":
      return { ...call, stage: "bridged", agent: text(event.agent) };
    case "ended":
      return { ...call, stage: "ended", partial: undefined, outcome: text(event.disposition) };
    default:
      return call;
  }
}

function say(call: LiveCall, line: Line): LiveCall {
  return { ...call, lines: [...call.lines, line] };
}

function withCertainty(call: LiveCall, certainty: unknown): LiveCall {
  const last = call.lines.at(-1);
  if (typeof certainty !== "number" || !last?.byCaller) {
    return call;
  }
  return { ...call, lines: [...call.lines.slice(0, -1), { ...last, certainty }] };
}

function change(picture: Picture, id: string, how: (call: LiveCall) => LiveCall): Picture {
  const call = picture.calls[id];
  return call ? { ...picture, calls: { ...picture.calls, [id]: how(call) } } : picture;
}

function forgetOld(picture: Picture): Picture {
  const ended = Object.values(picture.calls).filter((call) => call.stage === "ended");
  const old = ended.sort((a, b) => b.startedAt - a.startedAt).slice(MOST_ENDED);
  if (old.length === 0) {
    return picture;
  }
  const calls = { ...picture.calls };
  for (const call of old) {
    delete calls[call.call];
  }
  return { ...picture, calls };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
