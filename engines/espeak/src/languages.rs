//! Which of the program's voices speaks a language.

use std::collections::BTreeSet;

use call_model::Language;

/// The names of the program's voices by language, from the table that `--voices` prints.
pub(crate) fn installed(table: &str) -> BTreeSet<String> {
    table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1)).map(str::to_owned).collect()
}

/// The best installed voice for a BCP 47 tag: the tag itself, then its language alone, by the program's own names.
pub(crate) fn voice_for(language: &Language, installed: &BTreeSet<String>) -> Option<String> {
    let tag = language.as_str().to_ascii_lowercase().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let cantonese = rest.iter().any(|part| ["hk", "mo", "yue"].contains(part));
    let wanted: Vec<String> = match primary {
        // "cmn" of 1.51 looks characters up as pinyin and then spells the pinyin in English; its sister says it.
        "zh" if cantonese => vec!["yue".into()],
        "zh" | "cmn" => vec!["cmn-latn-pinyin".into(), "cmn".into()],
        "en" => vec![tag.clone(), "en-us".into(), "en-gb".into()],
        "no" | "nn" => vec!["nb".into()],
        _ => vec![tag.clone(), primary.into()],
    };
    let exact = wanted.iter().find(|name| installed.contains(*name));
    // A language of which only regional voices are there, such as "fr" (fr-fr, fr-be).
    let same_twice = format!("{primary}-{primary}");
    let prefix = format!("{primary}-");
    exact
        .or_else(|| installed.get(&same_twice))
        .or_else(|| installed.iter().find(|name| !primary.is_empty() && name.starts_with(&prefix)))
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  cmn             --/M      Chinese_(Mandarin) sit/cmn              (zh-cmn 5)(zh 5)
 5  cmn-latn-pinyin --/M      Chinese_(Mandarin) sit/cmn-Latn-pinyin  (zh-cmn 5)(zh 5)
 5  de              --/M      German             gmw/de
 2  en-gb           --/M      English_(Great_Britain) gmw/en            (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  fr-be           --/M      French_(Belgium)   roa/fr-BE            (fr 8)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  nb              --/M      Norwegian          gmq/nb               (no 5)
 5  yue             --/M      Chinese_(Cantonese) sit/yue              (zh-yue 5)(zh 8)
";

    #[test]
    fn each_language_finds_its_voice() {
        let installed = installed(TABLE);
        let cases = [
            ("en", Some("en-us")),
            ("en-GB", Some("en-gb")),
            ("en_AU", Some("en-us")),
            ("zh", Some("cmn-latn-pinyin")),
            ("zh-CN", Some("cmn-latn-pinyin")),
            ("zh-HK", Some("yue")),
            ("de-AT", Some("de")),
            ("fr", Some("fr-fr")),
            ("no", Some("nb")),
            ("tlh", None),
            ("", None),
        ];
        for (tag, voice) in cases {
            assert_eq!(voice_for(&Language::new(tag), &installed).as_deref(), voice, "{tag}");
        }
    }

    #[test]
    fn an_older_program_without_pinyin_still_speaks_mandarin() {
        let installed = installed("header\n 5 cmn --/M x y\n");
        assert_eq!(voice_for(&Language::new("zh"), &installed).as_deref(), Some("cmn"));
    }
}
