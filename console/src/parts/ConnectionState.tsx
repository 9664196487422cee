import { useFeedState } from "../feed/FeedContext";
import { useTexts } from "../texts";

export function ConnectionState() {
  const t = useTexts();
  const { connection } = useFeedState();
  const words = { connecting: t.connecting, live: t.live, lost: t.lost, needs_token: t.needsToken };
  return (
    <span role="status" className={`connection ${connection}`}>
      {words[connection]}
    </span>
  );
}
