import { useFeed } from "../feed/FeedContext";
import { useTexts } from "../texts";

export function LostNote() {
  const t = useTexts();
  const feed = useFeed();
  return (
    <div role="alert" className="note bad">
      <span>{t.lostLong}</span>
      <button type="button" onClick={feed.reconnect}>
        {t.tryNow}
      </button>
    </div>
  );
}
