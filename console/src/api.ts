// The API of the server that served this page.

export class NeedsToken extends Error {}

/** What the server answered, in its words. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function get<T>(path: string): Promise<T> {
  return answer<T>(await fetch(path));
}

export async function post<T = unknown>(path: string, body?: unknown): Promise<T> {
  return answer<T>(
    await fetch(path, {
      method: "POST",
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    }),
  );
}

export async function remove(path: string): Promise<void> {
  await answer(await fetch(path, { method: "DELETE" }));
}

/** Asks for the first byte of a file, to hear whether it can be had. */
export async function getPart(path: string): Promise<void> {
  const response = await fetch(path, { headers: { range: "bytes=0-0" } });
  if (!response.ok) {
    await answer(response);
  }
}

/** Sends a file; `sent` hears how much of it has gone, 0 to 1, which `fetch` cannot tell. */
export function upload<T>(path: string, file: File, sent: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("content-type", "text/csv");
    request.upload.onprogress = (progress) => sent(progress.total > 0 ? progress.loaded / progress.total : 0);
    request.onerror = () => reject(new Error(request.statusText));
    request.onload = () => {
      answer<T>(new Response(request.responseText, { status: request.status, statusText: request.statusText })).then(resolve, reject);
    };
    request.send(file);
  });
}

/** Whether a token can be kept in a cookie as it is. */
export function isToken(text: string): boolean {
  return /^[\x21-\x3a\x3c-\x7e]+$/.test(text);
}

/** Kept for this browser session; the server takes it from the cookie, for the event stream as well. */
export function keepToken(token: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `callwright_token=${token}; path=/; SameSite=Strict${secure}`;
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** By how much the server's clock is ahead of this machine's, in ms. Known to the second. */
export function serverAhead(): number {
  return ahead;
}

let ahead = 0;

async function answer<T>(response: Response): Promise<T> {
  const date = Date.parse(response.headers.get("date") ?? "");
  if (!Number.isNaN(date)) {
    const difference = date - Date.now();
    ahead = Math.abs(difference) < SAME_CLOCK ? 0 : difference;
  }
  if (response.status === 401) {
    throw new NeedsToken();
  }
  const body = await response.text();
  if (!response.ok) {
    throw new Refused(response.status, message(body) || `${response.status} ${response.statusText}`);
  }
  return (body ? JSON.parse(body) : undefined) as T;
}

function message(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? "";
  } catch {
    // A request that could not be read at all is answered in plain text.
    return body.length < 500 ? body : "";
  }
}

const SAME_CLOCK = 3_000;
