// What happens at the mocked server, so that there is something to look at.

/** An id of the kind the server makes: it begins with the time. */
export function idAt(ms, last) {
  const time = ms.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(last).padStart(12, "0")}`;
}

/** The events of a caller who is understood, waits, and is handed over. */
export const handedOver = [
  [0, "started", { outbound: false, caller: "+12025550123", called: "100", flow: "hotline", flow_hash: "7f83", seed: "1" }],
  [40, "answered"],
  [50, "flow_started", { variables: { caller: "+12025550123" } }],
  [60, "node_entered", { node: "welcome", node_kind: "menu" }],
  [80, "prompt_started", { text: "Welcome to North Wind Energy. How can I help you?" }],
  [2100, "prompt_ended", { played_ms: 2020, interrupted: true }],
  [2100, "speech_started"],
  [3900, "speech_heard", { text: "there is a mistake in my bill", speech_ms: 1700, heard: {} }],
  [3910, "turn_decided", { node: "welcome", result: "accepted", meaning: "bill", certainty: 94 }],
  [3910, "intent_found", { intent: "bill", certainty: 94 }],
  [3920, "node_entered", { node: "account", node_kind: "ask" }],
  [3930, "prompt_started", { text: "Please say or key in your account number." }],
  [6000, "prompt_ended", { played_ms: 2000, interrupted: false }],
  [7000, "digit_pressed", { digit: "1" }],
  [7400, "digit_pressed", { digit: "2" }],
  [7800, "digit_pressed", { digit: "3" }],
  [9000, "slot_filled", { slot: "account", value: "123" }],
  [9100, "queued", { queue: "service" }],
];

export const bridged = [
  [12000, "agent_offered", { agent: "alice" }],
  [15000, "whisper_started", { agent: "alice", text: "Bill enquiry, account one two three" }],
  [17000, "agent_accepted", { agent: "alice", waited_ms: 7900 }],
  [17010, "bridged", { leg: 2, agent: "alice" }],
];

export const endings = [
  [30000, "disposition_set", { disposition: "handed_over" }],
  [30010, "leg_ended", { party: "caller", cause: "normal" }],
  [30020, "ended", { by: "caller", cause: "normal", disposition: "handed_over" }],
];

export const context = {
  caller: "+12025550123",
  called: "100",
  intent: "bill",
  slots: [{ name: "account", value: "123", confirmed: true }],
  transcript: [],
  whisper: "Bill enquiry, account one two three",
  waited_ms: 7900,
  history: ["yesterday: handed over, bill"],
};
