import type { CallRow } from "../model";
import { inWords, languages, useWording } from "../texts";
import { dateTime, span } from "../time";
import { FactList } from "./FactList";
import { Link } from "./Link";

export function CallFacts({ row }: { row: CallRow }) {
  const { t, language } = useWording();
  const time = (at: string | null) => at && <time dateTime={at}>{dateTime(at, languages[language].tag)}</time>;
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">{t.details}</h2>
      <FactList
        facts={[
          [t.person, <Link to={`/calls?number=${encodeURIComponent(row.caller)}`}>{row.caller}</Link>],
          [t.ourNumber, row.called],
          [t.began, time(row.started_at)],
          [t.answeredAt, row.answered_at ? time(row.answered_at) : t.notAnswered],
          [t.ended, row.ended_at ? time(row.ended_at) : t.inProgress],
          [t.length, row.ended_at && span(Date.parse(row.ended_at) - Date.parse(row.started_at))],
          [t.outcome, inWords(t.dispositions, row.disposition)],
          [t.endedBy, inWords(t.parties, row.ended_by)],
          [t.cause, inWords(t.causes, row.cause)],
          [t.sipStatus, row.sip_status],
          [t.sipCallId, row.sip_call_id],
          [t.flow, row.flow],
          [t.campaign, row.campaign && <Link to={`/campaigns/${row.campaign}`}>{t.campaign}</Link>],
          [t.intent, row.intent],
          [t.agent, row.agent],
          [t.waitedInQueue, row.queue_wait_ms !== null && span(row.queue_wait_ms)],
        ]}
      />
    </section>
  );
}
