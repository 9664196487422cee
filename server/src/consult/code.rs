//! Secrets that are made here: codes that work once, and the tokens of jobs.

use call_model::ConsultFailure;

/// Digits that nobody can foretell.
pub(super) fn digits(length: usize) -> Result<String, ConsultFailure> {
    let mut digits = String::with_capacity(length);
    while digits.len() < length {
        // 250 is the largest multiple of ten below 256: with the rest left out every digit is as likely as another.
        let drawn: [u8; 16] = chance()?;
        digits.extend(drawn.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10)));
    }
    digits.truncate(length);
    Ok(digits)
}

/// 128 bits in hexadecimal.
pub(super) fn token() -> Result<String, ConsultFailure> {
    let drawn: [u8; 16] = chance()?;
    Ok(drawn.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn chance() -> Result<[u8; 16], ConsultFailure> {
    let mut drawn = [0; 16];
    getrandom::fill(&mut drawn).map_err(|error| {
        tracing::error!(%error, "the system gives no chance; no code can be made");
        ConsultFailure::Failed
    })?;
    Ok(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_length_and_differ() {
        let drawn: std::collections::BTreeSet<String> = (0..50).map(|_| digits(10).unwrap()).collect();
        assert_eq!(drawn.len(), 50);
        assert!(drawn.iter().all(|code| code.len() == 10 && code.bytes().all(|b| b.is_ascii_digit())));
        assert_eq!(token().unwrap().len(), 32);
    }
}
