//! SIP without sockets: messages, transactions, dialogs, INVITE sessions, authentication, registrar.
