import { useCampaigns } from "../feed/useCampaigns";
import { useTexts } from "../texts";
import { CampaignCard } from "./CampaignCard";
import { Link } from "./Link";
import { Problem } from "./Problem";

export function CampaignCards() {
  const t = useTexts();
  const { value: campaigns, problem, reload } = useCampaigns();
  return (
    <>
      <Problem message={problem} />
      {!campaigns && !problem && <p className="soft">{t.loading}</p>}
      {campaigns?.length === 0 && <p className="soft">{t.noCampaigns}</p>}
      <ul className="cards">
        {campaigns?.map((campaign) => (
          <li key={campaign.campaign}>
            <CampaignCard campaign={campaign} changed={reload} />
          </li>
        ))}
      </ul>
      <p>
        <Link to="/campaigns/new" className="button">
          {t.newCampaign}
        </Link>
      </p>
    </>
  );
}
