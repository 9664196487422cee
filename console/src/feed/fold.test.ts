import { describe, expect, it } from "vitest";
import type { CallEvent, CallRow, Message } from "../model";
import { foldCalls, foldEvents, foldMessage, inProgress, justEnded, MOST_ENDED, nothing, type Picture } from "./fold";

/** The id of a call that began at 10,000 ms. */
const ONE = "00000000-2710-7000-8000-000000000001";

const event = (number: number, type: string, fields: object = {}, call = ONE): Message => ({
  kind: "event",
  sequence: number,
  call,
  number,
  at_ms: number * 100,
  type,
  ...fields,
});

const after = (...messages: Message[]): Picture => messages.reduce(foldMessage, nothing);
const started = event(1, "started", { outbound: false, caller: "+12025550123", called: "100", flow: "hotline" });
const row = { call: ONE, direction: "inbound", caller: "+12025550123", called: "100", flow: "hotline", started_at: "1970-01-01T00:00:10Z" } as CallRow;

describe("a call", () => {
  it("goes through its stages", () => {
    const picture = after(started, event(2, "answered"), event(3, "queued", { queue: "service" }));
    expect(picture.calls[ONE]).toMatchObject({ stage: "waiting", queue: "service", caller: "+12025550123", startedAt: 10_000, waitingSince: 10_300 });
    const bridged = [event(4, "agent_offered", { agent: "alice" }), event(5, "bridged", { agent: "alice" })].reduce(foldMessage, picture);
    expect(bridged.calls[ONE]).toMatchObject({ stage: "bridged", agent: "alice", waitingSince: undefined });
    expect(bridged.sequence).toBe(5);
  });

  it("has nobody offered after an offer failed", () => {
    const picture = after(started, event(2, "queued"), event(3, "agent_offered", { agent: "alice" }), event(4, "offer_failed", { agent: "alice" }));
    expect(picture.calls[ONE]).toMatchObject({ stage: "waiting", agent: undefined });
  });

  it("shows what was understood with its certainty", () => {
    const picture = after(started, event(2, "speech_heard", { text: "my bill" }), event(3, "turn_decided", { result: "accepted", certainty: 91 }));
    expect(picture.calls[ONE]?.lines).toEqual([{ at: 200, who: "caller", text: "my bill", certainty: 91 }]);
  });

  it("shows what was not understood", () => {
    const picture = after(started, event(2, "speech_heard", { text: "mumble" }), event(3, "turn_decided", { result: "no_match" }));
    expect(picture.calls[ONE]?.lines).toMatchObject([{ notUnderstood: true }]);
  });

  it("blames nobody for silence", () => {
    const heard = event(2, "speech_heard", { text: "yes" });
    const picture = after(started, heard, event(3, "prompt_started", { text: "And now?" }), event(4, "turn_decided", { result: "no_match" }));
    expect(picture.calls[ONE]?.lines[0]).toEqual({ at: 200, who: "caller", text: "yes" });
  });

  it("makes one line of keys that are pressed one after the other", () => {
    const picture = after(started, event(2, "digit_pressed", { digit: "1" }), event(3, "digit_pressed", { digit: "2" }));
    expect(picture.calls[ONE]?.lines).toMatchObject([{ text: "12", keys: true }]);
  });

  it("marks the prompt that was interrupted", () => {
    const picture = after(started, event(2, "prompt_started", { text: "Welcome" }), event(3, "prompt_ended", { interrupted: true }));
    expect(picture.calls[ONE]?.lines).toMatchObject([{ who: "system", interrupted: true }]);
  });

  it("marks the first of two prompts, where that one was interrupted", () => {
    const prompts = ["Say bill", "Press 1"].map((text, n) => event(n + 2, "prompt_started", { text }));
    const picture = after(started, ...prompts, event(4, "prompt_ended", { interrupted: true }), event(5, "prompt_ended", { interrupted: false }));
    expect(picture.calls[ONE]?.lines.map((line) => line.interrupted ?? false)).toEqual([true, false]);
  });

  it("replaces partial words by the whole", () => {
    const partial = after(started, { kind: "partial", call: ONE, text: "my" });
    expect(partial.calls[ONE]?.partial).toBe("my");
    expect(foldMessage(partial, event(2, "speech_heard", { text: "my bill" })).calls[ONE]?.partial).toBeUndefined();
  });
});

describe("the stream", () => {
  it("counts an event once that comes twice", () => {
    const heard = event(2, "speech_heard", { text: "my bill" });
    expect(after(started, heard, heard).calls[ONE]?.lines).toHaveLength(1);
  });

  it("asks for events that are missing before it goes on", () => {
    const picture = after(started, event(3, "speech_heard", { text: "my bill" }));
    expect(picture.behind).toEqual({ [ONE]: 3 });
    expect(picture.calls[ONE]).toMatchObject({ number: 1, lines: [] });
    const filled = foldEvents(picture, [event(2, "answered"), event(3, "speech_heard", { text: "my bill" })] as unknown as CallEvent[]);
    expect(filled.behind).toEqual({});
    expect(filled.calls[ONE]).toMatchObject({ number: 3, stage: "conversing", lines: [{ text: "my bill" }] });
  });

  it("stays behind while an answer does not reach what is known to exist", () => {
    const picture = after(started, event(5, "queued"));
    expect(foldEvents(picture, [event(2, "answered")] as unknown as CallEvent[]).behind).toEqual({ [ONE]: 5 });
  });

  it("asks for the beginning of a call that it does not know", () => {
    expect(after(event(5, "answered"))).toMatchObject({ calls: {}, behind: { [ONE]: 5 } });
  });

  it("does not ask for a call that has ended already", () => {
    expect(after(event(9, "ended"))).toMatchObject({ calls: {}, behind: {} });
  });

  it("keeps the last ended calls only", () => {
    const messages = Array.from({ length: 30 }, (_, n): Message[] => {
      const call = ONE.slice(0, -2) + String(n).padStart(2, "0");
      return [event(1, "started", {}, call), event(2, "ended", { disposition: "self_served" }, call)];
    }).flat();
    expect(justEnded(after(...messages))).toHaveLength(MOST_ENDED);
  });
});

describe("the list of calls in progress", () => {
  it("shows calls before their events are there", () => {
    const picture = foldCalls(nothing, [row], []);
    expect(inProgress(picture)).toMatchObject([{ caller: "+12025550123", number: 0, startedAt: 10_000 }]);
    expect(picture.behind).toEqual({ [ONE]: 1 });
  });

  it("does not set back a call that the stream has told of", () => {
    const picture = after(started, event(2, "answered"));
    expect(foldCalls(picture, [row], [ONE]).calls[ONE]).toEqual(picture.calls[ONE]);
  });

  it("asks what was missed of the calls that are known", () => {
    expect(foldCalls(after(started, event(2, "answered")), [row], [ONE]).behind).toEqual({ [ONE]: 3 });
  });

  it("ends calls that it does not name any more, and asks how they ended", () => {
    const picture = foldCalls(after(started), [], [ONE]);
    expect(inProgress(picture)).toEqual([]);
    expect(picture.behind).toEqual({ [ONE]: 2 });
    const ended = foldEvents(picture, [event(2, "ended", { disposition: "failed" })] as unknown as CallEvent[]);
    expect(justEnded(ended)).toMatchObject([{ disposition: "failed", endedAt: 10_200 }]);
  });

  it("leaves calls alone that began after it was asked for", () => {
    expect(inProgress(foldCalls(after(started), [], []))).toHaveLength(1);
  });
});
