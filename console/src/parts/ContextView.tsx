import type { CallContext } from "../model";
import { useTexts } from "../texts";
import { span } from "../time";
import { FactList } from "./FactList";

/** What the agent was told of a call. */
export function ContextView({ context }: { context: CallContext }) {
  const t = useTexts();
  return (
    <>
      <FactList
        facts={[
          [t.whisper, context.whisper],
          [t.intent, context.intent],
          [t.campaign, context.campaign],
          [t.waitedInQueue, span(context.waited_ms)],
        ]}
      />
      {context.slots.length > 0 && (
        <>
          <h3>{t.slots}</h3>
          <FactList facts={context.slots.map((slot) => [slot.name, slot.confirmed ? `${slot.value} (${t.confirmed})` : slot.value])} />
        </>
      )}
      {context.history.length > 0 && (
        <>
          <h3>{t.history}</h3>
          <ul>
            {context.history.map((line, place) => (
              <li key={place}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
