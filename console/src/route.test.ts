import { describe, expect, it } from "vitest";
import { address, readRoute } from "./route";

describe("addresses", () => {
  it("name what is looked at", () => {
    expect(readRoute("/", "")).toEqual({ page: "overview" });
    expect(readRoute("/calls/abc", "")).toEqual({ page: "call", call: "abc" });
    expect(readRoute("/campaigns/spring%20offer", "list=l1")).toEqual({ page: "campaign", campaign: "spring offer", list: "l1" });
    expect(readRoute("/campaigns/new", "")).toEqual({ page: "new_campaign" });
    expect(readRoute("/elsewhere", "")).toEqual({ page: "nowhere" });
    expect(readRoute("/calls/abc/def", "")).toEqual({ page: "nowhere" });
  });

  it("keep a number with its plus", () => {
    const to = address("/calls", { number: "+12025550123", disposition: "" });
    expect(to).toBe("/calls?number=%2B12025550123");
    expect(readRoute("/calls", to.split("?")[1] ?? "")).toMatchObject({ page: "calls", number: "+12025550123" });
  });
});
