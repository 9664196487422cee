//! Who speaks in the demonstration, from which number.

use test_harness::{CALLER, OTHER_CALLER, Script};

/// Somebody who calls.
pub struct Caller {
    /// The name that is printed.
    pub name: &'static str,
    /// The number.
    pub number: &'static str,
    /// What it shows.
    pub shows: &'static str,
}

/// Says what he wants, and is handed over.
pub const IVY: Caller = Caller {
    name: "Ivy",
    number: "+12025550121",
    shows: "says what she wants and is handed to an agent who already knows",
};
/// Speaks an account number.
pub const JACK: Caller = Caller {
    name: "Jack",
    number: "+12025550122",
    shows: "speaks an account number, confirms it, and gets his balance from a back end",
};
/// Is not understood, and presses keys.
pub const KIM: Caller =
    Caller { name: "Kim", number: "+12025550123", shows: "is not understood twice and finishes by keys" };
/// Interrupts.
pub const LEO: Caller =
    Caller { name: "Leo", number: "+12025550124", shows: "interrupts the prompt and is understood" };

/// All callers.
pub const CALLERS: [Caller; 4] = [IVY, JACK, KIM, LEO];

/// Somebody of the list, by the name there.
pub struct Person {
    /// The name.
    pub name: &'static str,
    /// The number as it is dialled.
    pub number: &'static str,
    /// What the call must come to.
    pub outcome: &'static str,
}

/// Everybody of the list whose number is one.
pub const PEOPLE: [Person; 7] = [
    Person { name: "Ann", number: "+12025550111", outcome: "handed_over" },
    Person { name: "Ben", number: "+12025550112", outcome: "handed_over" },
    Person { name: "Cid", number: "+12025550113", outcome: "not_interested" },
    Person { name: "Dora", number: "+12025550114", outcome: "not_interested" },
    Person { name: "Erin", number: "+12025550115", outcome: "do_not_call" },
    Person { name: "Finn", number: "+12025550116", outcome: "busy" },
    Person { name: "Gus", number: "+12025550117", outcome: "no_answer" },
];

/// Who asked never to be called again.
pub const NEVER_AGAIN: &str = "+12025550115";

/// The agents.
pub const AGENTS: [&str; 2] = ["alice", "bob"];

/// The name that belongs to a number, or the number.
pub fn name_of(number: &str) -> &str {
    let caller = CALLERS.iter().find(|caller| caller.number == number).map(|caller| caller.name);
    let person = || PEOPLE.iter().find(|person| person.number == number).map(|person| person.name);
    caller.or_else(person).unwrap_or(number)
}

/// An agent who takes the call after the whisper and speaks with the caller.
pub fn agent(name: &str) -> Script {
    let voice = if name == AGENTS[0] { OTHER_CALLER } else { "en-us+m1" };
    let greeting = format!("good morning, this is {name}, how can i help you?");
    Script::new()
        .voice(voice)
        .quiet(700)
        .keys("1")
        .pause(300)
        .say(&greeting)
        .quiet_at_most(1200, 9_000)
        .say("i will see to it at once. goodbye.")
        .hang_up()
}

/// Somebody who answers a call of ours with these words.
pub fn answers(words: &str) -> Script {
    Script::new().voice(CALLER).answer(words).quiet(1000).say("thank you").quiet(1000)
}
