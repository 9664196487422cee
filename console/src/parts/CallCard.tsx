import type { ShownCall } from "../feed/call";
import { inWords, useTexts } from "../texts";
import { callName } from "./callName";
import { Elapsed } from "./Elapsed";
import { Facts } from "./Facts";
import { Link } from "./Link";
import { Transcript } from "./Transcript";

/** A call in progress, as it happens. */
export function CallCard({ call }: { call: ShownCall }) {
  const t = useTexts();
  return (
    <article aria-label={callName(call, t)}>
      <header>
        <h3>
          <Link to={`/calls/${call.call}`}>{callName(call, t)}</Link>
        </h3>
        <span className={`state ${call.stage}`}>{inWords(t.stages, call.stage)}</span>
        <Elapsed since={call.startedAt} />
      </header>
      <Facts
        facts={[
          [t.flow, call.flow],
          [t.node, call.node],
          [t.intent, call.intent],
          [t.agent, call.agent],
        ]}
      />
      <Transcript call={call} most={MOST_LINES} />
    </article>
  );
}

const MOST_LINES = 8;
