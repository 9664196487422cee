import { span } from "../time";
import { useNow } from "../useNow";

/** How long something goes on already. `since` in ms since 1970, by the server's clock. */
export function Elapsed({ since }: { since: number | string }) {
  const now = useNow();
  return <span className="elapsed">{span(now - new Date(since).getTime())}</span>;
}
