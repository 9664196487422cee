// Opens the built pages in Chromium against the mocked API, clicks, reloads and checks. `npm run test:page`.
// CHROMIUM names the browser where it is none of those that are looked for. Without one nothing is tested, and that is said.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before, beforeEach, test as always } from "node:test";
import { chromium } from "playwright-core";
import { Mock } from "../mock/server.mjs";
import { bridged, context, endings, handedOver } from "../mock/story.mjs";

const executablePath =
  process.env.CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const skip = !executablePath && "there is no Chromium. As root: apt-get install chromium, or set CHROMIUM to its path";
if (skip) {
  console.error(`The pages are not tested: ${skip}`);
}
const test = (name, run) => always(name, { skip }, run);

let browser;
let mock;
let address;
let page;
let complaints;

before(async () => {
  if (executablePath) {
    // As root there is no sandbox; in a container /dev/shm is too small for a page.
    const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
    browser = await chromium.launch({ executablePath, args });
  }
});

after(() => browser?.close());

beforeEach(async () => {
  if (!browser) {
    return;
  }
  mock = new Mock();
  address = await mock.listen();
  await open({});
});

afterEach(async () => {
  await page?.context().close();
  mock?.close();
});

async function open(options) {
  await page?.context().close();
  const visit = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 }, ...options });
  page = await visit.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => /Content Security Policy|Warning:/.test(message.text()) && complaints.push(message.text()));
}

/** Waits until a text can be seen. */
const sees = (text, within = page) => within.getByText(text).first().waitFor();
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const isLive = () => page.getByRole("status").filter({ hasText: "Live" }).waitFor();

test("a call is followed as it happens, with partial words, until it has ended", async () => {
  await page.goto(address);
  await isLive();
  await sees("No calls now");
  const call = mock.begin(handedOver.slice(0, 7));
  const card = page.getByRole("article", { name: "Call from +12025550123 to 100" });
  await sees("in the flow", card);
  mock.show({ kind: "partial", call, text: "there is a mis" });
  await sees("there is a mis…", card);
  mock.tell(call, handedOver.slice(7));
  await sees("there is a mistake in my bill", card);
  await sees("94 % certain", card);
  assert.equal(await card.getByText("there is a mis…").count(), 0);
  await sees("waits for an agent", card);
  mock.tell(call, bridged);
  await sees("with the agent", card);
  mock.tell(call, endings);
  await card.waitFor({ state: "detached" });
  await sees("handed over to an agent");
  assert.deepEqual(complaints, []);
});

test("what was said before the page was opened is shown, also after a reload", async () => {
  mock.begin(handedOver, 20_000);
  await page.goto(address);
  for (let visit = 0; visit < 2; visit += 1) {
    await sees("there is a mistake in my bill");
    await sees("waits for an agent");
    await page.reload();
  }
});

test("a lost connection is told, and nothing is lost by it", async () => {
  const call = mock.begin(handedOver.slice(0, 7), 3000);
  await page.goto(address);
  await isLive();
  mock.gone = true;
  mock.cut();
  await sees("The connection to the server is lost");
  mock.tell(call, handedOver.slice(7));
  mock.gone = false;
  await press("Try now");
  await sees("there is a mistake in my bill");
  await isLive();
});

test("it comes back by itself", async () => {
  await page.goto(address);
  await isLive();
  mock.cut();
  await sees("The connection to the server is lost");
  await isLive();
});

test("agents and waiting callers change as they do", async () => {
  await page.goto(address);
  const alice = page.getByRole("row", { name: /Alice/ });
  await sees("ready", alice);
  const call = mock.begin(handedOver, 10_000);
  mock.queues[0].waiting.push({ call, position: 1, since: new Date().toISOString(), offered_to: "alice" });
  mock.setAgent("alice", "offered", call);
  await sees("telephone rings", alice);
  await page.getByRole("row", { name: /1 \+12025550123 .* Alice/ }).waitFor();
  await press("Pause Alice");
  await sees("paused", alice);
  await press("Make Alice ready");
  await sees("ready", alice);
});

test("a call's page holds everything, and its address survives a reload", async () => {
  const call = mock.begin(handedOver, 60_000);
  mock.tell(call, [...bridged, ...endings]);
  mock.contexts.set(call, context);
  mock.calls.get(call).recording = "one.wav";
  await page.goto(`${address}/calls`);
  await page.getByRole("row", { name: /\+12025550123/ }).getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: "Call from +12025550123 to 100" }).waitFor();
  await page.reload();
  await sees("Bill enquiry, account one two three");
  await sees("123 (confirmed)");
  await page.getByRole("row", { name: /Call ends/ }).waitFor();
  await page.waitForFunction(() => document.querySelector("audio")?.duration > 0.9);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Past calls" }).waitFor();
  assert.deepEqual(complaints, []);
});

test("a call in progress is followed on its page and ended there", async () => {
  const call = mock.begin(handedOver.slice(0, 7), 5000);
  await page.goto(`${address}/calls/${call}`);
  await sees("in the flow");
  mock.tell(call, handedOver.slice(7, 10));
  await sees("there is a mistake in my bill");
  await press("End the call");
  const dialog = page.getByRole("dialog", { name: "End this call?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await press("End the call");
  await dialog.getByRole("button", { name: "End the call" }).click();
  await sees("an operator");
});

test("past calls are searched and paged", async () => {
  for (let n = 0; n < 60; n += 1) {
    const call = mock.begin([[0, "started", { outbound: true, caller: `+120255501${String(n).padStart(2, "0")}`, called: "100", flow: "x" }]], 60_000 + n * 1000);
    mock.tell(call, [[9000, "ended", { by: "caller", cause: "busy", disposition: n === 7 ? "busy" : "no_answer" }]]);
  }
  await page.goto(`${address}/calls`);
  await page.getByRole("link", { name: "Older" }).click();
  await sees("+12025550159");
  assert.equal(await page.getByRole("row").count(), 1 + 10);
  await page.getByRole("link", { name: "Newest" }).click();
  await page.getByLabel("Number").fill("+1 (202) 555-0107");
  await page.keyboard.press("Enter");
  await page.waitForURL(/number=%2B12025550107/);
  await page.getByRole("row").nth(2).waitFor({ state: "detached" });
  await page.getByLabel("Outcome").selectOption("no_answer");
  await press("Search");
  await sees("No call fits.");
  await page.reload();
  assert.equal(await page.getByLabel("Outcome").inputValue(), "no_answer");
  await sees("No call fits.");
});

test("a campaign is made, given a list, started, paused and stopped", async () => {
  await page.goto(`${address}/campaigns`);
  await page.getByRole("link", { name: "New campaign" }).click();
  await page.locator('datalist option[value="campaign"]').waitFor({ state: "attached" });
  await page.locator('datalist option[value="carrier"]').waitFor({ state: "attached" });
  await page.getByLabel("Name").fill("spring");
  await page.getByLabel("Flow").fill("offer");
  await page.getByLabel("Trunk").fill("carrier");
  await page.getByLabel("Number that is shown").fill("+12025550100");
  await press("Make the campaign");
  await sees('there is no flow "offer"; there are: campaign');
  await page.getByLabel("Flow").fill("campaign");
  await press("Make the campaign");
  await page.getByRole("heading", { level: 1, name: "spring" }).waitFor();

  const csv = "phone,name\n+12025550111,Ann\nnot a number,Ben\n+12025550113,Cy\n";
  await page.getByLabel("CSV file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await press("Upload");
  await sees("2 rows accepted, 1 refused.");
  await page.getByRole("row", { name: "3 not a number not a telephone number" }).waitFor();
  await page.getByRole("row", { name: /people.csv/ }).getByRole("link", { name: "1" }).click();
  await page.reload();
  await page.getByRole("heading", { name: "Refused rows of people.csv" }).waitFor();
  await page.getByRole("row", { name: "3 not a number not a telephone number" }).waitFor();

  await press("Start");
  await sees("running");
  await press("Pause");
  await sees("paused");
  await press("Resume");
  await press("Stop");
  const dialog = page.getByRole("dialog", { name: "Stop the campaign spring?" });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(mock.campaigns[0].state, "running");
  await press("Stop");
  await dialog.getByRole("button", { name: "Stop" }).click();
  await sees("stopped");
  assert.deepEqual(complaints, []);
});

test("a number is put on the do-not-call list, taken off, and put back", async () => {
  await page.goto(`${address}/do-not-call`);
  await page.getByRole("textbox", { name: "Number" }).fill("555");
  await press("Add");
  await sees("it has no country code");
  await page.getByRole("textbox", { name: "Number" }).fill("+12025550199");
  await page.getByLabel("Reason").fill("by letter");
  await press("Add");
  await sees("+12025550199 is on the list now.");
  await press("Remove +12025550199");
  await sees("The list is empty.");
  await press("Undo");
  await page.getByRole("row", { name: /\+12025550199 .* by letter/ }).waitFor();
});

test("a token is asked for, kept, and works for the stream as well", async () => {
  mock.token = "0123456789abcdef";
  await page.goto(`${address}/calls`);
  await page.getByLabel("Token").fill("wrong-wrong-wrong");
  await press("Open");
  await sees("The server did not take this token.");
  await page.getByLabel("Token").fill(mock.token);
  await press("Open");
  await page.getByRole("heading", { level: 1, name: "Past calls" }).waitFor();
  await isLive();
  const [cookie] = await page.context().cookies();
  assert.equal(cookie.sameSite, "Strict");
  await page.reload();
  await isLive();
});

test("it is used by keyboard alone", async () => {
  await page.goto(address);
  await isLive();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/calls$/);
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  assert.equal(await page.title(), "Past calls · Callwright");
});

test("it speaks Chinese to a Chinese browser, and English when it is told to", async () => {
  await open({ locale: "zh-CN" });
  await page.goto(address);
  await sees("进行中的通话");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-Hans");
  await page.getByLabel("语言").selectOption("en");
  await sees("Calls in progress");
  await page.reload();
  await sees("Calls in progress");
});

test("no page is wider than a small window, nor than a window at 200 %", async () => {
  const call = mock.begin(handedOver, 60_000);
  mock.tell(call, [...bridged, ...endings]);
  mock.contexts.set(call, context);
  mock.begin(handedOver, 9000);
  const campaign = mock.addCampaign({ name: "spring", flow: "campaign", trunk: "carrier", caller_id: "+12025550100" }, "running");
  mock.doNotCall.push({ number: "+12025550199", reason: "by letter", source: "api", added_at: new Date().toISOString() });
  const paths = ["/", "/calls", `/calls/${call}`, "/campaigns", "/campaigns/new", `/campaigns/${campaign.campaign}`, "/do-not-call", "/nowhere"];
  // 1280 pixels at 200 % are 640.
  for (const width of [360, 640]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of paths) {
      await page.goto(address + path);
      await isLive();
      await page.getByText("Loading…").first().waitFor({ state: "detached" });
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(excess <= 0, `${path} at ${width} is ${excess} too wide`);
    }
  }
});
