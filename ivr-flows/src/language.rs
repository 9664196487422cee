//! What the dialogue itself says and understands, language by language: a person, yes and no, digits, asking back.

use call_model::Language;

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Words {
    /// The primary subtag of the language.
    tag: &'static str,
    /// Whether words are written without blanks between them.
    pub(crate) unspaced: bool,
    /// Words (single characters where words are not parted) that are in many sentences and mean little by themselves.
    pub(crate) little: &'static [&'static str],
    /// What asks for a person, at any time.
    pub(crate) person: &'static [&'static str],
    /// A person, as we call one: "Did you mean a person?".
    pub(crate) person_label: &'static str,
    /// What agrees.
    pub(crate) yes: &'static [&'static str],
    /// What disagrees.
    pub(crate) no: &'static [&'static str],
    /// The words of the digits.
    pub(crate) digits: &'static [(&'static str, char)],
    /// Words of digits that are only said within a string.
    pub(crate) in_strings: &'static [&'static str],
    /// Words that repeat the digit after them.
    pub(crate) repeats: &'static [(&'static str, usize)],
    /// How a digit is read out, 0 to 9.
    pub(crate) spelt: [&'static str; 10],
    /// What stands between digits that are read out.
    pub(crate) between_digits: &'static str,
    /// "Did you mean {}?"
    pub(crate) did_you_mean: (&'static str, &'static str),
    /// "Did you say {}?"
    pub(crate) did_you_say: (&'static str, &'static str),
    /// What is said when a value was refused by the caller.
    pub(crate) sorry: &'static str,
    /// How a yes-or-no question is answered.
    pub(crate) yes_no_hint: &'static str,
    /// What is said when nothing came.
    pub(crate) not_heard: &'static str,
    /// What is said when nothing was understood.
    pub(crate) not_understood: &'static str,
    /// What is said before only keys count.
    pub(crate) use_keys: &'static str,
    /// The name of the main unit and of its hundredth part, one and many.
    pub(crate) money: [&'static str; 4],
    /// What stands between the main unit and the hundredths.
    pub(crate) money_joint: &'static str,
}

impl Words {
    /// The words of a language; English for one that has no table.
    pub(crate) fn of(language: &Language) -> &'static Self {
        Self::known(language).unwrap_or(&ENGLISH)
    }

    /// The words of a language that has a table.
    pub(crate) fn known(language: &Language) -> Option<&'static Self> {
        let tag = language.as_str().split(['-', '_']).next().unwrap_or_default();
        [&ENGLISH, &CHINESE].into_iter().find(|words| words.tag.eq_ignore_ascii_case(tag))
    }

    /// "Did you mean ...?"
    pub(crate) fn ask_back(&self, label: &str) -> String {
        format!("{}{label}{}", self.did_you_mean.0, self.did_you_mean.1)
    }

    /// "Did you say ...?"
    pub(crate) fn read_back(&self, value: &str) -> String {
        format!("{}{value}{}", self.did_you_say.0, self.did_you_say.1)
    }

    /// Digits as they are read out; other characters stay.
    pub(crate) fn spell(&self, text: &str) -> String {
        let mut spelt = String::new();
        for c in text.chars() {
            let word = c.to_digit(10).and_then(|digit| self.spelt.get(usize::try_from(digit).ok()?));
            if !spelt.is_empty() {
                spelt.push_str(self.between_digits);
            }
            match word {
                Some(word) => spelt.push_str(word),
                None => spelt.push(c),
            }
        }
        spelt
    }

    /// An amount in hundredths as it is read out.
    pub(crate) fn spell_money(&self, hundredths: i64) -> String {
        let amount = hundredths.unsigned_abs();
        let (whole, rest) = (amount / 100, amount % 100);
        let unit = |count: u64, one: usize| self.money[if count == 1 { one } else { one + 1 }];
        let gap = if self.unspaced { "" } else { " " };
        let minus = if hundredths < 0 { "-" } else { "" };
        let mut spoken = format!("{minus}{whole}{gap}{}", unit(whole, 0));
        if rest > 0 {
            spoken.push_str(&format!("{}{rest}{gap}{}", self.money_joint, unit(rest, 2)));
        }
        spoken
    }
}

/// The languages that have a table.
pub(crate) const SPOKEN: &[&str] = &["en", "zh"];

static ENGLISH: Words = Words {
    tag: "en",
    unspaced: false,
    little: &[
        "a", "about", "am", "an", "and", "are", "at", "can", "could", "do", "does", "for", "get", "have", "how", "i",
        "i'd", "i'm", "in", "is", "it", "like", "me", "much", "my", "need", "of", "on", "or", "please", "some", "that",
        "the", "there", "this", "time", "to", "want", "was", "what", "what's", "when", "where", "which", "who", "with",
        "would", "you", "your",
    ],
    person: &[
        "agent",
        "operator",
        "representative",
        "a person",
        "a human",
        "a real person",
        "speak to someone",
        "talk to someone",
        "talk to a person",
        "speak to a person",
        "speak to an agent",
        "talk to an agent",
    ],
    person_label: "a person",
    yes: &[
        "yes",
        "yeah",
        "yep",
        "yes please",
        "yes it is",
        "correct",
        "that's correct",
        "that's right",
        "that is right",
        "right",
        "sure",
        "of course",
        "okay",
    ],
    no: &[
        "no",
        "nope",
        "no thanks",
        "no thank you",
        "no it isn't",
        "not really",
        "wrong",
        "that's wrong",
        "that is wrong",
        "that's not right",
        "that is not right",
        "not correct",
    ],
    digits: &[
        ("zero", '0'),
        ("oh", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
    ],
    in_strings: &["oh"],
    repeats: &[("double", 2), ("triple", 3)],
    spelt: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    between_digits: " ",
    did_you_mean: ("Did you mean ", "?"),
    did_you_say: ("Did you say ", "?"),
    sorry: "Sorry.",
    yes_no_hint: "Say yes, or press 1. Say no, or press 2.",
    not_heard: "I did not hear you.",
    not_understood: "Sorry, I did not get that.",
    use_keys: "Please use the keys of your telephone.",
    money: ["dollar", "dollars", "cent", "cents"],
    money_joint: " and ",
};

static CHINESE: Words = Words {
    tag: "zh",
    unspaced: true,
    little: &[
        "的", "了", "我", "你", "您", "是", "吗", "呢", "要", "想", "有", "在", "个", "一", "请", "什", "么", "多",
        "少", "怎", "几", "点", "给", "把",
    ],
    person: &["人工", "转人工", "人工服务", "人工客服", "客服", "接线员", "找人工"],
    person_label: "人工服务",
    yes: &["是", "是的", "对", "对的", "好", "好的", "可以", "没错", "要", "需要", "正确"],
    no: &["不", "不是", "不对", "不要", "不用", "不需要", "不可以", "不行", "没有", "错", "错了"],
    digits: &[
        ("零", '0'),
        ("〇", '0'),
        ("一", '1'),
        ("幺", '1'),
        ("二", '2'),
        ("两", '2'),
        ("三", '3'),
        ("四", '4'),
        ("五", '5'),
        ("六", '6'),
        ("七", '7'),
        ("八", '8'),
        ("九", '9'),
    ],
    in_strings: &["〇", "幺"],
    repeats: &[],
    spelt: ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
    between_digits: " ",
    did_you_mean: ("您是说", "吗？"),
    did_you_say: ("您说的是", "，对吗？"),
    sorry: "对不起。",
    yes_no_hint: "对的话请说是，或者按1。不对请说不是，或者按2。",
    not_heard: "我没有听到您说话。",
    not_understood: "对不起，我没有听明白。",
    use_keys: "请使用电话按键。",
    money: ["元", "元", "分", "分"],
    money_joint: "",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_out_one_by_one() {
        assert_eq!(ENGLISH.spell("102"), "one zero two");
        assert_eq!(CHINESE.spell("12"), "一 二");
    }

    #[test]
    fn money_is_read_out_with_its_units() {
        assert_eq!(ENGLISH.spell_money(4210), "42 dollars and 10 cents");
        assert_eq!(ENGLISH.spell_money(100), "1 dollar");
        assert_eq!(CHINESE.spell_money(4205), "42元5分");
    }

    #[test]
    fn a_regional_tag_finds_its_language() {
        assert_eq!(Words::of(&Language::new("zh-CN")).tag, "zh");
        assert!(Words::known(&Language::new("fr")).is_none());
    }
}
