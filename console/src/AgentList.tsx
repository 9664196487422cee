import type { AgentRow } from "./model";
import { texts } from "./texts";

export function AgentList({ agents }: { agents: AgentRow[] }) {
  return (
    <section aria-labelledby="agents">
      <h2 id="agents">{texts.agents}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.agent}</th>
            <th scope="col">{texts.state}</th>
            <th scope="col">{texts.since}</th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <tr key={agent.agent}>
              <th scope="row">{agent.name}</th>
              <td className={`state ${agent.state}`}>{agent.state}</td>
              <td>{new Date(agent.since).toLocaleTimeString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
