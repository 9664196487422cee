//! Tickets.

use std::collections::BTreeMap;

use call_model::{ConsultFailure, ConsultResult, Consulted, Ticket, TicketNumber};
use jiff::tz::TimeZone;
use storage::{NewTicket, TicketRecord};

use super::{Asker, LONGEST_NAME, LONGEST_VALUE, bounded, day_of, failed, is_nobody, refused};
use crate::chance;

impl Asker {
    /// Opens a ticket.
    pub(super) async fn open_ticket(
        &self,
        kind: String,
        number: String,
        fields: BTreeMap<String, String>,
        key: String,
    ) -> ConsultResult {
        bounded("the ticket's kind", &kind, LONGEST_NAME)?;
        bounded("the ticket's key", &key, LONGEST_NAME)?;
        if fields.len() > MOST_FIELDS {
            return Err(refused(format!("a ticket has more than {MOST_FIELDS} fields")));
        }
        if let Some((name, _)) = fields.iter().find(|(_, value)| value.chars().count() > LONGEST_VALUE) {
            return Err(refused(format!("the field `{name}` is longer than {LONGEST_VALUE} characters")));
        }
        let ticket = NewTicket {
            kind,
            call: self.call,
            caller: number,
            fields,
            key,
            seed: chance::random_u64(),
            at: self.now(),
        };
        let opened = self.services.store.open_ticket(ticket).await.map_err(|error| failed(&error))?;
        Ok(Consulted::Ticket { ticket: Some(told(opened)?) })
    }

    /// Looks for a ticket.
    pub(super) async fn find_ticket(&self, ticket: &TicketNumber, caller: Option<&str>) -> ConsultResult {
        if caller.is_some_and(is_nobody) {
            return Ok(Consulted::Ticket { ticket: None });
        }
        let found = self.services.store.ticket(ticket, caller).await.map_err(|error| failed(&error))?;
        Ok(Consulted::Ticket { ticket: found.map(told).transpose()? })
    }
}

fn told(ticket: TicketRecord) -> Result<Ticket, ConsultFailure> {
    let opened = day_of(ticket.opened_at, &TimeZone::system()).ok_or(ConsultFailure::Failed)?;
    let TicketRecord { number, kind, status, fields, .. } = ticket;
    Ok(Ticket { number, kind, status, opened, fields })
}

const MOST_FIELDS: usize = 50;
