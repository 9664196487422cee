//! Reading a condition: from text to tokens, from tokens to the tree.

use super::{Comparison, Condition, Mistake, Operand, mistake};
use crate::understand::Unit;

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<Condition, Mistake> {
    if text.len() > LONGEST {
        return Err(mistake("the condition is too long", "split it into several branches"));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let condition = parser.or()?;
    match parser.peek() {
        None => Ok(condition),
        Some(token) => Err(unexpected(Some(token))),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(String),
    Sign(&'static str),
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w == word);
        self.next += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Condition, Mistake> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(mistake("the condition is nested too deeply", "split it into several branches"));
        }
        let mut parts = vec![self.and()?];
        while self.take_word("or") {
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Or(parts) })
    }

    fn and(&mut self) -> Result<Condition, Mistake> {
        let mut parts = vec![self.not()?];
        while self.take_word("and") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::And(parts) })
    }

    fn not(&mut self) -> Result<Condition, Mistake> {
        let mut negated = false;
        while self.take_word("not") {
            negated = !negated;
        }
        let condition = self.comparison()?;
        Ok(if negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    fn comparison(&mut self) -> Result<Condition, Mistake> {
        if self.take_sign("(") {
            let inner = self.or()?;
            return if self.take_sign(")") {
                Ok(inner)
            } else {
                Err(mistake("a bracket is not closed", "write `)` where it ends"))
            };
        }
        let left = self.operand()?;
        if let Some(Token::Sign(sign)) = self.peek()
            && let Some(how) = comparison_of(sign)
        {
            self.next += 1;
            return Ok(Condition::Compare(left, how, self.operand()?));
        }
        let negated = matches!((self.peek(), self.tokens.get(self.next + 1)), (Some(Token::Word(a)), Some(Token::Word(b))) if a == "not" && b == "in");
        self.next += usize::from(negated);
        if self.take_word("in") {
            let within = Condition::In(left, self.list()?);
            return Ok(if negated { Condition::Not(Box::new(within)) } else { within });
        }
        match (left, self.peek()) {
            (_, Some(Token::Sign("="))) => Err(mistake("`=` is no comparison", "write `==`")),
            (Operand::Name(name), _) => Ok(Condition::Holds(name)),
            (other, _) => {
                Err(mistake(format!("{} alone is no condition", other.shown()), "compare it with a variable"))
            }
        }
    }

    fn list(&mut self) -> Result<Vec<Operand>, Mistake> {
        if !self.take_sign("[") {
            return Err(mistake("`in` wants a list", "write `in [\"a\", \"b\"]`"));
        }
        let mut items = vec![self.operand()?];
        while self.take_sign(",") {
            items.push(self.operand()?);
        }
        if self.take_sign("]") { Ok(items) } else { Err(mistake("the list is not closed", "write `]` where it ends")) }
    }

    fn operand(&mut self) -> Result<Operand, Mistake> {
        let operand = match self.peek() {
            Some(Token::Word(word)) if !KEYWORDS.contains(&word.as_str()) => {
                let name = word.clone();
                self.next += 1;
                return self.shifted(name);
            }
            Some(Token::Text(text)) => Operand::Text(text.clone()),
            Some(Token::Number(number)) => Operand::Number(number.clone()),
            other => return Err(unexpected(other)),
        };
        self.next += 1;
        Ok(operand)
    }
}

impl Parser {
    /// A variable, and a stretch of time that is added to it or taken from it.
    fn shifted(&mut self, name: String) -> Result<Operand, Mistake> {
        let minus = match self.peek() {
            Some(Token::Sign("+")) => false,
            Some(Token::Sign("-")) => true,
            Some(Token::Number(number)) if number.starts_with('-') => true,
            _ => return Ok(Operand::Name(name)),
        };
        if matches!(self.peek(), Some(Token::Sign(_))) {
            self.next += 1;
        }
        let fix = "write it as in `today + 14 days`";
        let count = match self.peek() {
            Some(Token::Number(number)) => number.trim_start_matches('-').parse::<i32>().ok(),
            _ => None,
        };
        let Some(count) = count.filter(|count| *count < LARGEST_STRETCH) else {
            return Err(mistake(format!("what is added to `{name}` is no whole number"), fix));
        };
        self.next += 1;
        let unit = match self.peek() {
            Some(Token::Word(word)) => {
                UNITS.iter().find(|(unit, _)| unit == word || unit.trim_end_matches('s') == word)
            }
            _ => None,
        };
        let Some((_, unit)) = unit else {
            let message = format!("what is added to `{name}` has no unit");
            return Err(mistake(message, "add minutes, hours, days, weeks, months or years"));
        };
        self.next += 1;
        Ok(Operand::Shifted(name, if minus { -count } else { count }, *unit))
    }
}

fn comparison_of(sign: &str) -> Option<Comparison> {
    Some(match sign {
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn unexpected(token: Option<&Token>) -> Mistake {
    let found = match token {
        None => return mistake("the condition ends too early", "compare a variable, as in `balance.amount > 100`"),
        Some(Token::Word(word)) => word.clone(),
        Some(Token::Text(text)) => format!("\"{text}\""),
        Some(Token::Number(number)) => number.clone(),
        Some(Token::Sign("=")) => return mistake("`=` is no comparison", "write `==`"),
        Some(Token::Sign(sign)) => (*sign).to_owned(),
    };
    mistake(format!("`{found}` does not fit here"), "compare two values and join comparisons with `and` or `or`")
}

fn tokens(text: &str) -> Result<Vec<Token>, Mistake> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if matches!(first, '"' | '\'') {
            let inner = &rest[1..];
            let Some(end) = inner.find(first) else {
                return Err(mistake("a text in quotes is not closed", format!("write {first} where it ends")));
            };
            tokens.push(Token::Text(inner[..end].to_owned()));
            end + 2
        } else if first.is_ascii_digit() || first == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
            let end = rest[1..].find(|c: char| !c.is_ascii_digit() && c != '.').map_or(rest.len(), |end| end + 1);
            if rest[..end].parse::<f64>().is_err() {
                return Err(mistake(format!("`{}` is no number", &rest[..end]), "write it as in 12 or 12.5"));
            }
            tokens.push(Token::Number(rest[..end].to_owned()));
            end
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            end
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else {
            return Err(mistake(format!("`{first}` has no meaning in a condition"), fix_of_sign(rest)));
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn fix_of_sign(rest: &str) -> &'static str {
    match rest.chars().next() {
        Some('&') => "write `and`",
        Some('|') => "write `or`",
        Some('!') => "write `not`",
        Some('{') => "write the variable's name without braces",
        Some('“' | '”' | '‘' | '’') => "type straight quotes",
        _ => "use ==, !=, <, <=, >, >=, in, and, or, not",
    }
}

const UNITS: &[(&str, Unit)] = &[
    ("minutes", Unit::Minute),
    ("hours", Unit::Hour),
    ("days", Unit::Day),
    ("weeks", Unit::Week),
    ("months", Unit::Month),
    ("years", Unit::Year),
];
/// Nobody plans further ahead, whatever the unit.
const LARGEST_STRETCH: i32 = 100_000;
const SIGNS: &[&str] = &["==", "!=", "<=", ">=", "<", ">", "=", "(", ")", "[", "]", ",", "+", "-"];
const KEYWORDS: &[&str] = &["and", "or", "not", "in"];
const LONGEST: usize = 2000;
const DEEPEST: usize = 32;
