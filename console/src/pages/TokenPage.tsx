import { useState, type FormEvent } from "react";
import { get, isToken, keepToken, NeedsToken } from "../api";
import { useFeed } from "../feed/FeedContext";
import { Field } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { Problem } from "../parts/Problem";
import { useTexts } from "../texts";

export function TokenPage() {
  const t = useTexts();
  const feed = useFeed();
  const [problem, setProblem] = useState<string>();

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token") ?? "").trim();
    if (!isToken(token)) {
      setProblem(t.badToken);
      return;
    }
    keepToken(token);
    get("/api/v1/queues").then(feed.reconnect, (error: unknown) =>
      error instanceof NeedsToken ? setProblem(t.wrongToken) : feed.reconnect(),
    );
  };

  return (
    <>
      <Heading>{t.needsToken}</Heading>
      <form onSubmit={submit} className="fields">
        <Field label={t.token} hint={t.tokenHint} name="token" type="password" required autoComplete="current-password" />
        <Problem message={problem} />
        <p>
          <button type="submit">{t.open}</button>
        </p>
      </form>
    </>
  );
}
