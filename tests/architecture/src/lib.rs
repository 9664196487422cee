//! Holds the house plan: dependencies, file sizes, links.
