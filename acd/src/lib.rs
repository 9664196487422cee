//! Agents, queues, offers and wrap-up.
