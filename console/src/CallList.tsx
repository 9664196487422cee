import type { LiveCall } from "./fold";
import { texts } from "./texts";

export function CallList({ calls }: { calls: LiveCall[] }) {
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">{texts.calls}</h2>
      {calls.length === 0 && <p>{texts.noCalls}</p>}
      <ul className="calls">
        {calls.map((call) => (
          <li key={call.call}>
            <CallCard call={call} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function CallCard({ call }: { call: LiveCall }) {
  const name = call.outbound ? `→ ${call.caller}` : `${call.caller} → ${call.called}`;
  return (
    <article className={call.stage === "ended" ? "ended" : undefined} aria-label={name}>
      <header>
        <strong>{name}</strong>
        <span className="stage">{call.outcome ?? call.stage}</span>
        <time dateTime={new Date(call.startedAt).toISOString()}>{new Date(call.startedAt).toLocaleTimeString()}</time>
      </header>
      <p className="facts">
        {call.flow}
        {call.node && ` · ${call.node}`}
        {call.intent && ` · ${call.intent}`}
        {call.agent && ` · ${call.agent}`}
      </p>
      <ol className="transcript">
        {call.lines.map((line, number) => (
          <li key={number} className={line.byCaller ? "caller" : "system"}>
            {line.text}
            {line.certainty !== undefined && <small> {line.certainty} %</small>}
          </li>
        ))}
        {call.partial && <li className="caller partial">{call.partial}</li>}
      </ol>
    </article>
  );
}
