import { useSyncExternalStore } from "react";
import { serverAhead } from "./api";

/** The server's time in ms since 1970, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(watch, read);
}

function watch(ticked: () => void): () => void {
  const timer = window.setInterval(ticked, 1000);
  return () => window.clearInterval(timer);
}

function read(): number {
  return Math.floor((Date.now() + serverAhead()) / 1000) * 1000;
}
