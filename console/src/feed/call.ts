// One call as its events tell it. Pure: the same events give the same call.

import type { CallEvent, CallRow } from "../model";

export interface Line {
  /** Milliseconds since the call began. */
  at: number;
  who: "caller" | "system" | "whisper";
  text: string;
  /** Pressed rather than said. */
  keys?: boolean;
  certainty?: number;
  /** Heard, and not understood. */
  notUnderstood?: boolean;
  /** A prompt that has been played, or interrupted. */
  over?: boolean;
  /** The caller interrupted this prompt. */
  interrupted?: boolean;
}

export interface ShownCall {
  call: string;
  outbound: boolean;
  caller: string;
  called: string;
  flow: string;
  /** Milliseconds since 1970, by the server's clock. */
  startedAt: number;
  /** `started`, `ringing`, `conversing`, `waiting`, `offered`, `whisper`, `bridged` or `ended`. */
  stage: string;
  node?: string;
  intent?: string;
  agent?: string;
  queue?: string;
  /** Milliseconds since 1970. */
  waitingSince?: number;
  /** What has been understood of the words that are being said. */
  partial?: string;
  lines: Line[];
  slots: Record<string, string>;
  disposition?: string;
  /** Milliseconds since 1970. */
  endedAt?: number;
  /** The last event that is told here; 0 where none is. */
  number: number;
}

export function unheardOf(call: string): ShownCall {
  return {
    call,
    outbound: false,
    caller: "",
    called: "",
    flow: "",
    startedAt: startOf(call),
    stage: "started",
    lines: [],
    slots: {},
    number: 0,
  };
}

/** A call as the API lists it, before its events have come. */
export function fromRow(row: CallRow): ShownCall {
  return {
    ...unheardOf(row.call),
    outbound: row.direction === "outbound",
    caller: row.caller,
    called: row.called,
    flow: row.flow,
    startedAt: Date.parse(row.started_at),
    stage: row.ended_at ? "ended" : row.answered_at ? "conversing" : "started",
  };
}

export function withEvent(call: ShownCall, event: CallEvent): ShownCall {
  return { ...told(call, event), number: event.number };
}

function told(call: ShownCall, event: CallEvent): ShownCall {
  const at = call.startedAt + event.at_ms;
  switch (event.type) {
    case "started":
      return { ...call, outbound: event.outbound === true, caller: text(event.caller), called: text(event.called), flow: text(event.flow) };
    case "ringing":
      return { ...call, stage: "ringing" };
    case "answered":
      return { ...call, stage: "conversing" };
    case "node_entered":
      return { ...call, stage: "conversing", node: text(event.node), partial: undefined };
    case "prompt_started":
      return say({ ...call, partial: undefined }, { at: event.at_ms, who: "system", text: text(event.text) });
    case "prompt_ended":
      return endPrompt(call, event.interrupted === true);
    case "speech_heard":
      return say({ ...call, partial: undefined }, { at: event.at_ms, who: "caller", text: text(event.text) || "…" });
    case "digit_pressed":
      return press(call, event.at_ms, text(event.digit));
    case "turn_decided":
      return decide({ ...call, partial: undefined }, event);
    case "intent_found":
      return { ...call, intent: text(event.intent) };
    case "slot_filled":
      return { ...call, slots: { ...call.slots, [text(event.slot)]: text(event.value) } };
    case "queued":
      return { ...call, stage: "waiting", queue: text(event.queue), waitingSince: at, partial: undefined };
    case "agent_offered":
      return { ...call, stage: "offered", agent: text(event.agent) };
    case "offer_failed":
      return { ...call, stage: "waiting", agent: undefined };
    case "whisper_started":
      return say({ ...call, stage: "whisper", agent: text(event.agent) }, { at: event.at_ms, who: "whisper", text: text(event.text) });
    case "agent_accepted":
      return { ...call, agent: text(event.agent) };
    case "bridged":
      return { ...call, stage: "bridged", agent: text(event.agent), waitingSince: undefined, partial: undefined };
    case "queue_left":
      return { ...call, stage: "conversing", agent: undefined, waitingSince: undefined };
    case "disposition_set":
      return { ...call, disposition: text(event.disposition) };
    case "ended":
      return { ...call, stage: "ended", partial: undefined, waitingSince: undefined, disposition: text(event.disposition), endedAt: at };
    default:
      return call;
  }
}

/** When a call began: the first 48 bits of its id (a UUID of version 7), milliseconds since 1970. */
function startOf(call: string): number {
  return Number.parseInt(call.replaceAll("-", "").slice(0, 12), 16);
}

function say(call: ShownCall, line: Line): ShownCall {
  return { ...call, lines: [...call.lines, line] };
}

/** Keys one after the other make one line. */
function press(call: ShownCall, at: number, digit: string): ShownCall {
  const last = call.lines.at(-1);
  if (last?.keys && last.certainty === undefined && !last.notUnderstood) {
    return { ...call, lines: [...call.lines.slice(0, -1), { ...last, text: last.text + digit }] };
  }
  return say(call, { at, who: "caller", text: digit, keys: true });
}

function decide(call: ShownCall, event: CallEvent): ShownCall {
  if (typeof event.certainty === "number") {
    return changeLast(call, { certainty: event.certainty });
  }
  return event.result === "no_match" ? changeLast(call, { notUnderstood: true }) : call;
}

/** Prompts end in the order in which they began. */
function endPrompt(call: ShownCall, interrupted: boolean): ShownCall {
  const at = call.lines.findIndex((line) => line.who === "system" && !line.over);
  const line = call.lines[at];
  return line ? { ...call, lines: call.lines.with(at, { ...line, over: true, ...(interrupted && { interrupted }) }) } : call;
}

/** Changes the last line, where it is the caller's: one that was followed by a prompt has been decided already. */
function changeLast(call: ShownCall, how: Partial<Line>): ShownCall {
  const last = call.lines.at(-1);
  return last?.who === "caller" ? { ...call, lines: [...call.lines.slice(0, -1), { ...last, ...how }] } : call;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
