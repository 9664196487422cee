// Folds the event stream and the API's lists into what is shown. Pure.
//
// The events of a call are numbered without gaps. An event that does not follow the last one of its call is not applied:
// the call is remembered in `behind`, whoever holds the picture asks the API for the events in between, and these bring
// the event itself as well. So nothing is lost, in whatever order stream and answers come.

import { fromRow, unheardOf, withEvent, type ShownCall } from "./call";
import type { AgentRow, CallEvent, CallRow, CampaignNews, Message } from "../model";

export interface Picture {
  calls: Record<string, ShownCall>;
  /** Calls with events that are not told yet, and the highest number of theirs that is known to exist. */
  behind: Record<string, number>;
  agents: Record<string, AgentRow>;
  campaigns: Record<string, CampaignNews>;
  /** The last stored event that was seen; 0 where none was. */
  sequence: number;
}

export const nothing: Picture = { calls: {}, behind: {}, agents: {}, campaigns: {}, sequence: 0 };

export function foldMessage(picture: Picture, message: Message): Picture {
  switch (message.kind) {
    case "event":
      return foldEvent({ ...picture, sequence: Math.max(picture.sequence, message.sequence) }, message);
    case "partial":
      return foldPartial(picture, message.call, message.text);
    case "agent":
      return { ...picture, agents: { ...picture.agents, [message.agent.agent]: message.agent } };
    case "campaign":
      return { ...picture, campaigns: { ...picture.campaigns, [message.campaign]: message } };
    case "context":
      return picture;
  }
}

/** The events of a call as the API lists them, in their order. */
export function foldEvents(picture: Picture, events: CallEvent[]): Picture {
  return events.reduce(foldEvent, picture);
}

/** Gives up what is missing of a call, until its next event. */
export function forgetBehind(picture: Picture, call: string): Picture {
  const behind = { ...picture.behind };
  delete behind[call];
  return { ...picture, behind };
}

/**
 * The calls in progress as the API lists them. `asked` are the calls that were known when the list was asked for: those of
 * them that it does not name have ended meanwhile.
 */
export function foldCalls(picture: Picture, rows: CallRow[], asked: string[]): Picture {
  const calls = { ...picture.calls };
  const behind = { ...picture.behind };
  for (const [place, row] of rows.entries()) {
    calls[row.call] ??= fromRow(row);
    // Also where events were told already: the stream may begin after the last of them.
    if (place < MOST_TOLD_AT_ONCE) {
      behind[row.call] ??= (calls[row.call]?.number ?? 0) + 1;
    }
  }
  const listed = new Set(rows.map((row) => row.call));
  for (const id of asked) {
    const call = calls[id];
    if (call && call.stage !== "ended" && !listed.has(id)) {
      calls[id] = { ...call, stage: "ended", partial: undefined };
      behind[id] ??= call.number + 1;
    }
  }
  return forgetOld({ ...picture, calls, behind });
}

export function foldAgents(picture: Picture, rows: AgentRow[]): Picture {
  return { ...picture, agents: Object.fromEntries(rows.map((row) => [row.agent, row])) };
}

export function inProgress(picture: Picture): ShownCall[] {
  return Object.values(picture.calls)
    .filter((call) => call.stage !== "ended")
    .sort((a, b) => b.startedAt - a.startedAt);
}

export function justEnded(picture: Picture): ShownCall[] {
  return Object.values(picture.calls)
    .filter((call) => call.stage === "ended")
    .sort((a, b) => endOf(b) - endOf(a));
}

function foldEvent(picture: Picture, event: CallEvent): Picture {
  const call = picture.calls[event.call];
  if (!call && event.type === "ended") {
    // Refused at once, or of no interest any more.
    return picture;
  }
  const told = call?.number ?? 0;
  if (event.number <= told) {
    return picture;
  }
  if (event.number > told + 1) {
    const highest = Math.max(picture.behind[event.call] ?? 0, event.number);
    return { ...picture, behind: { ...picture.behind, [event.call]: highest } };
  }
  const calls = { ...picture.calls, [event.call]: withEvent(call ?? unheardOf(event.call), event) };
  const next = caughtUp({ ...picture, calls }, event);
  return event.type === "ended" ? forgetOld(next) : next;
}

function caughtUp(picture: Picture, event: CallEvent): Picture {
  const highest = picture.behind[event.call];
  return highest !== undefined && event.number >= highest ? forgetBehind(picture, event.call) : picture;
}

function foldPartial(picture: Picture, id: string, text: string): Picture {
  const call = picture.calls[id];
  if (!call || call.stage === "ended") {
    return picture;
  }
  return { ...picture, calls: { ...picture.calls, [id]: { ...call, partial: text } } };
}

/** Ended calls stay for a while, so that their outcome can be read. */
function forgetOld(picture: Picture): Picture {
  const old = justEnded(picture).slice(MOST_ENDED);
  if (old.length === 0) {
    return picture;
  }
  const calls = { ...picture.calls };
  for (const call of old) {
    delete calls[call.call];
  }
  return { ...picture, calls };
}

function endOf(call: ShownCall): number {
  return call.endedAt ?? call.startedAt;
}

export const MOST_ENDED = 10;
/** Calls whose events are asked for when the page opens; the others are told from their next event on. */
export const MOST_TOLD_AT_ONCE = 50;
