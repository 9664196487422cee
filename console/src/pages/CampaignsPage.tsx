import { CampaignCards } from "../parts/CampaignCards";
import { Heading } from "../parts/Heading";
import { useTexts } from "../texts";

export function CampaignsPage() {
  const t = useTexts();
  return (
    <>
      <Heading>{t.campaigns}</Heading>
      <CampaignCards />
    </>
  );
}
