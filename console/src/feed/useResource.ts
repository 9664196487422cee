import { useCallback, useEffect, useRef, useState } from "react";
import { get, NeedsToken, wordsOf } from "../api";
import type { Message } from "../model";
import { useFeed, useFeedState } from "./FeedContext";

export interface Resource<T> {
  /** What the API answered last; kept while it is asked again. */
  value: T | undefined;
  problem: string | undefined;
  reload: () => void;
}

/**
 * Something of the API. It is asked for again when the stream brings a message that `changes` it, and when the
 * connection is back. Give `changes` as a function that stays the same.
 */
export function useResource<T>(path: string | undefined, changes?: (message: Message) => boolean): Resource<T> {
  const feed = useFeed();
  const { connection } = useFeedState();
  const [answer, setAnswer] = useState<{ path: string; value?: T; problem?: string }>();
  const newest = useRef(0);

  const reload = useCallback(() => {
    if (path === undefined) {
      return;
    }
    const turn = ++newest.current;
    get<T>(path).then(
      (value) => {
        if (turn === newest.current) {
          setAnswer({ path, value });
        }
      },
      (error: unknown) => {
        if (error instanceof NeedsToken) {
          feed.askForToken();
        } else if (turn === newest.current) {
          setAnswer((before) => ({ ...(before?.path === path ? before : {}), path, problem: wordsOf(error) }));
        }
      },
    );
  }, [path, feed]);

  useEffect(() => {
    if (connection === "live") {
      reload();
    }
  }, [connection, reload]);

  useEffect(() => {
    if (!changes) {
      return;
    }
    let waiting: number | undefined;
    const stop = feed.listen((message) => {
      if (waiting === undefined && changes(message)) {
        waiting = window.setTimeout(() => {
          waiting = undefined;
          reload();
        }, GATHER);
      }
    });
    return () => {
      stop();
      window.clearTimeout(waiting);
    };
  }, [feed, changes, reload]);

  const current = answer?.path === path ? answer : undefined;
  return { value: current?.value, problem: current?.problem, reload };
}

/** Many messages, one question. */
const GATHER = 400;
