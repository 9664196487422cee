import { useFeedState } from "../feed/FeedContext";
import { useResource } from "../feed/useResource";
import type { Message, QueueRow } from "../model";
import { fill, useTexts } from "../texts";
import { Elapsed } from "./Elapsed";
import { Link } from "./Link";
import { Problem } from "./Problem";
import { WideTable } from "./WideTable";

export function WaitingCallers() {
  const t = useTexts();
  const { picture } = useFeedState();
  const { value: queues, problem } = useResource<QueueRow[]>("/api/v1/queues", changesQueues);
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">{t.waitingCallers}</h2>
      <Problem message={problem} />
      {queues?.map((queue) => (
        <div key={queue.queue}>
          <h3>
            {queue.queue} <small className="soft">{fill(t.queueFacts, { ready: queue.ready, present: queue.present })}</small>
          </h3>
          {queue.waiting.length === 0 ? (
            <p className="soft">{t.nobodyWaits}</p>
          ) : (
            <WideTable label={`${t.waitingCallers}: ${queue.queue}`}>
              <thead>
                <tr>
                  <th scope="col">{t.position}</th>
                  <th scope="col">{t.caller}</th>
                  <th scope="col">{t.waiting}</th>
                  <th scope="col">{t.ringsAt}</th>
                </tr>
              </thead>
              <tbody>
                {queue.waiting.map((waiting) => (
                  <tr key={waiting.call}>
                    <td>{waiting.position}</td>
                    <th scope="row">
                      <Link to={`/calls/${waiting.call}`}>{picture.calls[waiting.call]?.caller || t.unknownCaller}</Link>
                    </th>
                    <td>
                      <Elapsed since={waiting.since} />
                    </td>
                    <td>{nameOf(picture.agents, waiting.offered_to)}</td>
                  </tr>
                ))}
              </tbody>
            </WideTable>
          )}
        </div>
      ))}
    </section>
  );
}

function nameOf(agents: Record<string, { name: string }>, agent: string | null): string {
  return agent === null ? "" : (agents[agent]?.name ?? agent);
}

function changesQueues(message: Message): boolean {
  return message.kind === "agent" || (message.kind === "event" && QUEUE_EVENTS.has(message.type));
}

const QUEUE_EVENTS = new Set([
  "queued",
  "position_told",
  "agent_offered",
  "offer_failed",
  "agent_accepted",
  "bridged",
  "queue_left",
  "leg_ended",
  "ended",
]);
