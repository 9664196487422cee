//! Campaigns, leads, pacing, the attempt budget, calling hours and do-not-call.
