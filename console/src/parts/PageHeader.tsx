import type { Route } from "../route";
import { useTexts } from "../texts";
import { ConnectionState } from "./ConnectionState";
import { LanguageChoice } from "./LanguageChoice";
import { Link } from "./Link";

export function PageHeader({ here }: { here: Route["page"] }) {
  const t = useTexts();
  return (
    <header className="page">
      <span className="brand">Callwright</span>
      <nav aria-label={t.pages}>
        <Link to="/" current={here === "overview"}>
          {t.overview}
        </Link>
        <Link to="/calls" current={here === "calls" || here === "call"}>
          {t.calls}
        </Link>
        <Link to="/campaigns" current={here === "campaigns" || here === "campaign" || here === "new_campaign"}>
          {t.campaigns}
        </Link>
        <Link to="/do-not-call" current={here === "do_not_call"}>
          {t.doNotCall}
        </Link>
        <a href="/docs">{t.api}</a>
      </nav>
      <ConnectionState />
      <LanguageChoice />
    </header>
  );
}
