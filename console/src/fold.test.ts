import { describe, expect, it } from "vitest";
import { fold, nothing, type Picture } from "./fold";
import type { Message } from "./model";

const event = (sequence: number, type: string, fields: object = {}): Message => ({
  kind: "event",
  sequence,
  call: "one",
  number: sequence,
  at_ms: sequence * 100,
  type,
  ...fields,
});

const after = (...messages: Message[]): Picture => messages.reduce((picture, message) => fold(picture, message, 10_000), nothing);

const started = event(1, "started", { outbound: false, caller: "+12025550123", called: "100", flow: "hotline" });

describe("fold", () => {
  it("follows a call through its stages", () => {
    const picture = after(started, event(2, "answered"), event(3, "queued"), event(4, "bridged", { agent: "alice" }));
    expect(picture.calls.one).toMatchObject({ stage: "bridged", agent: "alice", caller: "+12025550123", startedAt: 9_900 });
    expect(picture.sequence).toBe(4);
  });

  it("shows what was understood with its certainty", () => {
    const picture = after(started, event(2, "speech_heard", { text: "my bill" }), event(3, "turn_decided", { certainty: 91 }));
    expect(picture.calls.one?.lines).toEqual([{ byCaller: true, text: "my bill", certainty: 91 }]);
  });

  it("replaces partial words by the whole", () => {
    const partial = after(started, { kind: "partial", call: "one", text: "my" });
    expect(partial.calls.one?.partial).toBe("my");
    expect(fold(partial, event(2, "speech_heard", { text: "my bill" }), 0).calls.one?.partial).toBeUndefined();
  });

  it("keeps the last ended calls only", () => {
    const messages = Array.from({ length: 30 }, (_, n): Message[] => [
      { ...started, call: `c${n}`, sequence: n } as Message,
      { ...event(n + 2, "ended", { disposition: "self_served" }), call: `c${n}` } as Message,
    ]).flat();
    expect(Object.keys(after(...messages).calls).length).toBeLessThanOrEqual(12);
  });

  it("counts an event once that comes twice", () => {
    const heard = event(2, "speech_heard", { text: "my bill" });
    expect(after(started, heard, heard).calls.one?.lines).toHaveLength(1);
  });

  it("ignores events of calls that it does not know", () => {
    expect(after(event(5, "answered")).calls).toEqual({});
  });
});
