import { describe, expect, it } from "vitest";
import { fill, inWords, languages } from ".";

/** Every text by its path, such as `stages.ringing`. */
function flat(texts: object, under = ""): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
      typeof value === "string" ? [[under + key, value] as const] : [...flat(value as object, `${under}${key}.`)],
    ),
  );
}

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe("texts", () => {
  const en = flat(languages.en.texts);
  const zh = flat(languages.zh.texts);

  it("have the same keys in both languages", () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
  });

  it("are filled in at the same places", () => {
    for (const [key, text] of en) {
      expect(places(zh.get(key) ?? ""), key).toEqual(places(text));
    }
  });

  it("are never empty", () => {
    for (const [key, text] of [...en, ...zh]) {
      expect(text.trim(), key).not.toBe("");
    }
  });

  it("fill in what is known and leave the rest", () => {
    expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
  });

  it("show a name that the page does not know as it is", () => {
    expect(inWords(languages.en.texts.stages, "new_stage")).toBe("new_stage");
  });
});
