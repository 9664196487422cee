import { fill, useTexts } from "../texts";
import { ConfirmButton } from "./ConfirmButton";

export type Order = "start" | "pause" | "resume" | "stop";

/** The orders that a campaign takes in its state. */
export function CampaignOrders({ state, name, order }: { state: string; name: string; order: (what: Order) => void }) {
  const t = useTexts();
  return (ORDERS[state] ?? []).map((what) =>
    what === "stop" ? (
      <ConfirmButton key={what} label={t.stop} question={fill(t.reallyStop, { name })} consequence={t.stopMeans} confirmed={() => order(what)} />
    ) : (
      <button key={what} type="button" onClick={() => order(what)}>
        {t[what]}
      </button>
    ),
  );
}

const ORDERS: Record<string, Order[]> = {
  draft: ["start"],
  running: ["pause", "stop"],
  paused: ["resume", "stop"],
  stopped: ["start"],
  finished: ["start"],
};
