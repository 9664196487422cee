import { useFeedState } from "../feed/FeedContext";
import { inProgress } from "../feed/fold";
import { fill, useTexts } from "../texts";
import { CallCard } from "./CallCard";

export function CallsInProgress() {
  const t = useTexts();
  const { picture } = useFeedState();
  const calls = inProgress(picture);
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">
        {t.callsInProgress} <span className="count">{calls.length}</span>
      </h2>
      {calls.length === 0 && <p className="soft">{t.noCalls}</p>}
      <ul className="cards">
        {calls.slice(0, MOST_CARDS).map((call) => (
          <li key={call.call}>
            <CallCard call={call} />
          </li>
        ))}
      </ul>
      {calls.length > MOST_CARDS && <p>{fill(t.moreCalls, { n: calls.length - MOST_CARDS })}</p>}
    </section>
  );
}

const MOST_CARDS = 40;
