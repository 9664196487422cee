import { useResource } from "../feed/useResource";
import { languages, useWording } from "../texts";
import { dateTime } from "../time";
import { Problem } from "./Problem";
import { WideTable } from "./WideTable";

interface Attempt {
  attempt: string;
  number: string;
  reserved_at: string;
}

/** Attempts whose outcome nobody knows; nothing where there are none. */
export function Unresolved({ path }: { path: string }) {
  const { t, language } = useWording();
  const { value: attempts, problem } = useResource<Attempt[]>(`${path}/unresolved`);
  if (problem) {
    return <Problem message={problem} />;
  }
  return attempts === undefined || attempts.length === 0 ? null : (
    <section aria-labelledby="unresolved">
      <h2 id="unresolved">{t.unresolved}</h2>
      <p className="soft">{t.unresolvedHint}</p>
      <WideTable label={t.unresolved}>
        <thead>
          <tr>
            <th scope="col">{t.number}</th>
            <th scope="col">{t.when}</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={attempt.attempt}>
              <th scope="row">{attempt.number}</th>
              <td>{dateTime(attempt.reserved_at, languages[language].tag)}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}
