import { useState, type FormEvent } from "react";
import { post, wordsOf } from "../api";
import { useCampaigns } from "../feed/useCampaigns";
import { useResource } from "../feed/useResource";
import type { CampaignRow, FlowRow, TrunkRow } from "../model";
import { Field } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { Problem } from "../parts/Problem";
import { go } from "../route";
import { useTexts } from "../texts";
import { settingsOf } from "./campaignForm";

export function NewCampaignPage() {
  const t = useTexts();
  const { value: campaigns = [] } = useCampaigns();
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);
  const { value: flows = [] } = useResource<FlowRow[]>("/api/v1/flows");
  const { value: trunks = [] } = useResource<TrunkRow[]>("/api/v1/trunks");
  const shown = [...trunks.map((trunk) => trunk.caller_id ?? ""), ...campaigns.map(({ settings }) => settings.caller_id)];
  const callerIds = [...new Set(shown)].filter((number) => number !== "");

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const settings = settingsOf(new FormData(event.currentTarget));
    setSending(true);
    setProblem(undefined);
    try {
      const made = await post<CampaignRow>("/api/v1/campaigns", settings);
      go(`/campaigns/${made.campaign}`);
    } catch (error) {
      setProblem(wordsOf(error));
      setSending(false);
    }
  };

  return (
    <>
      <Heading>{t.newCampaign}</Heading>
      <form onSubmit={(event) => void submit(event)} className="fields">
        <Field label={t.campaignName} name="name" required maxLength={100} autoComplete="off" />
        <Field label={t.campaignFlow} hint={t.campaignFlowHint} name="flow" required offered={flows.map((row) => row.flow)} autoComplete="off" />
        <Field label={t.trunk} hint={t.trunkHint} name="trunk" required offered={trunks.map((row) => row.trunk)} autoComplete="off" />
        <Field label={t.callerId} hint={t.callerIdHint} name="caller_id" type="tel" required pattern="\+[0-9]{7,15}" offered={callerIds} autoComplete="off" />
        <Field label={t.region} hint={t.regionHint} name="region" pattern="[A-Za-z]{2}" size={4} autoComplete="off" />
        <Field label={t.rate} name="attempts_per_second" type="number" min="0.001" max="500" step="any" defaultValue="1" required />
        <Field label={t.atOnce} name="at_once" type="number" min="1" max="10000" defaultValue="10" required />
        <Field label={t.ringTime} name="ring_time" type="number" min="15" max="120" defaultValue="25" required />
        <fieldset>
          <legend>{t.hours}</legend>
          <p className="soft">{t.hoursHint}</p>
          <Field label={t.everyDay} name="every_day" defaultValue="09:00-20:00" required />
          <Field label={t.saturday} name="saturday" />
          <Field label={t.sunday} name="sunday" />
        </fieldset>
        <fieldset>
          <legend>{t.budget}</legend>
          <Field label={t.perDay} name="per_day" type="number" min="1" defaultValue="3" required />
          <Field label={t.total} name="total" type="number" min="1" defaultValue="6" required />
          <Field label={t.minGap} name="min_gap" defaultValue="4h" required />
        </fieldset>
        <fieldset>
          <legend>{t.retry}</legend>
          <p className="soft">{t.retryHint}</p>
          <Field label={t.retryBusy} name="retry_busy" defaultValue="15m" required />
          <Field label={t.retryNoAnswer} name="retry_no_answer" defaultValue="4h" required />
        </fieldset>
        <p className="soft">{t.createHint}</p>
        <Problem message={problem} />
        <p>
          <button type="submit" disabled={sending}>
            {t.create}
          </button>
        </p>
      </form>
    </>
  );
}
