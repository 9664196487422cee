//! Chance for ids and seeds.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use call_model::{AttemptId, CallId, CampaignId, JobId, RecordingId};

/// 64 bits that nobody can foretell: each `RandomState` has keys from the operating system.
pub fn random_u64() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    hasher.finish()
}

/// An id for a call that begins now.
pub fn call_id(unix_ms: u64) -> CallId {
    CallId::from_parts(unix_ms, random_u128())
}

/// An id for an attempt of a single call.
pub fn attempt_id(unix_ms: u64) -> AttemptId {
    AttemptId::from_parts(unix_ms, random_u128())
}

/// An id for a campaign.
pub fn campaign_id(unix_ms: u64) -> CampaignId {
    CampaignId::from_parts(unix_ms, random_u128())
}

/// An id for a job.
pub fn job_id(unix_ms: u64) -> JobId {
    JobId::from_parts(unix_ms, random_u128())
}

/// An id for a message that a caller speaks.
pub fn recording_id(unix_ms: u64) -> RecordingId {
    RecordingId::from_parts(unix_ms, random_u128())
}

fn random_u128() -> u128 {
    u128::from(random_u64()) << 64 | u128::from(random_u64())
}
