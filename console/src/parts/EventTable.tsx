import type { CallEvent } from "../model";
import { inWords, useTexts } from "../texts";
import { moment } from "../time";
import { eventDetails } from "./eventDetails";
import { WideTable } from "./WideTable";

export function EventTable({ events }: { events: CallEvent[] }) {
  const t = useTexts();
  return (
    <WideTable label={t.events}>
      <thead>
        <tr>
          <th scope="col">{t.time}</th>
          <th scope="col">{t.event}</th>
          <th scope="col">{t.details}</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.number}>
            <td>{moment(event.at_ms)}</td>
            <th scope="row">{inWords(t.eventTypes, event.type)}</th>
            <td className="details">{eventDetails(event, t)}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
