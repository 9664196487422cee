// Times and spans in words, in the zone and language of whoever looks.

export function clockTime(at: number | string, tag: string): string {
  return new Date(at).toLocaleTimeString(tag);
}

export function dateTime(at: number | string, tag: string): string {
  return new Date(at).toLocaleString(tag, { dateStyle: "medium", timeStyle: "medium" });
}

/** The time alone for today, else the date as well. */
export function sinceTime(at: number | string, tag: string, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? clockTime(at, tag) : dateTime(at, tag);
}

/** A span as `m:ss` or `h:mm:ss`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A time within a call as `m:ss.t`. */
export function moment(ms: number): string {
  return `${span(ms)}.${Math.floor((ms % 1000) / 100)}`;
}

export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
