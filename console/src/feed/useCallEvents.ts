import { useEffect, useState } from "react";
import { get, wordsOf } from "../api";
import type { CallEvent } from "../model";
import { useFeed, useFeedState } from "./FeedContext";

/** All events of a call, followed as they come. Give the component that uses it the call as its key. */
export function useCallEvents(call: string): { events: CallEvent[]; problem: string | undefined } {
  const feed = useFeed();
  const { connection } = useFeedState();
  const [events, setEvents] = useState<CallEvent[]>([]);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (connection !== "live") {
      return;
    }
    let gone = false;
    let asking = false;
    let again = false;
    let last = 0;

    // What the stream brings is asked for, so that there is one order and no gap.
    const ask = async (): Promise<void> => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      do {
        again = false;
        try {
          const more = await get<CallEvent[]>(`/api/v1/calls/${encodeURIComponent(call)}/events?after=${last}`);
          if (gone) {
            return;
          }
          const after = last;
          last = more.at(-1)?.number ?? last;
          setEvents((before) => [...before.filter((event) => event.number <= after), ...more]);
          setProblem(undefined);
        } catch (error) {
          setProblem(wordsOf(error));
        }
      } while (again && !gone);
      asking = false;
    };

    void ask();
    const stop = feed.listen((message) => {
      if (message.kind === "event" && message.call === call && message.number > last) {
        void ask();
      }
    });
    return () => {
      gone = true;
      stop();
    };
  }, [call, connection, feed]);

  return { events, problem };
}
