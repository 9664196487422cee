// What the pages say, in English and Chinese.

const en = {
  calls: "Calls in progress",
  noCalls: "No calls now. The next one appears here by itself.",
  agents: "Agents",
  campaigns: "Campaigns",
  noCampaigns: "No campaigns. Make one with `callwright campaign create`.",
  agent: "Agent",
  state: "State",
  since: "Since",
  start: "Start",
  pause: "Pause",
  resume: "Resume",
  stop: "Stop",
  reallyStop: "Stop this campaign? Telephones that ring stop ringing.",
  results: "Results (CSV)",
  connecting: "Connecting…",
  live: "Live",
  lost: "The connection is lost; trying again…",
  needsToken: "This server asks for its token.",
  token: "Token",
  open: "Open",
  apiDescription: "API description",
  done: "done",
  of: "of",
};

const zh: Record<keyof typeof en, string> = {
  calls: "进行中的通话",
  noCalls: "目前没有通话，新通话会自动显示。",
  agents: "坐席",
  campaigns: "外呼任务",
  noCampaigns: "还没有外呼任务。请用 `callwright campaign create` 创建。",
  agent: "坐席",
  state: "状态",
  since: "自",
  start: "开始",
  pause: "暂停",
  resume: "继续",
  stop: "停止",
  reallyStop: "停止这个任务？正在振铃的电话会停止振铃。",
  results: "结果（CSV）",
  connecting: "正在连接…",
  live: "实时",
  lost: "连接已断开，正在重试…",
  needsToken: "此服务器需要令牌。",
  token: "令牌",
  open: "打开",
  apiDescription: "接口说明",
  done: "完成",
  of: "/",
};

export type Texts = typeof en;

export const texts: Texts = navigator.language.toLowerCase().startsWith("zh") ? zh : en;
