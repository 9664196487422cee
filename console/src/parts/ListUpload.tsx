import { useState, type FormEvent } from "react";
import { upload, wordsOf } from "../api";
import type { Uploaded } from "../model";
import { address } from "../route";
import { fill, useTexts } from "../texts";
import { Field } from "./Field";
import { Link } from "./Link";
import { Problem } from "./Problem";
import { RefusedTable } from "./RefusedTable";

type Stage =
  | { is: "choosing" }
  | { is: "sending"; part: number }
  | { is: "refused"; message: string }
  | { is: "taken"; answer: Uploaded };

/** Uploads a CSV to a campaign, shows how far it is, and what was refused. */
export function ListUpload({ campaign, uploaded }: { campaign: string; uploaded: () => void }) {
  const t = useTexts();
  const [stage, setStage] = useState<Stage>({ is: "choosing" });
  const sending = stage.is === "sending";

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const file = fields.get("file");
    if (!(file instanceof File)) {
      return;
    }
    const query = { name: file.name, number_column: String(fields.get("number_column") ?? "").trim() };
    setStage({ is: "sending", part: 0 });
    try {
      const path = address(`/api/v1/campaigns/${campaign}/lists`, query);
      const answer = await upload<Uploaded>(path, file, (part) => setStage({ is: "sending", part }));
      setStage({ is: "taken", answer });
      form.reset();
    } catch (error) {
      setStage({ is: "refused", message: wordsOf(error) });
    }
    uploaded();
  };

  return (
    <>
      <form onSubmit={(event) => void submit(event)} className="fields">
        <Field label={t.file} hint={t.uploadHint} name="file" type="file" accept=".csv,.txt,text/csv" required disabled={sending} />
        <Field label={t.numberColumn} name="number_column" autoComplete="off" disabled={sending} />
        <p>
          <button type="submit" disabled={sending}>
            {t.upload}
          </button>
        </p>
      </form>
      <div role="status">
        {stage.is === "sending" && <Sending part={stage.part} />}
        {stage.is === "taken" && (
          <p className="note good">{fill(t.uploaded, { accepted: stage.answer.list.accepted, refused: stage.answer.list.refused })}</p>
        )}
      </div>
      {stage.is === "refused" && <Problem message={stage.message} />}
      {stage.is === "taken" && stage.answer.refused.length > 0 && (
        <>
          <RefusedTable rows={stage.answer.refused} label={fill(t.refusedOf, { list: stage.answer.list.name })} />
          {stage.answer.refused.length < stage.answer.list.refused && (
            <p>
              <Link to={address(`/campaigns/${campaign}`, { list: stage.answer.list.list })}>
                {fill(t.showRefused, { list: stage.answer.list.name })}
              </Link>
            </p>
          )}
        </>
      )}
    </>
  );
}

function Sending({ part }: { part: number }) {
  const t = useTexts();
  return part < 1 ? (
    <label>
      {fill(t.sending, { percent: Math.floor(part * 100) })} <progress max={1} value={part} />
    </label>
  ) : (
    <p>{t.reading}</p>
  );
}
