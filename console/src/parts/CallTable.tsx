import type { CallRow } from "../model";
import { inWords, languages, useWording } from "../texts";
import { dateTime, span } from "../time";
import { Link } from "./Link";
import { WideTable } from "./WideTable";

export function CallTable({ calls }: { calls: CallRow[] }) {
  const { t, language } = useWording();
  return (
    <WideTable label={t.pastCalls}>
      <thead>
        <tr>
          <th scope="col">{t.when}</th>
          <th scope="col">{t.person}</th>
          <th scope="col">{t.outcome}</th>
          <th scope="col">{t.length}</th>
          <th scope="col">{t.intent}</th>
          <th scope="col">{t.agent}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <tr key={call.call}>
            <td>
              <Link to={`/calls/${call.call}`}>
                <time dateTime={call.started_at}>{dateTime(call.started_at, languages[language].tag)}</time>
              </Link>
            </td>
            <th scope="row">
              <span aria-hidden="true">{call.direction === "outbound" ? "→ " : "← "}</span>
              {call.caller || t.unknownCaller}
            </th>
            <td>{call.ended_at ? inWords(t.dispositions, call.disposition) : t.inProgress}</td>
            <td>{lengthOf(call)}</td>
            <td>{call.intent}</td>
            <td>{call.agent}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

function lengthOf(call: CallRow): string {
  return call.ended_at ? span(Date.parse(call.ended_at) - Date.parse(call.started_at)) : "";
}
