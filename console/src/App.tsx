import { useEffect, useState } from "react";
import { useFeed, useFeedState } from "./feed/FeedContext";
import { CallPage } from "./pages/CallPage";
import { CallsPage } from "./pages/CallsPage";
import { CampaignPage } from "./pages/CampaignPage";
import { CampaignsPage } from "./pages/CampaignsPage";
import { DoNotCallPage } from "./pages/DoNotCallPage";
import { NewCampaignPage } from "./pages/NewCampaignPage";
import { NowherePage } from "./pages/NowherePage";
import { OverviewPage } from "./pages/OverviewPage";
import { TokenPage } from "./pages/TokenPage";
import { LostNote } from "./parts/LostNote";
import { PageFooter } from "./parts/PageFooter";
import { PageHeader } from "./parts/PageHeader";
import { useRoute, type Route } from "./route";
import { firstLanguage, keepLanguage, languages, WordingContext, type Language } from "./texts";

export function App() {
  const feed = useFeed();
  const { connection } = useFeedState();
  const route = useRoute();
  const [language, setLanguage] = useState(firstLanguage);
  const { texts: t, tag } = languages[language];

  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);

  useEffect(() => {
    document.documentElement.lang = tag;
  }, [tag]);

  const choose = (chosen: Language): void => {
    keepLanguage(chosen);
    setLanguage(chosen);
  };

  return (
    <WordingContext value={{ language, t, choose }}>
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <PageHeader here={route.page} />
      <main id="content" tabIndex={-1}>
        {connection === "lost" && <LostNote />}
        {connection === "needs_token" ? <TokenPage /> : <Page route={route} />}
      </main>
      <PageFooter />
    </WordingContext>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "overview":
      return <OverviewPage />;
    case "calls":
      return <CallsPage asked={route} />;
    case "call":
      return <CallPage key={route.call} id={route.call} />;
    case "campaigns":
      return <CampaignsPage />;
    case "new_campaign":
      return <NewCampaignPage />;
    case "campaign":
      return <CampaignPage key={route.campaign} name={route.campaign} list={route.list} />;
    case "do_not_call":
      return <DoNotCallPage />;
    case "nowhere":
      return <NowherePage />;
  }
}
