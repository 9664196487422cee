//! Messages: put into the outbox, from where they are sent whatever becomes of the call.

use call_model::{ConsultFailure, ConsultResult, Consulted, Message};
use storage::NewMessage;

use super::{Asker, LONGEST_NAME, LONGEST_VALUE, bounded, failed};

impl Asker {
    /// Puts a message into the outbox.
    pub(super) async fn send_message(&self, message: Message) -> ConsultResult {
        let new = self.new_message(message)?;
        self.services.store.put_message(new).await.map_err(|error| failed(&error))?;
        self.services.outbox.wake();
        Ok(Consulted::Done)
    }

    /// A message that may go into the outbox.
    pub(super) fn new_message(&self, message: Message) -> Result<NewMessage, ConsultFailure> {
        self.check_message(&message)?;
        Ok(NewMessage { call: Some(self.call), message, at: self.now() })
    }

    /// Refuses a message that cannot be sent.
    pub(super) fn check_message(&self, message: &Message) -> Result<(), ConsultFailure> {
        if !self.services.config.messages.contains_key(&message.by) {
            return Err(ConsultFailure::NotConfigured { name: message.by.clone() });
        }
        bounded("whom the message is for", &message.to, LONGEST_NAME)?;
        bounded("the message", &message.text, LONGEST_VALUE)?;
        bounded("the message's key", &message.key, LONGEST_NAME)
    }
}
