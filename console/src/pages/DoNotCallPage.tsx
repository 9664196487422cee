import { useState, type FormEvent } from "react";
import { post, remove, wordsOf } from "../api";
import { useDoNotCall } from "../feed/useDoNotCall";
import type { DoNotCallRow } from "../model";
import { DoNotCallTable } from "../parts/DoNotCallTable";
import { Field } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { Problem } from "../parts/Problem";
import { fill, useTexts } from "../texts";

type Done = { did: "added"; number: string } | { did: "removed"; row: DoNotCallRow };

export function DoNotCallPage() {
  const t = useTexts();
  const list = useDoNotCall();
  const [done, setDone] = useState<Done>();
  const [problem, setProblem] = useState<string>();

  const act = async (what: () => Promise<unknown>, after: Done | undefined): Promise<boolean> => {
    setProblem(undefined);
    try {
      await what();
      setDone(after);
      list.reload();
      return true;
    } catch (error) {
      setProblem(wordsOf(error));
      return false;
    }
  };
  const add = (number: string, reason: string, after: Done | undefined): Promise<boolean> =>
    act(() => post("/api/v1/do-not-call", { number, reason }), after);
  const takeOff = (row: DoNotCallRow): void =>
    void act(() => remove(`/api/v1/do-not-call/${encodeURIComponent(row.number)}`), { did: "removed", row });

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const number = String(fields.get("number") ?? "").trim();
    if (await add(number, String(fields.get("reason") ?? "").trim(), { did: "added", number })) {
      form.reset();
    }
  };

  return (
    <>
      <Heading>{t.doNotCall}</Heading>
      <p>{t.doNotCallHint}</p>
      <form onSubmit={(event) => void submit(event)} className="search" aria-label={t.addNumber}>
        <Field label={t.number} name="number" type="tel" required autoComplete="off" />
        <Field label={t.reason} hint={t.reasonHint} name="reason" autoComplete="off" />
        <button type="submit">{t.add}</button>
      </form>
      <Problem message={problem ?? list.problem} />
      <div role="status">
        {done?.did === "added" && <p className="note good">{fill(t.added, { number: done.number })}</p>}
        {done?.did === "removed" && (
          <p className="note good">
            <span>{fill(t.removed, { number: done.row.number })}</span>
            <button type="button" onClick={() => void add(done.row.number, done.row.reason, undefined)}>
              {t.undo}
            </button>
          </p>
        )}
      </div>
      {!list.rows && !list.problem && <p className="soft">{t.loading}</p>}
      {list.rows && (list.rows.length === 0 ? <p>{t.nobodyListed}</p> : <DoNotCallTable rows={list.rows} remove={takeOff} />)}
      {list.more && (
        <button type="button" onClick={list.more}>
          {t.more}
        </button>
      )}
    </>
  );
}
