import type { FormEvent } from "react";
import { keepToken } from "./api";
import { texts } from "./texts";

export function TokenForm({ retry }: { retry: () => void }) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    keepToken(String(new FormData(event.currentTarget).get("token") ?? ""));
    retry();
  };
  return (
    <form onSubmit={submit}>
      <p>{texts.needsToken}</p>
      <label>
        {texts.token} <input name="token" type="password" required autoComplete="current-password" />
      </label>
      <button type="submit">{texts.open}</button>
    </form>
  );
}
