import { AgentTable } from "../parts/AgentTable";
import { CallsInProgress } from "../parts/CallsInProgress";
import { CampaignCards } from "../parts/CampaignCards";
import { Heading } from "../parts/Heading";
import { JustEnded } from "../parts/JustEnded";
import { WaitingCallers } from "../parts/WaitingCallers";
import { useTexts } from "../texts";

export function OverviewPage() {
  const t = useTexts();
  return (
    <>
      <Heading>{t.overview}</Heading>
      <div className="columns">
        <div>
          <CallsInProgress />
          <JustEnded />
        </div>
        <div>
          <WaitingCallers />
          <AgentTable />
          <section aria-labelledby="campaigns">
            <h2 id="campaigns">{t.campaigns}</h2>
            <CampaignCards />
          </section>
        </div>
      </div>
    </>
  );
}
