import type { CampaignSettings } from "../model";

/** A campaign's settings as the form holds them. What is left empty takes the server's default. */
export function settingsOf(form: FormData): CampaignSettings {
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const given = (names: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(names).filter(([, value]) => value !== ""));
  return {
    name: text("name"),
    flow: text("flow"),
    trunk: text("trunk"),
    caller_id: text("caller_id"),
    ...(text("region") && { region: text("region").toUpperCase() }),
    attempts_per_second: Number(text("attempts_per_second")),
    at_once: Number(text("at_once")),
    ring_time: `${text("ring_time")}s`,
    calling_hours: given({ every_day: text("every_day"), saturday: text("saturday"), sunday: text("sunday") }),
    budget: { per_day: Number(text("per_day")), total: Number(text("total")), min_gap: text("min_gap") },
    retry: given({ busy: text("retry_busy"), no_answer: text("retry_no_answer") }),
  };
}
