//! Call records, events, campaigns and leads in SQLite or PostgreSQL.
