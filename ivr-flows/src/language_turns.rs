//! What the dialogue says and understands about its own turns, language by language: repeating, waiting, correcting.

use call_model::Language;

/// The words of one language.
///
/// What a caller can say at any time is in the grammar of every menu, where each of its words competes with the menu's own:
/// "minute" alone took 20 of 35 soundings of "my bill" on a telephone. So the lists are short, of words that sound like
/// little else.
#[derive(Debug)]
pub(crate) struct TurnWords {
    /// "Say that again."
    pub(crate) repeat: &'static [&'static str],
    /// "Go back."
    pub(crate) back: &'static [&'static str],
    /// "Help."
    pub(crate) help: &'static [&'static str],
    /// "Hold on."
    pub(crate) wait: &'static [&'static str],
    /// Those of the above that can stand among digits: they sound like none.
    pub(crate) among_digits: &'static [&'static str],
    /// What stands before a value that is not meant: "not friday".
    pub(crate) not: &'static [&'static str],
    /// What begins a correction, beyond the words for no: "i said", "i meant".
    pub(crate) rather: &'static [&'static str],
    /// What is said when the caller asks us to wait.
    pub(crate) take_your_time: &'static str,
    /// What is asked when the minute is over.
    pub(crate) still_there: &'static str,
    /// What is asked when something among several values is wrong.
    pub(crate) what_to_change: &'static str,
    /// What is asked after several values were read back.
    pub(crate) is_that_right: &'static str,
    /// What every question can be asked, for who wants help.
    pub(crate) help_hint: &'static str,
    /// How a choice with a key is offered: before its label, between label and key, and after it.
    pub(crate) offer: [&'static str; 3],
    /// Between a slot's label and its value, between two of them, and at their end.
    pub(crate) listing: [&'static str; 3],
}

impl TurnWords {
    /// The words of a language; English for one that has no table.
    pub(crate) fn of(language: &Language) -> &'static Self {
        match language.as_str().split(['-', '_']).next() {
            Some(tag) if tag.eq_ignore_ascii_case("zh") => &CHINESE,
            Some(tag) if tag.eq_ignore_ascii_case("ko") => &KOREAN,
            _ => &ENGLISH,
        }
    }

    /// Choices as they are offered: "for your bill press 1, for a complaint press 2."
    pub(crate) fn offers(&self, choices: &[(String, Option<char>)]) -> String {
        let [before, joint, after] = self.offer;
        let [_, between, end] = self.listing;
        let named: Vec<String> = choices
            .iter()
            .map(|(label, key)| match key {
                Some(key) => format!("{before}{label}{joint}{key}{after}"),
                None => label.clone(),
            })
            .collect();
        format!("{}{end}", named.join(between))
    }

    /// Several values as they are read back: "origin Berlin, destination Munich."
    pub(crate) fn list(&self, values: &[(String, String)]) -> String {
        let [joint, between, end] = self.listing;
        let named: Vec<String> = values.iter().map(|(label, value)| format!("{label}{joint}{value}")).collect();
        format!("{}{end}", named.join(between))
    }
}

static ENGLISH: TurnWords = TurnWords {
    repeat: &["repeat", "repeat that", "please repeat", "say that again", "pardon"],
    back: &["go back", "previous question"],
    help: &["help", "help me", "what can i say"],
    wait: &["hold on", "hang on", "wait", "wait a moment", "just a moment"],
    among_digits: &["repeat", "pardon", "help", "hold on"],
    not: &["not"],
    rather: &["i said", "i meant", "i mean", "rather", "sorry", "actually"],
    take_your_time: "Take your time.",
    still_there: "Are you still there?",
    what_to_change: "What should I change?",
    is_that_right: "Is that right?",
    help_hint: "You can also say repeat, go back, or agent.",
    offer: ["for ", " press ", ""],
    listing: [" ", ", ", "."],
};

static CHINESE: TurnWords = TurnWords {
    repeat: &["重听", "重复", "重复一遍", "再说一遍", "再说一次", "没听清", "请重复"],
    back: &["返回", "上一步", "返回上一步", "回到上一步"],
    help: &["帮助", "帮帮我", "我可以说什么"],
    wait: &["等一下", "等一等", "等等", "稍等", "请稍等", "稍等一下", "等一会", "等一会儿", "等会儿", "等我一下"],
    among_digits: &["重听", "帮助", "等一下", "稍等"],
    not: &["不是", "不去", "不要"],
    rather: &["我说", "我是说", "应该是", "改成", "换成"],
    take_your_time: "好的，请慢慢来。",
    still_there: "您还在吗？",
    what_to_change: "请问哪里需要修改？",
    is_that_right: "对吗？",
    help_hint: "您也可以说重听、返回，或者转人工。",
    offer: ["", "请按", ""],
    listing: ["", "，", "。"],
};

static KOREAN: TurnWords = TurnWords {
    repeat: &["다시", "다시 말해 주세요", "다시 한번", "반복"],
    back: &["뒤로", "이전으로", "돌아가기"],
    help: &["도움말", "도와주세요"],
    wait: &["잠깐만요", "잠시만요", "잠깐", "기다려 주세요"],
    among_digits: &["다시", "도움말", "잠깐만요", "잠시만요"],
    not: &["아니고", "말고"],
    rather: &["아니라", "제 말은"],
    take_your_time: "네, 천천히 하세요.",
    still_there: "아직 계신가요?",
    what_to_change: "무엇을 바꿀까요?",
    is_that_right: "맞습니까?",
    help_hint: "다시, 뒤로, 상담원이라고 말씀하셔도 됩니다.",
    offer: ["", "은 ", "번"],
    listing: [" ", ", ", "."],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_listed_with_their_labels() {
        let values = [("origin".to_owned(), "Berlin".to_owned()), ("day".to_owned(), "Friday".to_owned())];
        assert_eq!(ENGLISH.list(&values), "origin Berlin, day Friday.");
        assert_eq!(CHINESE.list(&[("出发地".to_owned(), "北京".to_owned())]), "出发地北京。");
    }

    #[test]
    fn a_regional_tag_finds_its_language() {
        assert_eq!(TurnWords::of(&Language::new("zh-CN")).still_there, CHINESE.still_there);
        assert_eq!(TurnWords::of(&Language::new("en-GB")).still_there, ENGLISH.still_there);
    }
}
