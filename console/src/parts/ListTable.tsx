import type { ListRow } from "../model";
import { address } from "../route";
import { languages, useWording } from "../texts";
import { dateTime } from "../time";
import { Link } from "./Link";
import { WideTable } from "./WideTable";

/** The lists of a campaign; their refused rows are a link away. */
export function ListTable({ campaign, lists, shown }: { campaign: string; lists: ListRow[]; shown: string }) {
  const { t, language } = useWording();
  if (lists.length === 0) {
    return <p className="soft">{t.noLists}</p>;
  }
  const here = `/campaigns/${encodeURIComponent(campaign)}`;
  return (
    <WideTable label={t.lists}>
      <thead>
        <tr>
          <th scope="col">{t.name}</th>
          <th scope="col">{t.accepted}</th>
          <th scope="col">{t.refused}</th>
          <th scope="col">{t.uploadedAt}</th>
        </tr>
      </thead>
      <tbody>
        {lists.map((list) => (
          <tr key={list.list}>
            <th scope="row">{list.name}</th>
            <td>{list.accepted}</td>
            <td>
              {list.refused > 0 && list.list !== shown ? (
                <Link to={address(here, { list: list.list })}>{list.refused}</Link>
              ) : list.refused > 0 ? (
                <>
                  {list.refused} <Link to={here}>{t.hide}</Link>
                </>
              ) : (
                0
              )}
            </td>
            <td>{list.completed_at ? dateTime(list.uploaded_at, languages[language].tag) : t.notComplete}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
