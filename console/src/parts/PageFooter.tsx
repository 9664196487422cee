import { fill, useTexts } from "../texts";
import { zone } from "../time";

export function PageFooter() {
  const t = useTexts();
  return <footer className="page">{fill(t.timesIn, { zone: zone() })}</footer>;
}
