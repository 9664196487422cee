// What is looked at is in the address, so that it survives a reload and can be sent to somebody.

import { useSyncExternalStore } from "react";

export type Route =
  | { page: "overview" }
  | { page: "calls"; number: string; disposition: string; campaign: string; before: string }
  | { page: "call"; call: string }
  | { page: "campaigns" }
  | { page: "new_campaign" }
  | { page: "campaign"; campaign: string; list: string }
  | { page: "do_not_call" }
  | { page: "nowhere" };

export function readRoute(path: string, search: string): Route {
  const query = new URLSearchParams(search);
  const asked = (name: string): string => query.get(name) ?? "";
  const [first = "", second = "", ...rest] = path.split("/").slice(1).map(decoded);
  if (rest.length > 0) {
    return { page: "nowhere" };
  }
  switch (first) {
    case "":
      return { page: "overview" };
    case "calls":
      return second
        ? { page: "call", call: second }
        : { page: "calls", number: asked("number"), disposition: asked("disposition"), campaign: asked("campaign"), before: asked("before") };
    case "campaigns":
      if (second === "new") {
        return { page: "new_campaign" };
      }
      return second ? { page: "campaign", campaign: second, list: asked("list") } : { page: "campaigns" };
    case "do-not-call":
      return second ? { page: "nowhere" } : { page: "do_not_call" };
    default:
      return { page: "nowhere" };
  }
}

/** An address with a query; empty values are left out. */
export function address(path: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export function go(to: string): void {
  history.pushState(null, "", to);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

export function useRoute(): Route {
  const here = useSyncExternalStore(watchAddress, readAddress);
  const [path = "/", search = ""] = here.split("?");
  return readRoute(path, search);
}

function watchAddress(changed: () => void): () => void {
  window.addEventListener("popstate", changed);
  return () => window.removeEventListener("popstate", changed);
}

function readAddress(): string {
  return location.pathname + location.search;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
