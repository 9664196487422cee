import { Heading } from "../parts/Heading";
import { Link } from "../parts/Link";
import { useTexts } from "../texts";

export function NowherePage() {
  const t = useTexts();
  return (
    <>
      <Heading>{t.nowhere}</Heading>
      <p>
        <Link to="/">{t.toOverview}</Link>
      </p>
    </>
  );
}
