// The API of the server that served this page.

export class NeedsToken extends Error {}

export async function get<T>(path: string): Promise<T> {
  return answer<T>(await fetch(path));
}

export async function post(path: string): Promise<unknown> {
  return answer<unknown>(await fetch(path, { method: "POST" }));
}

/** Kept for this browser session; the server takes it from the cookie, for the event stream as well. */
export function keepToken(token: string): void {
  document.cookie = `callwright_token=${encodeURIComponent(token)}; path=/; SameSite=Strict`;
}

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 401) {
    throw new NeedsToken();
  }
  const body = await response.text();
  if (!response.ok) {
    throw new Error(message(body) ?? `${response.status} ${response.statusText}`);
  }
  return (body ? JSON.parse(body) : undefined) as T;
}

function message(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
