import { useState } from "react";
import { post, wordsOf } from "../api";
import { useFeedState } from "../feed/FeedContext";
import type { CampaignRow } from "../model";
import { fill, inWords, useTexts } from "../texts";
import { CampaignOrders, type Order } from "./CampaignOrders";
import { Link } from "./Link";
import { Problem } from "./Problem";

/** A campaign's state, progress and orders. `changed` is called after an order. */
export function CampaignCard({ campaign, changed, titled = true }: { campaign: CampaignRow; changed: () => void; titled?: boolean }) {
  const t = useTexts();
  const { picture } = useFeedState();
  const [problem, setProblem] = useState<string>();
  const { name } = campaign.settings;
  const { leads, outcomes } = campaign.progress;
  const news = picture.campaigns[campaign.campaign];
  const all = Object.values(leads).reduce((sum, count) => sum + count, 0);
  const done = all - (leads.waiting ?? 0) - (leads.reserved ?? 0);

  const order = (what: Order): void => {
    setProblem(undefined);
    post(`/api/v1/campaigns/${campaign.campaign}/${what}`)
      .catch((error: unknown) => setProblem(wordsOf(error)))
      .finally(changed);
  };

  return (
    <article aria-label={name}>
      <header>
        {titled && (
          <h3>
            <Link to={`/campaigns/${campaign.campaign}`}>{name}</Link>
          </h3>
        )}
        <span className={`state ${campaign.state}`}>{inWords(t.campaignStates, campaign.state)}</span>
        <span className="elapsed">{fill(t.done, { done, all })}</span>
      </header>
      <progress max={Math.max(all, 1)} value={done} aria-label={`${t.progress}: ${name}`} />
      {campaign.state === "running" && news && (
        <p className="soft">{fill(t.nowDialling, { dialling: news.dialling, ringing: news.ringing, answered: news.answered })}</p>
      )}
      <ul className="outcomes" aria-label={t.outcomes}>
        {Object.entries(outcomes).map(([outcome, count]) => (
          <li key={outcome}>
            {inWords(t.dispositions, outcome)} <strong>{count}</strong>
          </li>
        ))}
      </ul>
      <Problem message={problem} />
      <div className="buttons">
        <CampaignOrders state={campaign.state} name={name} order={order} />
        <a href={`/api/v1/campaigns/${campaign.campaign}/results.csv`} download>
          {t.results}
        </a>
      </div>
    </article>
  );
}
