import { useEffect, useState } from "react";
import { getBlob, wordsOf } from "../api";
import type { CallRow } from "../model";
import { useTexts } from "../texts";
import { Problem } from "./Problem";

/** Plays the recording of an ended call. It is loaded whole, so that one can jump in it. */
export function Recording({ row }: { row: CallRow }) {
  const t = useTexts();
  const [address, setAddress] = useState<string>();
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<string>();

  useEffect(() => () => {
    if (address) {
      URL.revokeObjectURL(address);
    }
  }, [address]);

  if (!row.ended_at) {
    return <p className="soft">{t.recordingLater}</p>;
  }
  if (!row.recording) {
    return <p className="soft">{t.noRecording}</p>;
  }
  const path = `/api/v1/calls/${row.call}/recording`;
  const load = (): void => {
    setLoading(true);
    setProblem(undefined);
    getBlob(path)
      .then((blob) => setAddress(URL.createObjectURL(blob)))
      .catch((error: unknown) => setProblem(wordsOf(error)))
      .finally(() => setLoading(false));
  };
  return (
    <>
      <p className="soft">{t.recordingHint}</p>
      <Problem message={problem} />
      {address && <audio controls autoPlay src={address} aria-label={t.recording} />}
      <p className="buttons">
        {!address && (
          <button type="button" onClick={load} disabled={loading}>
            {loading ? t.loading : t.loadRecording}
          </button>
        )}
        <a href={path} download={row.recording}>
          {t.saveRecording}
        </a>
      </p>
    </>
  );
}
