import { useState } from "react";
import { getPart, wordsOf } from "../api";
import type { CallRow } from "../model";
import { useTexts } from "../texts";
import { Problem } from "./Problem";

/** Plays the recording of an ended call. The browser asks for the parts that are listened to. */
export function Recording({ row }: { row: CallRow }) {
  const t = useTexts();
  const [problem, setProblem] = useState<string>();

  if (!row.ended_at) {
    return <p className="soft">{t.recordingLater}</p>;
  }
  if (!row.recording) {
    return <p className="soft">{t.noRecording}</p>;
  }
  const path = `/api/v1/calls/${row.call}/recording`;
  // The player does not tell why; the server does.
  const ask = (): void => {
    getPart(path).catch((error: unknown) => setProblem(wordsOf(error)));
  };
  return (
    <>
      <p className="soft">{t.recordingHint}</p>
      <Problem message={problem} />
      {!problem && <audio controls preload="metadata" src={path} onError={ask} aria-label={t.recording} />}
      <p className="buttons">
        <a href={path} download={row.recording}>
          {t.saveRecording}
        </a>
      </p>
    </>
  );
}
