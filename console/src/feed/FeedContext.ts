import { createContext, useContext, useSyncExternalStore } from "react";
import { Feed, type FeedState } from "./feed";

export const FeedContext = createContext(new Feed());

export function useFeed(): Feed {
  return useContext(FeedContext);
}

export function useFeedState(): FeedState {
  const feed = useFeed();
  return useSyncExternalStore(feed.watch, feed.read);
}
