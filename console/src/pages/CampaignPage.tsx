import { useResource } from "../feed/useResource";
import { isCampaignNews } from "../feed/useCampaigns";
import type { CampaignRow, ListRow } from "../model";
import { CampaignCard } from "../parts/CampaignCard";
import { CampaignFacts } from "../parts/CampaignFacts";
import { Heading } from "../parts/Heading";
import { Link } from "../parts/Link";
import { ListTable } from "../parts/ListTable";
import { ListUpload } from "../parts/ListUpload";
import { Problem } from "../parts/Problem";
import { RefusedRows } from "../parts/RefusedRows";
import { Unresolved } from "../parts/Unresolved";
import { useTexts } from "../texts";

/** A campaign: progress, orders, lists with their refused rows, settings. `name` is its id or name. */
export function CampaignPage({ name, list }: { name: string; list: string }) {
  const t = useTexts();
  const path = `/api/v1/campaigns/${encodeURIComponent(name)}`;
  const { value: campaign, problem, reload } = useResource<CampaignRow>(path, isCampaignNews);
  const lists = useResource<ListRow[]>(`${path}/lists`);

  if (!campaign) {
    return (
      <>
        <Heading>{t.campaign}</Heading>
        {problem ? <Problem message={problem} /> : <p className="soft">{t.loading}</p>}
      </>
    );
  }
  const shown = lists.value?.find((known) => known.list === list);
  const uploaded = (): void => {
    reload();
    lists.reload();
  };
  return (
    <>
      <Heading>{campaign.settings.name}</Heading>
      <Problem message={problem} />
      <CampaignCard campaign={campaign} changed={reload} titled={false} />
      <p>
        <Link to={`/calls?campaign=${campaign.campaign}`}>{t.itsCalls}</Link>
      </p>
      <div className="columns">
        <div>
          <section aria-labelledby="upload">
            <h2 id="upload">{t.uploadList}</h2>
            <ListUpload campaign={campaign.campaign} uploaded={uploaded} />
          </section>
          <section aria-labelledby="lists">
            <h2 id="lists">{t.lists}</h2>
            <Problem message={lists.problem} />
            {lists.value && <ListTable campaign={name} lists={lists.value} shown={list} />}
          </section>
          {shown && <RefusedRows key={shown.list} campaign={campaign.campaign} list={shown} />}
        </div>
        <div>
          <CampaignFacts campaign={campaign} />
          <Unresolved path={path} />
        </div>
      </div>
    </>
  );
}
