import { useFeedState } from "../feed/FeedContext";
import { justEnded } from "../feed/fold";
import { inWords, useTexts } from "../texts";
import { span } from "../time";
import { callName } from "./callName";
import { Link } from "./Link";

export function JustEnded() {
  const t = useTexts();
  const { picture } = useFeedState();
  const calls = justEnded(picture);
  return calls.length === 0 ? null : (
    <section aria-labelledby="ended">
      <h2 id="ended">{t.justEnded}</h2>
      <ul className="lines">
        {calls.map((call) => (
          <li key={call.call}>
            <Link to={`/calls/${call.call}`}>{callName(call, t)}</Link>
            <span className="state">{inWords(t.dispositions, call.disposition) || t.stages.ended}</span>
            {call.endedAt !== undefined && <span className="elapsed">{span(call.endedAt - call.startedAt)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
