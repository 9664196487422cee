// The words of the pages, by language: that of the browser, or the one that was chosen.

import { createContext, useContext } from "react";
import { en } from "./en";
import { zh } from "./zh";

export type Texts = typeof en;
export type Language = "en" | "zh";

export const languages: Record<Language, { texts: Texts; name: string; tag: string }> = {
  en: { texts: en, name: "English", tag: "en" },
  zh: { texts: zh, name: "中文", tag: "zh-Hans" },
};

export interface Wording {
  language: Language;
  t: Texts;
  choose: (language: Language) => void;
}

export const WordingContext = createContext<Wording>({ language: "en", t: en, choose: () => {} });

export function useWording(): Wording {
  return useContext(WordingContext);
}

export function useTexts(): Texts {
  return useWording().t;
}

export function firstLanguage(): Language {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen === "en" || chosen === "zh") {
    return chosen;
  }
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(CHOICE, language);
}

/** Fills in `{name}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A name of the server in words; the name itself where the page does not know it. */
export function inWords(names: Record<string, string>, name: string | null | undefined): string {
  return name ? (names[name] ?? name) : "";
}

const CHOICE = "callwright-language";
