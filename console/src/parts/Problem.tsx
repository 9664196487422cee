import { fill, useTexts } from "../texts";

/** What went wrong, in the server's words. */
export function Problem({ message }: { message: string | undefined }) {
  const t = useTexts();
  return message ? (
    <p role="alert" className="note bad">
      {fill(t.problem, { message })}
    </p>
  ) : null;
}
