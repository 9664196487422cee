import { useCallback, useState } from "react";
import { get, wordsOf } from "../api";
import type { DoNotCallRow, Message } from "../model";
import { useResource } from "./useResource";

interface DoNotCall {
  rows: DoNotCallRow[] | undefined;
  problem: string | undefined;
  reload: () => void;
  /** Loads the next thousand; missing where there are no more. */
  more: (() => void) | undefined;
}

/** The do-not-call list, in the order of its numbers, a thousand at a time. */
export function useDoNotCall(): DoNotCall {
  const first = useResource<DoNotCallRow[]>(PATH, asksNotToBeCalled);
  const [further, setFurther] = useState<DoNotCallRow[]>([]);
  const [problem, setProblem] = useState<string>();

  const { reload: reloadFirst } = first;
  const reload = useCallback(() => {
    setFurther([]);
    reloadFirst();
  }, [reloadFirst]);

  const rows = first.value && [...first.value, ...further];
  const last = rows?.at(-1);
  const more = (): void => {
    get<DoNotCallRow[]>(`${PATH}?after=${encodeURIComponent(last?.number ?? "")}`).then(
      (page) => setFurther((before) => [...before, ...page]),
      (error: unknown) => setProblem(wordsOf(error)),
    );
  };
  const full = rows !== undefined && rows.length > 0 && rows.length % PAGE === 0;
  return { rows, problem: first.problem ?? problem, reload, more: full ? more : undefined };
}

function asksNotToBeCalled(message: Message): boolean {
  return message.kind === "event" && message.type === "ended" && message.disposition === "do_not_call";
}

const PATH = "/api/v1/do-not-call";
/** As many as the API gives at once. */
const PAGE = 1000;
