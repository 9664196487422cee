import { useMemo } from "react";
import { post } from "../api";
import { fromRow, withEvent, type ShownCall } from "../feed/call";
import { useFeedState } from "../feed/FeedContext";
import { useCallEvents } from "../feed/useCallEvents";
import { useResource } from "../feed/useResource";
import type { CallContext, CallRow, Message } from "../model";
import { CallFacts } from "../parts/CallFacts";
import { callName } from "../parts/callName";
import { ConfirmButton } from "../parts/ConfirmButton";
import { ContextView } from "../parts/ContextView";
import { Elapsed } from "../parts/Elapsed";
import { EventTable } from "../parts/EventTable";
import { Heading } from "../parts/Heading";
import { Problem } from "../parts/Problem";
import { Recording } from "../parts/Recording";
import { Transcript } from "../parts/Transcript";
import { inWords, useTexts } from "../texts";

/** Everything that is known of one call, as it happens or afterwards. */
export function CallPage({ id }: { id: string }) {
  const t = useTexts();
  const { picture } = useFeedState();
  const path = `/api/v1/calls/${encodeURIComponent(id)}`;
  const changes = useMemo(() => changesOf(id), [id]);
  const { value: row, problem } = useResource<CallRow>(path, changes);
  const { events, problem: eventsProblem } = useCallEvents(id);
  const offered = events.some((event) => event.type === "agent_offered");
  const { value: context } = useResource<CallContext>(offered ? `${path}/context` : undefined, changes);

  if (!row) {
    return (
      <>
        <Heading>{t.call}</Heading>
        {problem ? <Problem message={problem} /> : <p className="soft">{t.loading}</p>}
      </>
    );
  }
  const told: ShownCall = events.reduce(withEvent, fromRow(row));
  const call = { ...told, partial: picture.calls[id]?.partial };
  const goesOn = row.ended_at === null;
  return (
    <>
      <Heading>{callName(call, t)}</Heading>
      <p className="buttons">
        <span className={`state ${call.stage}`}>
          {goesOn ? inWords(t.stages, call.stage) : inWords(t.dispositions, row.disposition)}
        </span>
        {goesOn && <Elapsed since={row.started_at} />}
        {goesOn && (
          <ConfirmButton
            label={t.endCall}
            question={t.reallyEnd}
            consequence={t.endMeans}
            // Whether it ended is told by the stream.
            confirmed={() => void post(`${path}/end`).catch(() => {})}
          />
        )}
      </p>
      <div className="columns">
        <div>
          <section aria-labelledby="conversation">
            <h2 id="conversation">{t.transcript}</h2>
            <Transcript call={call} times />
          </section>
          <section aria-labelledby="recording">
            <h2 id="recording">{t.recording}</h2>
            <Recording row={row} />
          </section>
        </div>
        <div>
          <CallFacts row={row} />
          <section aria-labelledby="context">
            <h2 id="context">{t.context}</h2>
            {context ? <ContextView context={context} /> : <p className="soft">{t.noContext}</p>}
          </section>
        </div>
      </div>
      <section aria-labelledby="events">
        <h2 id="events">{t.events}</h2>
        <Problem message={eventsProblem} />
        <EventTable events={events} />
      </section>
    </>
  );
}

/** What changes the record or the context of a call. */
function changesOf(id: string): (message: Message) => boolean {
  return (message) =>
    (message.kind === "event" && message.call === id && RECORD_EVENTS.has(message.type)) ||
    (message.kind === "context" && message.context.call === id);
}

const RECORD_EVENTS = new Set(["answered", "bridged", "disposition_set", "ended"]);
