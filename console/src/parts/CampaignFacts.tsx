import type { CampaignRow } from "../model";
import { inWords, languages, useWording } from "../texts";
import { dateTime } from "../time";
import { FactList } from "./FactList";

export function CampaignFacts({ campaign }: { campaign: CampaignRow }) {
  const { t, language } = useWording();
  const { settings, progress } = campaign;
  const { tag } = languages[language];
  const pairs = (values: Record<string, unknown> | undefined): string =>
    Object.entries(values ?? {})
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(", ");
  return (
    <>
      <section aria-labelledby="progress">
        <h2 id="progress">{t.leads}</h2>
        <FactList
          facts={[
            ...Object.entries(progress.leads).map(([state, count]): [string, number] => [inWords(t.leadStates, state), count]),
            [t.attempts, progress.attempts],
            [t.refusedRows, progress.refused_rows],
          ]}
        />
      </section>
      <section aria-labelledby="settings">
        <h2 id="settings">{t.settings}</h2>
        <FactList
          facts={[
            [t.campaignFlow, settings.flow],
            [t.trunk, settings.trunk],
            [t.callerId, settings.caller_id],
            [t.region, settings.region],
            [t.rate, settings.attempts_per_second],
            [t.atOnce, settings.at_once],
            [t.ringTime, settings.ring_time],
            [t.hours, pairs(settings.calling_hours)],
            [t.budget, pairs(settings.budget)],
            [t.retry, pairs(settings.retry)],
            [t.created, dateTime(campaign.created_at, tag)],
            [t.since, `${inWords(t.campaignStates, campaign.state)}: ${dateTime(campaign.state_at, tag)}`],
          ]}
        />
      </section>
    </>
  );
}
