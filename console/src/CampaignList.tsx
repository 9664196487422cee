import { useCallback, useEffect, useState } from "react";
import { get, post } from "./api";
import type { CampaignRow } from "./model";
import { texts } from "./texts";

export function CampaignList({ live }: { live: boolean }) {
  const [campaigns, setCampaigns] = useState<CampaignRow[]>([]);
  const [problem, setProblem] = useState<string>();

  const load = useCallback(async () => {
    try {
      setCampaigns(await get<CampaignRow[]>("/api/v1/campaigns"));
    } catch (error) {
      setProblem(String(error));
    }
  }, []);

  useEffect(() => {
    if (!live) {
      return;
    }
    const first = window.setTimeout(load, 0);
    const timer = window.setInterval(load, REFRESH_EVERY);
    return () => {
      window.clearTimeout(first);
      window.clearInterval(timer);
    };
  }, [live, load]);

  const order = async (campaign: CampaignRow, what: string): Promise<void> => {
    if (what === "stop" && !window.confirm(texts.reallyStop)) {
      return;
    }
    setProblem(undefined);
    try {
      await post(`/api/v1/campaigns/${campaign.campaign}/${what}`);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    await load();
  };

  return (
    <section aria-labelledby="campaigns">
      <h2 id="campaigns">{texts.campaigns}</h2>
      {problem && <p role="alert">{problem}</p>}
      {campaigns.length === 0 && <p>{texts.noCampaigns}</p>}
      {campaigns.map((campaign) => (
        <Campaign key={campaign.campaign} campaign={campaign} order={(what) => void order(campaign, what)} />
      ))}
    </section>
  );
}

function Campaign({ campaign, order }: { campaign: CampaignRow; order: (what: string) => void }) {
  const { leads, outcomes } = campaign.progress;
  const all = Object.values(leads).reduce((sum, count) => sum + count, 0);
  const done = all - (leads.waiting ?? 0) - (leads.reserved ?? 0);
  const name = campaign.settings.name;
  return (
    <article aria-label={name}>
      <header>
        <strong>{name}</strong>
        <span className="stage">{campaign.state}</span>
      </header>
      <progress max={Math.max(all, 1)} value={done} aria-label={name} />
      <p className="facts">
        {done} {texts.of} {all} {texts.done}
        {Object.entries(outcomes).map(([outcome, count]) => ` · ${outcome} ${count}`)}
      </p>
      <p>
        {ORDERS[campaign.state]?.map((what) => (
          <button key={what} type="button" onClick={() => order(what)}>
            {texts[what]}
          </button>
        ))}
        <a href={`/api/v1/campaigns/${campaign.campaign}/results.csv`}>{texts.results}</a>
      </p>
    </article>
  );
}

const ORDERS: Record<string, ("start" | "pause" | "resume" | "stop")[]> = {
  draft: ["start"],
  running: ["pause", "stop"],
  paused: ["resume", "stop"],
  stopped: ["start"],
  finished: ["start"],
};

const REFRESH_EVERY = 2_000;
