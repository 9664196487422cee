import { useEffect, useState } from "react";
import { get, wordsOf } from "../api";
import type { ListRow, RefusedRow } from "../model";
import { fill, useTexts } from "../texts";
import { Problem } from "./Problem";
import { RefusedTable } from "./RefusedTable";

/** The refused rows of a list, a thousand at a time. */
export function RefusedRows({ campaign, list }: { campaign: string; list: ListRow }) {
  const t = useTexts();
  const [rows, setRows] = useState<RefusedRow[]>([]);
  const [after, setAfter] = useState(0);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let gone = false;
    get<RefusedRow[]>(`/api/v1/campaigns/${campaign}/lists/${list.list}/refused?after=${after}`).then(
      (page) => !gone && setRows((before) => [...before.filter((row) => row.line <= after), ...page]),
      (error: unknown) => !gone && setProblem(wordsOf(error)),
    );
    return () => {
      gone = true;
    };
  }, [campaign, list.list, after]);

  const last = rows.at(-1);
  return (
    <section aria-labelledby="refused">
      <h2 id="refused">{fill(t.refusedOf, { list: list.name })}</h2>
      <Problem message={problem} />
      <RefusedTable rows={rows} label={fill(t.refusedOf, { list: list.name })} />
      {last && rows.length < list.refused && (
        <button type="button" onClick={() => setAfter(last.line)}>
          {t.more}
        </button>
      )}
    </section>
  );
}
