//! Any text is read as a flow or refused with diagnostics that can be printed; what is read also runs.
#![no_main]

use std::sync::Arc;
use std::time::{Duration, Instant};

use ivr_flows::{FilesInMemory, Flow, FlowRun, Input, Start, check_files};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (flow, services) = text.split_once("\n---8<---\n").unwrap_or((text, "{}"));
    let files = FilesInMemory::new().with("flow.yaml", flow).with("services.yaml", services);
    for found in check_files("flow.yaml", &files, None) {
        assert!(!found.message.is_empty() && !found.fix.is_empty() && !found.to_string().is_empty());
    }
    let Ok(flow) = Flow::load("flow.yaml", &files, None) else { return };
    let mut now = Instant::now();
    let mut run = FlowRun::new(Arc::new(flow), Start::default(), now);
    for digit in "1#012345*92".chars() {
        while run.poll_output().is_some() {}
        now += Duration::from_secs(70);
        run.handle_timeout(now);
        run.handle_input(Input::DigitPressed { digit }, now);
    }
});
