//! The few sentences that are not a flow designer's: the place in the queue and how to take a call.

use call_model::{Language, Prompt, PromptPart};

/// "You are number 2 in the queue."
pub(crate) fn position(language: &Language, position: u32) -> Prompt {
    let text = match (is_chinese(language), position) {
        (true, 1) => "您是下一位。".to_owned(),
        (true, n) => format!("您前面还有{}位。", n - 1),
        (false, 0 | 1) => "You are next in line.".to_owned(),
        (false, n) => format!("You are number {n} in line."),
    };
    say(text, language)
}

/// What the flow wants the agent to know, and the key that takes the call.
pub(crate) fn whisper(language: &Language, text: &str) -> Prompt {
    let key = if is_chinese(language) { "按1接听。" } else { "Press 1 to take the call." };
    let mut prompt = say(text.to_owned(), language);
    prompt.parts.push(PromptPart::Silence(200));
    prompt.parts.push(PromptPart::Say { text: key.to_owned(), language: language.clone(), fixed: true });
    prompt
}

/// Every sentence of this file that is known before a call, so that it can be synthesised at start.
pub(crate) fn fixed(language: &Language) -> Vec<Prompt> {
    let mut prompts: Vec<Prompt> = (1..=9).map(|n| position(language, n)).collect();
    prompts.push(Prompt { parts: whisper(language, "").parts.split_off(2) });
    prompts
}

fn say(text: String, language: &Language) -> Prompt {
    Prompt { parts: vec![PromptPart::Say { text, language: language.clone(), fixed: false }] }
}

fn is_chinese(language: &Language) -> bool {
    language.as_str().starts_with("zh")
}
