import type { Line, ShownCall } from "../feed/call";
import { fill, useTexts } from "../texts";
import { moment } from "../time";

interface Props {
  call: ShownCall;
  /** The most lines to show, the last ones; all if left out. */
  most?: number;
  times?: boolean;
}

/** What was said, as a conversation, with the words that are being said in grey. */
export function Transcript({ call, most, times }: Props) {
  const t = useTexts();
  const left = most === undefined ? 0 : Math.max(0, call.lines.length - most);
  const lines = call.lines.slice(left);
  if (lines.length === 0 && !call.partial) {
    return <p className="soft">{t.nothingSaid}</p>;
  }
  return (
    <>
      {left > 0 && <p className="soft">{fill(t.earlier, { n: left })}</p>}
      <ol className="transcript" aria-label={t.transcript}>
        {lines.map((line, place) => (
          <Said key={left + place} line={line} times={times} />
        ))}
        {call.partial && (
          <li className="caller partial">
            <span className="unseen">{t.callerSays}: </span>
            {call.partial}…
          </li>
        )}
      </ol>
    </>
  );
}

function Said({ line, times }: { line: Line; times: boolean | undefined }) {
  const t = useTexts();
  const speaker = { caller: t.callerSays, system: t.systemSays, whisper: t.whisperSays }[line.who];
  const remarks = [
    line.certainty !== undefined ? fill(t.certain, { n: line.certainty }) : "",
    line.notUnderstood ? t.notUnderstood : "",
    line.interrupted ? t.interrupted : "",
  ].filter(Boolean);
  return (
    <li className={line.who}>
      <span className={line.who === "whisper" ? "soft" : "unseen"}>{speaker}: </span>
      {line.keys ? <kbd aria-label={`${t.keys} ${line.text}`}>{line.text}</kbd> : line.text}
      {remarks.length > 0 && <small> {remarks.join(", ")}</small>}
      {times && <small className="at"> {moment(line.at)}</small>}
    </li>
  );
}
