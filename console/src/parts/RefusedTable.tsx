import type { RefusedRow } from "../model";
import { useTexts } from "../texts";
import { WideTable } from "./WideTable";

export function RefusedTable({ rows, label }: { rows: RefusedRow[]; label: string }) {
  const t = useTexts();
  return (
    <WideTable label={label}>
      <thead>
        <tr>
          <th scope="col">{t.line}</th>
          <th scope="col">{t.written}</th>
          <th scope="col">{t.reason}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.line}>
            <th scope="row">{row.line}</th>
            <td>{row.written}</td>
            {/* The server's sentence says more, in its language. */}
            <td title={row.explanation}>{reasonOf(row, t.refusals)}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

function reasonOf(row: RefusedRow, names: Record<string, string>): string {
  return names[row.reason] ?? row.explanation;
}
