import { AgentList } from "./AgentList";
import { CallList } from "./CallList";
import { CampaignList } from "./CampaignList";
import { TokenForm } from "./TokenForm";
import { texts } from "./texts";
import { useFeed } from "./useFeed";

export function App() {
  const { picture, connection, retry } = useFeed();
  const calls = Object.values(picture.calls).sort((a, b) => b.startedAt - a.startedAt);
  const agents = Object.values(picture.agents).sort((a, b) => a.name.localeCompare(b.name));
  const says = { connecting: texts.connecting, live: texts.live, lost: texts.lost, needs_token: texts.needsToken };
  return (
    <>
      <header className="page">
        <h1>Callwright</h1>
        <span role="status" className={`connection ${connection}`}>
          {says[connection]}
        </span>
        <a href="/api/v1/openapi.json">{texts.apiDescription}</a>
      </header>
      <main>
        {connection === "needs_token" ? (
          <TokenForm retry={retry} />
        ) : (
          <>
            <CallList calls={calls} />
            <div>
              <AgentList agents={agents} />
              <CampaignList live={connection === "live"} />
            </div>
          </>
        )}
      </main>
    </>
  );
}
