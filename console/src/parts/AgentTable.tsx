import { useState } from "react";
import { post, wordsOf } from "../api";
import { useFeedState } from "../feed/FeedContext";
import type { AgentRow } from "../model";
import { fill, inWords, languages, useTexts, useWording } from "../texts";
import { sinceTime } from "../time";
import { useNow } from "../useNow";
import { Link } from "./Link";
import { Problem } from "./Problem";
import { WideTable } from "./WideTable";

export function AgentTable() {
  const t = useTexts();
  const { picture, connection } = useFeedState();
  const [problem, setProblem] = useState<string>();
  const agents = Object.values(picture.agents).sort((a, b) => a.name.localeCompare(b.name));

  const order = (agent: AgentRow, what: "pause" | "ready"): void => {
    setProblem(undefined);
    post(`/api/v1/agents/${encodeURIComponent(agent.agent)}/${what}`).catch((error: unknown) => setProblem(wordsOf(error)));
  };

  return (
    <section aria-labelledby="agents">
      <h2 id="agents">{t.agents}</h2>
      <Problem message={problem} />
      {agents.length === 0 && connection === "live" && <p className="soft">{t.noAgents}</p>}
      {agents.length > 0 && (
        <WideTable label={t.agents}>
          <thead>
            <tr>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.state}</th>
              <th scope="col">{t.since}</th>
              <th scope="col">{t.action}</th>
            </tr>
          </thead>
          <tbody>
            {agents.map((agent) => (
              <AgentLine key={agent.agent} agent={agent} order={order} />
            ))}
          </tbody>
        </WideTable>
      )}
    </section>
  );
}

function AgentLine({ agent, order }: { agent: AgentRow; order: (agent: AgentRow, what: "pause" | "ready") => void }) {
  const { t, language } = useWording();
  const now = useNow();
  const rests = agent.state === "paused" || agent.state === "wrap_up";
  return (
    <tr>
      <th scope="row">{agent.name}</th>
      <td>
        <span className={`state ${agent.state}`}>{inWords(t.agentStates, agent.state)}</span>{" "}
        {agent.call && <Link to={`/calls/${agent.call}`}>{t.call}</Link>}
      </td>
      <td>
        <time dateTime={agent.since}>{sinceTime(agent.since, languages[language].tag, now)}</time>
      </td>
      <td>
        {rests && (
          <button type="button" aria-label={fill(t.readyAgentNamed, { name: agent.name })} onClick={() => order(agent, "ready")}>
            {t.readyAgent}
          </button>
        )}
        {agent.state !== "paused" && agent.state !== "signed_out" && (
          <button type="button" aria-label={fill(t.pauseAgentNamed, { name: agent.name })} onClick={() => order(agent, "pause")}>
            {t.pauseAgent}
          </button>
        )}
      </td>
    </tr>
  );
}
