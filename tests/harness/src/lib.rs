//! Starts a server and foreign telephones for the scenario tests.
