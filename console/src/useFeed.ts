// Loads what is, then follows the event stream; a stream that breaks is taken up where it broke.

import { useEffect, useReducer, useState } from "react";
import { get, NeedsToken } from "./api";
import { fold, known, nothing, type Picture } from "./fold";
import type { AgentRow, CallRow, Message, StoredEvent } from "./model";

export type Connection = "connecting" | "live" | "lost" | "needs_token";

type Action = { do: "message"; message: Message } | { do: "calls"; rows: CallRow[] } | { do: "agents"; rows: AgentRow[] };

function reduce(picture: Picture, action: Action): Picture {
  switch (action.do) {
    case "message":
      return fold(picture, action.message, Date.now());
    case "calls":
      return action.rows.reduce(known, picture);
    case "agents":
      return { ...picture, agents: Object.fromEntries(action.rows.map((row) => [row.agent, row])) };
  }
}

export function useFeed(): { picture: Picture; connection: Connection; retry: () => void } {
  const [picture, dispatch] = useReducer(reduce, nothing);
  const [connection, setConnection] = useState<Connection>("connecting");
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let socket: WebSocket | undefined;
    let timer: number | undefined;
    let stopped = false;
    let last = 0;
    let pause = FIRST_PAUSE;

    const follow = (): void => {
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      const from = last > 0 ? `?after=${last}` : "";
      socket = new WebSocket(`${scheme}://${location.host}/api/v1/events${from}`);
      socket.onopen = () => {
        pause = FIRST_PAUSE;
        setConnection("live");
      };
      socket.onmessage = (received: MessageEvent<string>) => {
        const message = JSON.parse(received.data) as Message;
        if (message.kind === "event") {
          last = Math.max(last, message.sequence);
        }
        dispatch({ do: "message", message });
      };
      socket.onclose = () => {
        if (!stopped) {
          setConnection("lost");
          timer = window.setTimeout(begin, pause);
          pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
      };
    };

    /** What was said before the page was opened. */
    const catchUp = async (rows: CallRow[]): Promise<void> => {
      for (const row of rows.slice(0, MOST_CAUGHT_UP)) {
        const events = await get<Omit<StoredEvent, "kind" | "sequence">[]>(`/api/v1/calls/${row.call}/events`);
        for (const event of events) {
          dispatch({ do: "message", message: { ...event, kind: "event", sequence: 0 } as StoredEvent });
        }
      }
    };

    const begin = async (): Promise<void> => {
      try {
        const calls = await get<{ calls: CallRow[] }>("/api/v1/calls?active=true&limit=200");
        const agents = await get<AgentRow[]>("/api/v1/agents");
        if (stopped) {
          return;
        }
        if (last === 0) {
          dispatch({ do: "calls", rows: calls.calls });
        } else {
          calls.calls = [];
        }
        dispatch({ do: "agents", rows: agents });
        follow();
        await catchUp(calls.calls);
      } catch (error) {
        if (stopped) {
          return;
        }
        if (error instanceof NeedsToken) {
          setConnection("needs_token");
        } else {
          setConnection("lost");
          timer = window.setTimeout(begin, pause);
          pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
      }
    };

    void begin();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
      socket?.close();
    };
  }, [attempt]);

  return { picture, connection, retry: () => setAttempt((number) => number + 1) };
}

const MOST_CAUGHT_UP = 50;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
