// What the API and the event stream say: the server's shapes. Names of enumerations are texts, since a server may know
// more of them than this page.

export interface CallRow {
  call: string;
  direction: "inbound" | "outbound";
  /** The person: whoever called, or was called. */
  caller: string;
  /** Our number. */
  called: string;
  flow: string;
  flow_hash: string;
  campaign: string | null;
  started_at: string;
  answered_at: string | null;
  ended_at: string | null;
  ended_by: string | null;
  cause: string | null;
  sip_status: number | null;
  disposition: string | null;
  agent: string | null;
  queue_wait_ms: number | null;
  intent: string | null;
  recording: string | null;
  /** The Call-ID of the person's leg, to find the call in a trace. */
  sip_call_id: string | null;
}

export interface CallPage {
  calls: CallRow[];
  /** What to give as `before` for the next page. */
  next: string | null;
}

/** A flow that the server can run. */
export interface FlowRow {
  flow: string;
  language: string;
  flow_hash: string;
  numbers: string[];
  queues: string[];
  warnings: string[];
  nodes: { node: string; kind: string }[];
}

export interface TrunkRow {
  trunk: string;
  host: string;
  transport: "udp" | "tcp";
  caller_id: string | null;
  /** Whether it answers; null where it is not asked. */
  alive: boolean | null;
  registration: { state: "not_configured" | "pending" | "registered" | "failed" | "removed"; sip_status: number | null };
}

export interface CallContext {
  call: string;
  caller: string;
  called: string;
  campaign?: string;
  intent?: string;
  slots: { name: string; value: string; confirmed: boolean }[];
  transcript: { at_ms: number; by_caller: boolean; text: string }[];
  whisper?: string;
  waited_ms: number;
  history: string[];
}

export interface AgentRow {
  agent: string;
  name: string;
  state: string;
  call: string | null;
  since: string;
}

export interface QueueRow {
  queue: string;
  waiting: { call: string; position: number; since: string; offered_to: string | null }[];
  ready: number;
  present: number;
}

export interface CampaignSettings {
  name: string;
  flow: string;
  trunk: string;
  caller_id: string;
  region?: string;
  attempts_per_second?: number;
  at_once?: number;
  ring_time?: string;
  calling_hours?: Record<string, string>;
  budget?: { per_day?: number; min_gap?: string; total?: number };
  retry?: Record<string, string>;
}

export interface CampaignRow {
  campaign: string;
  state: string;
  settings: CampaignSettings;
  created_at: string;
  state_at: string;
  progress: {
    leads: Record<string, number>;
    outcomes: Record<string, number>;
    refused_rows: number;
    attempts: number;
    open_attempts: number;
  };
}

export interface ListRow {
  list: string;
  name: string;
  uploaded_at: string;
  completed_at: string | null;
  accepted: number;
  refused: number;
}

export interface RefusedRow {
  /** The line of the file, from 1. */
  line: number;
  reason: string;
  explanation: string;
  /** The number as it was written. */
  written: string;
}

export interface Uploaded {
  list: ListRow;
  /** The first hundred. */
  refused: RefusedRow[];
}

export interface DoNotCallRow {
  number: string;
  reason: string;
  source: string;
  added_at: string;
}

/** An event of a call, as `GET /api/v1/calls/{call}/events` lists it. */
export interface CallEvent {
  call: string;
  /** 1, 2, 3 ... within the call, without gaps. */
  number: number;
  /** Milliseconds since the call began. */
  at_ms: number;
  type: string;
  [field: string]: unknown;
}

export interface StoredEvent extends CallEvent {
  kind: "event";
  /** Grows over all calls, with gaps. */
  sequence: number;
}

export interface CampaignNews {
  kind: "campaign";
  campaign: string;
  state: string;
  dialling: number;
  ringing: number;
  answered: number;
}

/** A message of the event stream. */
export type Message =
  | StoredEvent
  | { kind: "partial"; call: string; text: string }
  | { kind: "context"; context: CallContext }
  | { kind: "agent"; agent: AgentRow }
  | CampaignNews;
