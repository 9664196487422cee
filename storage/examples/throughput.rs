//! Measures whole calls a second: a row at the beginning, twelve events in three batches, the end of the call.
//!
//! `cargo run --release -p storage --example throughput -- ADDRESS [CALLS_A_SECOND] [SECONDS] [--import ROWS]`
//!
//! Prints what was reached, how long an answer takes, and the processor time of the whole process a call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use call_model::{CallEvent, CallId, CampaignId, Cause, Disposition, EventRecord, FlowHash, Party, Termination};
use dialer::{AcceptedRow, CampaignSettings, RowVerdict};
use jiff::Timestamp;
use storage::{CallEnd, CallStart, Direction, ServerId, Store, StoreError};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = arguments.first().ok_or("give the address of a database: a path or postgres://...")?;
    let number = |at: usize, or: u64| arguments.get(at).map_or(Ok(or), |text| text.parse::<u64>());
    let store = Store::open(address, ServerId::new("throughput")).await?;
    if let Some(at) = arguments.iter().position(|a| a == "--import") {
        import(&store, number(at + 1, 100_000)?).await?;
    } else {
        write_calls(&store, number(1, 600)?, number(2, 10)?).await?;
    }
    store.close().await;
    Ok(())
}

async fn write_calls(store: &Store, per_second: u64, seconds: u64) -> Result<(), Box<dyn std::error::Error>> {
    let (began, processor) = (Instant::now(), processor_time());
    let waits = Arc::new(Waits::default());
    let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / per_second.max(1)));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..per_second * seconds {
        pace.tick().await;
        calls.spawn(one_call(store.clone(), Arc::clone(&waits)));
    }
    let mut failed = 0;
    while let Some(outcome) = calls.join_next().await {
        failed += u64::from(outcome?.is_err());
    }
    let took = began.elapsed().as_secs_f64();
    let total = per_second * seconds;
    let spent = (processor_time() - processor).as_secs_f64();
    let counts = store.writer_counts();
    println!("{total} calls in {took:.2} s: {:.0} a second, {failed} failed", total as f64 / took);
    println!("processor: {:.0} us a call, {:.1} % of a core", spent * 1e6 / total as f64, spent * 100.0 / took);
    let group = counts.committed as f64 / counts.groups.max(1) as f64;
    let each = counts.busy_us as f64 / counts.groups.max(1) as f64;
    println!("{} transactions, {group:.1} jobs and {each:.0} us each", counts.groups);
    waits.print();
    Ok(())
}

async fn one_call(store: Store, waits: Arc<Waits>) -> Result<(), StoreError> {
    let now = Timestamp::now();
    let start = CallStart {
        call: new_id(now),
        direction: Direction::Inbound,
        caller: "+12025550123".to_owned(),
        called: "1000".to_owned(),
        flow: "main".to_owned(),
        flow_hash: FlowHash::new("ab".repeat(32)),
        seed: 42,
        campaign: None,
        attempt: None,
        started_at: now,
        sip_call_id: None,
    };
    let call = start.call;
    waits.measure("begin", store.begin_call(start, events(call, 1..3))).await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    store.post_events(events(call, 3..10))?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let end = CallEnd {
        call,
        answered_at: Some(now),
        ended_at: Timestamp::now(),
        termination: Termination::new(Party::Caller, Cause::Normal),
        disposition: Disposition::SelfServed,
        agent: None,
        queue_wait_ms: None,
        intent: Some("bill".to_owned()),
        service: None,
        recording: None,
    };
    waits.measure("end", store.end_call(end, events(call, 10..13))).await
}

fn events(call: CallId, numbers: std::ops::Range<u32>) -> Vec<EventRecord> {
    let each = numbers.map(|number| EventRecord {
        call,
        number,
        at_ms: u64::from(number) * 100,
        event: CallEvent::PromptStarted { text: "You can say bill, fault or moving house.".to_owned() },
    });
    each.collect()
}

fn new_id(now: Timestamp) -> CallId {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    CallId::from_parts(now.as_millisecond().unsigned_abs(), u128::from(count) << 20 | u128::from(std::process::id()))
}

async fn import(store: &Store, rows: u64) -> Result<(), Box<dyn std::error::Error>> {
    let now = Timestamp::now();
    let campaign = CampaignId::from_parts(now.as_millisecond().unsigned_abs(), u128::from(std::process::id()));
    let settings = CampaignSettings::named(&campaign.to_string(), "offer", "carrier", "+12025550100".parse()?);
    store.create_campaign(campaign, &settings, now).await?;
    let list = (0..rows).map(|row| {
        let number = format!("+44207{row:07}").parse().expect("seven digits follow");
        let variables = BTreeMap::from([("name".to_owned(), format!("Person {row}"))]);
        RowVerdict::Accepted(AcceptedRow { line: row + 2, number, variables })
    });
    let began = Instant::now();
    let list = store.import_leads(campaign, "people.csv", list, now, |_| ()).await?;
    println!("{} rows in {:.2} s", list.accepted, began.elapsed().as_secs_f64());
    let began = Instant::now();
    let due = store.due_leads(campaign, now, 100).await?;
    println!("{} due leads of {} in {:.1} ms", due.leads.len(), due.unfinished, began.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

/// User and system time of the process, by the hundredth of a second (proc(5), /proc/self/stat, fields 14 and 15).
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// How long answers took, by what was asked.
#[derive(Default)]
struct Waits(std::sync::Mutex<BTreeMap<&'static str, Vec<Duration>>>);

impl Waits {
    async fn measure<T>(&self, what: &'static str, asked: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let answer = asked.await;
        let mut waits = self.0.lock().expect("nobody panics while holding it");
        waits.entry(what).or_default().push(began.elapsed());
        answer
    }

    fn print(&self) {
        for (what, waits) in &mut *self.0.lock().expect("nobody panics while holding it") {
            waits.sort_unstable();
            let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
            println!("{what}: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms", at(0.5), at(0.99), at(1.0));
        }
    }
}
