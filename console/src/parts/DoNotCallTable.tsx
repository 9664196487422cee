import type { DoNotCallRow } from "../model";
import { fill, languages, useWording } from "../texts";
import { dateTime } from "../time";
import { WideTable } from "./WideTable";

export function DoNotCallTable({ rows, remove }: { rows: DoNotCallRow[]; remove: (row: DoNotCallRow) => void }) {
  const { t, language } = useWording();
  return (
    <WideTable label={t.doNotCall}>
      <thead>
        <tr>
          <th scope="col">{t.number}</th>
          <th scope="col">{t.action}</th>
          <th scope="col">{t.reason}</th>
          <th scope="col">{t.source}</th>
          <th scope="col">{t.since}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.number}>
            <th scope="row">{row.number}</th>
            <td>
              <button type="button" aria-label={fill(t.removeNumber, { number: row.number })} onClick={() => remove(row)}>
                {t.remove}
              </button>
            </td>
            <td>{row.reason}</td>
            <td>{row.source}</td>
            <td>
              <time dateTime={row.added_at}>{dateTime(row.added_at, languages[language].tag)}</time>
            </td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
