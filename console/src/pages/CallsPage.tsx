import { useState, type FormEvent } from "react";
import { useResource } from "../feed/useResource";
import type { CallPage, Message } from "../model";
import { CallTable } from "../parts/CallTable";
import { Field } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { Link } from "../parts/Link";
import { Problem } from "../parts/Problem";
import { address, go, type Route } from "../route";
import { useTexts } from "../texts";

type Asked = Extract<Route, { page: "calls" }>;

/** Past calls, and those in progress, newest first. */
export function CallsPage({ asked }: { asked: Asked }) {
  const t = useTexts();
  const { number, disposition, campaign, before } = asked;
  const path = address("/api/v1/calls", { number, disposition, campaign, before, limit: String(PAGE) });
  const { value, problem } = useResource<CallPage>(path, before ? undefined : beginsOrEnds);
  const filters = { number, disposition, campaign };
  return (
    <>
      <Heading>{t.pastCalls}</Heading>
      <SearchForm key={`${number} ${disposition} ${campaign}`} asked={asked} />
      {campaign && (
        <p>
          {t.onlyCampaign} <Link to={`/campaigns/${campaign}`}>{t.campaign}</Link> · <Link to="/calls">{t.allCalls}</Link>
        </p>
      )}
      <Problem message={problem} />
      {!value && !problem && <p className="soft">{t.loading}</p>}
      {value && (value.calls.length === 0 ? <p>{t.noneFound}</p> : <CallTable calls={value.calls} />)}
      <p className="buttons">
        {before && (
          <Link to={address("/calls", filters)} className="button">
            {t.newest}
          </Link>
        )}
        {value?.next && (
          <Link to={address("/calls", { ...filters, before: value.next })} className="button">
            {t.older}
          </Link>
        )}
      </p>
    </>
  );
}

function SearchForm({ asked }: { asked: Asked }) {
  const t = useTexts();
  const [number, setNumber] = useState(asked.number);
  const [disposition, setDisposition] = useState(asked.disposition);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // As people write it: +1 (202) 555-0123.
    go(address("/calls", { number: number.replace(/[\s()./-]/g, ""), disposition, campaign: asked.campaign }));
  };

  return (
    <form role="search" onSubmit={submit} className="search">
      <Field
        label={t.number}
        hint={t.numberHint}
        type="search"
        inputMode="tel"
        value={number}
        onChange={(event) => setNumber(event.target.value)}
      />
      <div className="field">
        <label htmlFor="disposition">{t.outcome}</label>
        <select id="disposition" value={disposition} onChange={(event) => setDisposition(event.target.value)}>
          <option value="">{t.anyOutcome}</option>
          {Object.entries(t.dispositions).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <button type="submit">{t.search}</button>
    </form>
  );
}

function beginsOrEnds(message: Message): boolean {
  return message.kind === "event" && (message.type === "started" || message.type === "ended");
}

const PAGE = 50;
