import { languages, useWording, type Language } from "../texts";

export function LanguageChoice() {
  const { t, language, choose } = useWording();
  return (
    <label className="language">
      <span className="unseen">{t.language}</span>
      <select value={language} onChange={(event) => choose(event.target.value as Language)}>
        {Object.entries(languages).map(([code, { name, tag }]) => (
          <option key={code} value={code} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
