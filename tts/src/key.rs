//! The name under which a synthesised sentence is kept.

use std::fmt;

use call_model::Language;
use sha2::{Digest, Sha256};

/// Content address of a synthesised sentence: the same voice, language and text give the same key, on every machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptKey([u8; 16]);

impl PromptKey {
    /// The key of `text` spoken by `voice` (its [`name`](crate::Voice::name)) in `language`.
    pub fn new(voice: &str, language: &Language, text: &str) -> Self {
        let mut digest = Sha256::new();
        for field in [voice, language.as_str(), text] {
            // Lengths keep ("ab", "c") and ("a", "bc") apart.
            digest.update((field.len() as u64).to_le_bytes());
            digest.update(field.as_bytes());
        }
        let mut key = [0; 16];
        key.copy_from_slice(&digest.finalize()[..16]);
        Self(key)
    }
}

impl fmt::Display for PromptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PromptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PromptKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_prompt_has_the_same_key_and_others_have_others() {
        let (en, zh) = (Language::new("en"), Language::new("zh"));
        let key = PromptKey::new("joe", &en, "Hello.");
        assert_eq!(key, PromptKey::new("joe", &en, "Hello."));
        assert_ne!(key, PromptKey::new("joe", &zh, "Hello."));
        assert_ne!(key, PromptKey::new("ann", &en, "Hello."));
        assert_ne!(PromptKey::new("ab", &en, "c"), PromptKey::new("a", &en, "bc"));
        assert_eq!(key.to_string().len(), 32);
    }

    #[test]
    fn keys_do_not_change_from_release_to_release() {
        let key = PromptKey::new("joe", &Language::new("en"), "Hello.");
        assert_eq!(key.to_string(), "980ebc38b388b526e1dc8b4852607239");
    }
}
