// Serves the built pages with a mocked API: `npm run build && npm run mock`, then open the address it prints.

import { Mock } from "./server.mjs";
import { bridged, context, endings, handedOver } from "./story.mjs";

const mock = new Mock();
const address = await mock.listen(Number(process.env.PORT ?? 8090));
fill(mock);
console.log(`the console with a mocked API: ${address}`);

function fill(mock) {
  const past = mock.begin(handedOver, 3_600_000);
  mock.tell(past, [...bridged, ...endings]);
  mock.contexts.set(past, context);
  mock.calls.get(past).recording = "past.wav";
  const talks = mock.begin(handedOver, 45_000);
  mock.tell(talks, bridged);
  mock.setAgent("alice", "on_call", talks);
  const waits = mock.begin(handedOver, 20_000);
  mock.queues[0].waiting.push({ call: waits, position: 1, since: new Date(Date.now() - 11_000).toISOString(), offered_to: null });
  const speaks = mock.begin(handedOver.slice(0, 7), 4_000);
  setInterval(() => mock.show({ kind: "partial", call: speaks, text: "i would like to" }), 1000);
  const campaign = mock.addCampaign({ name: "spring", flow: "campaign", trunk: "carrier", caller_id: "+12025550100" }, "running");
  campaign.progress.leads = { waiting: 40, reserved: 3, done: 50, blocked: 2 };
  campaign.progress.outcomes = { handed_over: 20, not_interested: 25, busy: 4, do_not_call: 1 };
  mock.showCampaign(campaign);
  mock.doNotCall.push({ number: "+12025550199", reason: "asked in a call", source: "call", added_at: new Date().toISOString() });
}
