// What the API and the event stream say; the server's shapes.

export interface CallRow {
  call: string;
  direction: "inbound" | "outbound";
  caller: string;
  called: string;
  flow: string;
  started_at: string;
  ended_at: string | null;
  disposition: string | null;
  agent: string | null;
  intent: string | null;
}

export interface AgentRow {
  agent: string;
  name: string;
  state: string;
  call: string | null;
  since: string;
}

export interface CampaignRow {
  campaign: string;
  state: string;
  settings: { name: string };
  progress: { leads: Record<string, number>; outcomes: Record<string, number>; refused_rows: number };
}

export interface StoredEvent {
  kind: "event";
  sequence: number;
  call: string;
  number: number;
  at_ms: number;
  type: string;
  [field: string]: unknown;
}

export type Message =
  | StoredEvent
  | { kind: "partial"; call: string; text: string }
  | { kind: "context"; context: { call: string } }
  | { kind: "agent"; agent: AgentRow }
  | { kind: "campaign"; campaign: string };
