//! Nothing that runs once a packet asks for memory.
#![allow(unsafe_code, reason = "a global allocator that counts is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use audio::g711::{self, Law};
use audio::tone::TonePlan;
use audio::{ComfortNoise, Concealer, DtmfDetector, FRAME, Frame, Leveller, SILENCE, ToneGenerator, Upsampler, Vad};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is handed on to the system's allocator; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn a_second_of_packets_allocates_nothing() {
    let mut vad = Vad::default();
    let mut keys = DtmfDetector::new();
    let mut upsampler = Upsampler::new();
    let mut leveller = Leveller::default();
    let mut concealer = Concealer::new();
    let mut ringback = ToneGenerator::new(TonePlan::Etsi.ringback());
    let mut noise = ComfortNoise::new(1, -40.0);
    let mut packet = [0u8; FRAME];
    let before = ALLOCATIONS.get();
    for n in 0..50 {
        let mut frame: Frame = SILENCE;
        match n % 4 {
            0 => ringback.fill(&mut frame),
            1 => noise.fill(&mut frame),
            2 => frame = concealer.lost(),
            _ => frame = std::array::from_fn(|k| ((k * 7_919 * (n + 1)) % 9_000) as i16 - 4_500),
        }
        concealer.received(&mut frame);
        g711::encode_frame(Law::Mu, &frame, &mut packet);
        g711::decode_into(Law::Mu, &packet, &mut frame);
        keys.push(&frame);
        let voice = vad.push(&frame);
        leveller.push(&mut frame, voice.voiced);
        upsampler.push(&frame);
    }
    assert_eq!(ALLOCATIONS.get() - before, 0);
}
