// Follows the event stream and holds the picture. A stream that breaks is taken up where it broke.

import { get, NeedsToken } from "../api";
import type { AgentRow, CallEvent, CallPage, Message } from "../model";
import { foldAgents, foldCalls, foldEvents, foldMessage, forgetBehind, nothing, type Picture } from "./fold";

export type Connection = "connecting" | "live" | "lost" | "needs_token";

export interface FeedState {
  picture: Picture;
  connection: Connection;
}

export class Feed {
  private state: FeedState = { picture: nothing, connection: "connecting" };
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<(message: Message) => void>();
  private received: Message[] = [];
  private flushing: number | undefined;
  private socket: WebSocket | undefined;
  private retrying: number | undefined;
  private pause = FIRST_PAUSE;
  private readonly asking = new Set<string>();
  /** Changes with each start and stop, so that answers to an earlier one are known. */
  private life = 0;

  start(): void {
    this.life += 1;
    this.connect();
    window.addEventListener("online", this.reconnect);
    window.addEventListener("offline", this.lose);
  }

  stop(): void {
    this.life += 1;
    this.disconnect();
    window.removeEventListener("online", this.reconnect);
    window.removeEventListener("offline", this.lose);
  }

  readonly read = (): FeedState => this.state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Hears every message of the stream, after it was folded in. */
  listen(listener: (message: Message) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tries again at once. */
  readonly reconnect = (): void => {
    this.disconnect();
    this.pause = FIRST_PAUSE;
    this.connect();
  };

  /** Something was answered with 401. */
  askForToken(): void {
    this.disconnect();
    this.set({ connection: "needs_token" });
  }

  private connect(): void {
    void this.follow(this.life).catch((error: unknown) => {
      if (error instanceof NeedsToken) {
        this.askForToken();
      } else {
        this.lose();
      }
    });
  }

  private disconnect(): void {
    window.clearTimeout(this.retrying);
    if (this.socket) {
      this.socket.onopen = this.socket.onclose = this.socket.onmessage = null;
      this.socket.close();
      this.socket = undefined;
    }
  }

  private async follow(life: number): Promise<void> {
    // Tells whether a token is wanted, which a WebSocket cannot.
    await get("/api/v1/queues");
    if (life !== this.life) {
      return;
    }
    this.disconnect();
    const { sequence } = this.state.picture;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/events${sequence > 0 ? `?after=${sequence}` : ""}`);
    this.socket = socket;
    socket.onopen = () => {
      // Only now, so that the stream tells what happens after these lists were made.
      void this.load(life).catch(() => socket.close());
    };
    socket.onmessage = (received: MessageEvent<string>) => this.receive(JSON.parse(received.data) as Message);
    socket.onclose = () => this.lose();
  }

  private async load(life: number): Promise<void> {
    const asked = Object.keys(this.state.picture.calls);
    const [page, agents] = await Promise.all([
      get<CallPage>(`/api/v1/calls?active=true&limit=${MOST_LISTED}`),
      get<AgentRow[]>("/api/v1/agents"),
    ]);
    if (life !== this.life) {
      return;
    }
    const picture = foldCalls(this.state.picture, page.calls, page.next === null ? asked : []);
    this.pause = FIRST_PAUSE;
    this.set({ picture: foldAgents(picture, agents), connection: "live" });
    this.catchUp();
  }

  /** The connection is gone: tries again, less and less often. */
  private readonly lose = (): void => {
    this.disconnect();
    this.set({ connection: "lost" });
    // Not all pages of an office at the same moment.
    this.retrying = window.setTimeout(() => this.connect(), this.pause * (0.5 + Math.random()));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  };

  private receive(message: Message): void {
    this.received.push(message);
    this.flushing ??= window.setTimeout(() => this.flush(), FLUSH_EVERY);
  }

  private flush(): void {
    this.flushing = undefined;
    const messages = this.received;
    this.received = [];
    this.set({ picture: messages.reduce(foldMessage, this.state.picture) });
    this.catchUp();
    for (const message of messages) {
      this.listeners.forEach((listener) => listener(message));
    }
  }

  /** Asks for the events that are missing. */
  private catchUp(): void {
    const { behind } = this.state.picture;
    const wanted = Object.keys(behind).filter((call) => !this.asking.has(call));
    for (const call of wanted.slice(0, MOST_ASKED_AT_ONCE - this.asking.size)) {
      this.asking.add(call);
      void this.ask(call).finally(() => {
        this.asking.delete(call);
        this.catchUp();
      });
    }
  }

  private async ask(call: string): Promise<void> {
    const after = this.state.picture.calls[call]?.number ?? 0;
    try {
      const events = await get<CallEvent[]>(`/api/v1/calls/${call}/events?after=${after}`);
      const picture = foldEvents(this.state.picture, events);
      this.set({ picture: events.length === 0 ? forgetBehind(picture, call) : picture });
    } catch {
      this.set({ picture: forgetBehind(this.state.picture, call) });
    }
  }

  private set(changes: Partial<FeedState>): void {
    this.state = { ...this.state, ...changes };
    this.watchers.forEach((watcher) => watcher());
  }
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
const FLUSH_EVERY = 50;
const MOST_LISTED = 500;
const MOST_ASKED_AT_ONCE = 4;
