// A mock of the server's API for the page test and for looking at the pages: it keeps everything in memory and does what
// it is told. Shapes and statuses are those of docs/api.md.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { idAt } from "./story.mjs";

const DIST = new URL("../dist/", import.meta.url);
const POLICY =
  "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const TYPES = { svg: "image/svg+xml", html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css" };

export class Mock {
  calls = new Map();
  events = [];
  contexts = new Map();
  agents = [
    { agent: "alice", name: "Alice", state: "ready", call: null, since: new Date(Date.now() - 90_000).toISOString() },
    { agent: "bob", name: "Bob", state: "signed_out", call: null, since: new Date(Date.now() - 86_400_000).toISOString() },
  ];
  queues = [{ queue: "service", waiting: [], ready: 1, present: 1 }];
  campaigns = [];
  doNotCall = [];
  token = undefined;
  /** While true, nobody is answered, as if the server were gone. */
  gone = false;
  #sequence = 0;
  #ids = 0;
  #sockets = new Set();

  async listen(port = 0) {
    this.http = createServer((request, response) => void this.#answer(request, response));
    const streams = new WebSocketServer({ noServer: true });
    this.http.on("upgrade", (request, socket, head) => {
      if (this.gone || !this.#lets(request)) {
        socket.destroy();
        return;
      }
      streams.handleUpgrade(request, socket, head, (stream) => this.#subscribe(stream, new URL(request.url, "http://mock")));
    });
    await new Promise((listening) => this.http.listen(port, "127.0.0.1", listening));
    return `http://127.0.0.1:${this.http.address().port}`;
  }

  close() {
    this.cut();
    this.http.closeAllConnections();
    this.http.close();
  }

  /** Breaks every stream. */
  cut() {
    this.#sockets.forEach((socket) => socket.terminate());
  }

  newId(ms = Date.now()) {
    this.#ids += 1;
    return idAt(ms, this.#ids);
  }

  /** A call that begins `ago` ms before now. */
  begin(events, ago = 0) {
    const startedAt = Date.now() - ago;
    const call = this.newId(startedAt);
    const { outbound, caller, called, flow, campaign } = events[0][2];
    this.calls.set(call, {
      call, project: 1, server: "mock", direction: outbound ? "outbound" : "inbound", caller, called, flow, flow_hash: "7f83",
      seed: "1", campaign: campaign ?? null, attempt: null, started_at: new Date(startedAt).toISOString(), answered_at: null, ended_at: null,
      ended_by: null, cause: null, sip_status: null, disposition: null, agent: null, queue_wait_ms: null, intent: null, recording: null, sip_call_id: `${call}@mock`,
    });
    this.tell(call, events);
    return call;
  }

  /** Stores events of a call and sends them to every subscriber. */
  tell(call, events) {
    const record = this.calls.get(call);
    for (const [at_ms, type, fields = {}] of events) {
      const number = this.events.filter((event) => event.call === call).length + 1;
      const at = new Date(Date.parse(record.started_at) + at_ms).toISOString();
      if (type === "answered") record.answered_at = at;
      if (type === "intent_found") record.intent = fields.intent;
      if (type === "agent_accepted") Object.assign(record, { agent: fields.agent, queue_wait_ms: fields.waited_ms });
      if (type === "ended") {
        Object.assign(record, { ended_at: at, ended_by: fields.by, cause: fields.cause, disposition: fields.disposition });
      }
      this.#sequence += 2;
      const event = { sequence: this.#sequence, project: 1, call, number, at_ms, type, ...fields };
      this.events.push(event);
      this.show({ kind: "event", ...event });
    }
  }

  /** Sends a message to every subscriber. */
  show(message) {
    const text = JSON.stringify(message);
    this.#sockets.forEach((socket) => socket.send(text));
  }

  setAgent(agent, state, call = null) {
    const row = this.agents.find((known) => known.agent === agent);
    Object.assign(row, { state, call, since: new Date().toISOString() });
    this.show({ kind: "agent", agent: row });
  }

  addCampaign(settings, state = "draft") {
    const now = new Date().toISOString();
    const progress = { leads: {}, outcomes: {}, refused_rows: 0, attempts: 0, open_attempts: 0 };
    const campaign = { campaign: this.newId(), project: 1, state, settings, created_at: now, state_at: now, progress, lists: [] };
    this.campaigns.unshift(campaign);
    return campaign;
  }

  showCampaign({ campaign, state }) {
    this.show({ kind: "campaign", campaign, state, dialling: 1, ringing: 2, answered: 1, unfinished: 4, dialled: 4, outcomes: {} });
  }

  #subscribe(socket, url) {
    const after = url.searchParams.get("after");
    const missed = after === null ? [] : this.events.filter((event) => event.sequence > Number(after));
    missed.forEach((event) => socket.send(JSON.stringify({ kind: "event", ...event })));
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #lets(request) {
    return !this.token || (request.headers.cookie ?? "").split("; ").includes(`callwright_token=${this.token}`);
  }

  async #answer(request, response) {
    if (this.gone) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url, "http://mock");
    const body = await read(request);
    if (!url.pathname.startsWith("/api/")) {
      await page(url.pathname, response);
      return;
    }
    const [status, answer] = this.#lets(request)
      ? this.#api(request.method, url, body)
      : [401, { error: "unauthorized", message: "send the configured token" }];
    if (Buffer.isBuffer(answer)) {
      response.writeHead(status, { "content-type": "audio/wav" }).end(answer);
    } else {
      response.writeHead(status, { "content-type": "application/json" }).end(answer === undefined ? "" : JSON.stringify(answer));
    }
  }

  #api(method, url, body) {
    const [, , , what, id, part, list] = url.pathname.split("/").map(decodeURIComponent);
    const query = url.searchParams;
    switch (`${method} ${what}`) {
      case "GET agents":
        return [200, this.agents];
      case "POST agents":
        this.setAgent(id, part === "pause" ? "paused" : "ready");
        return [202];
      case "GET flows": {
        const nodes = [{ node: "welcome", kind: "play" }];
        return [200, [{ flow: "campaign", language: "en", flow_hash: "7f83", numbers: [], queues: ["service"], warnings: [], nodes }]];
      }
      case "GET trunks": {
        const registration = { state: "not_configured", sip_status: null };
        return [200, [{ trunk: "carrier", host: "192.0.2.10", transport: "udp", caller_id: "+12025550100", alive: true, registration }]];
      }
      case "GET queues":
        return [200, this.queues];
      case "GET calls":
        return id ? this.#call(id, part, query) : [200, this.#callPage(query)];
      case "POST calls":
        this.tell(id, [[20_000, "ended", { by: "operator", cause: "normal", disposition: "failed" }]]);
        return [202];
      case "GET campaigns":
        return id ? this.#campaign(id, part, list) : [200, this.campaigns];
      case "POST campaigns":
        return id ? this.#orderCampaign(id, part, body, query) : this.#newCampaign(JSON.parse(body));
      case "GET do-not-call":
        return [200, this.doNotCall.toSorted((a, b) => a.number.localeCompare(b.number))];
      case "POST do-not-call": {
        const { number, reason } = JSON.parse(body);
        if (!/^\+\d{7,15}$/.test(number)) return [422, { error: "unusable", message: "it has no country code" }];
        this.doNotCall.push({ number, reason, source: "api", added_at: new Date().toISOString() });
        return [201];
      }
      case "DELETE do-not-call":
        this.doNotCall = this.doNotCall.filter((row) => row.number !== id);
        return [204];
      default:
        return NOT_FOUND;
    }
  }

  #callPage(query) {
    const asked = (name) => query.get(name);
    const found = [...this.calls.values()]
      .filter((call) => asked("active") === null || (call.ended_at === null) === (asked("active") === "true"))
      .filter((call) => asked("number") === null || [call.caller, call.called].includes(asked("number")))
      .filter((call) => asked("disposition") === null || call.disposition === asked("disposition"))
      .filter((call) => asked("campaign") === null || call.campaign === asked("campaign"))
      .filter((call) => asked("before") === null || call.call < asked("before"))
      .sort((a, b) => (a.call < b.call ? 1 : -1));
    const limit = Number(asked("limit") ?? 50);
    const calls = found.slice(0, limit);
    return { calls, next: found.length > limit ? calls.at(-1).call : null };
  }

  #call(id, part, query) {
    const call = this.calls.get(id);
    if (!call) return NOT_FOUND;
    switch (part) {
      case undefined:
        return [200, call];
      case "events":
        return [200, this.events.filter((event) => event.call === id && event.number > Number(query.get("after")))];
      case "context":
        return this.contexts.has(id) ? [200, { call: id, ...this.contexts.get(id) }] : NOT_FOUND;
      case "recording":
        return call.recording ? [200, wav()] : NOT_FOUND;
      default:
        return NOT_FOUND;
    }
  }

  #campaign(id, part, list) {
    const campaign = this.campaigns.find((known) => known.campaign === id || known.settings.name === id);
    if (!campaign) return NOT_FOUND;
    if (part === undefined) return [200, campaign];
    if (part === "unresolved") return [200, []];
    return [200, list ? campaign.lists.find((known) => known.list === list).rows : campaign.lists];
  }

  #newCampaign(settings) {
    if (settings.flow !== "campaign") return [422, { error: "unusable", message: `flow: there is no flow "${settings.flow}"; there are: campaign` }];
    return [201, this.addCampaign(settings)];
  }

  #orderCampaign(id, order, body, query) {
    const campaign = this.campaigns.find((known) => known.campaign === id);
    if (order === "lists") return [201, this.#upload(campaign, body, query.get("name"))];
    campaign.state = { start: "running", resume: "running", pause: "paused", stop: "stopped" }[order];
    this.showCampaign(campaign);
    return [200, campaign];
  }

  #upload(campaign, body, name) {
    const rows = body.trim().split(/\r?\n/).slice(1).map((row, place) => ({ line: place + 2, written: row.split(",")[0] }));
    const bad = rows.filter((row) => !/^\+\d{7,15}$/.test(row.written));
    const refused = bad.map((row) => ({ ...row, reason: "not_a_number", explanation: "it is not a telephone number" }));
    const now = new Date().toISOString();
    const list = { list: this.newId(), name, uploaded_at: now, completed_at: now, accepted: rows.length - bad.length, refused: bad.length, rows: refused };
    campaign.lists.unshift(list);
    campaign.progress.leads.waiting = (campaign.progress.leads.waiting ?? 0) + list.accepted;
    campaign.progress.refused_rows += bad.length;
    return { list, refused };
  }
}

const NOT_FOUND = [404, { error: "not_found", message: "there is no such thing" }];

async function page(path, response) {
  const name = /\.\w+$/.test(path) ? path.slice(1) : "index.html";
  try {
    const file = await readFile(new URL(name, DIST));
    const type = TYPES[name.split(".").at(-1)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(file);
  } catch {
    response.writeHead(404).end("there is no such page\n");
  }
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** A second of silence, stereo, 8 kHz. */
function wav() {
  const sound = Buffer.alloc(32_000);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + sound.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(sound.length, 40);
  return Buffer.concat([head, sound]);
}
