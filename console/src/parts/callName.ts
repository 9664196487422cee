import type { ShownCall } from "../feed/call";
import { fill, type Texts } from "../texts";

/** Who talks with whom, in words. */
export function callName(call: Pick<ShownCall, "outbound" | "caller" | "called">, t: Texts): string {
  const caller = call.caller || t.unknownCaller;
  return call.outbound ? fill(t.callTo, { caller }) : fill(t.callFrom, { caller, called: call.called || t.unknownCaller });
}
