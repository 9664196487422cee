import type { CampaignRow, Message } from "../model";
import { useResource, type Resource } from "./useResource";

/** Every campaign, newest first. */
export function useCampaigns(): Resource<CampaignRow[]> {
  return useResource<CampaignRow[]>("/api/v1/campaigns", isCampaignNews);
}

export function isCampaignNews(message: Message): boolean {
  return message.kind === "campaign";
}
