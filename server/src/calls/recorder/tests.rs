//! A caller who sends real packets is recorded.

use std::time::Duration;

use audio::g711::{Law, encode};
use call_model::{QueueId, VoicemailLabel};
use reqwest::StatusCode;
use tokio::net::UdpSocket;

use super::*;
use crate::http::tests::support::{Api, json, with_json};

const CONFIGURATION: &str = "queues: [{ name: service }]";
const LEG: LegId = LegId(1);
const ORDER: OrderId = OrderId(7);

/// A caller's telephone, and the part of the call's task that matters here.
struct Caller {
    socket: UdpSocket,
    sent: u16,
    recorder: Recorder,
    inbox: mpsc::Receiver<Input>,
}

impl Caller {
    async fn calls(api: &Api) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        );
        let (mail, inbox) = mpsc::channel(256);
        let sink = mail.clone();
        let sink = Arc::new(move |fact| _ = sink.try_send(Input::Sound(fact)));
        let answer = api.services.media.open_answer(LEG, offer.as_bytes(), sink).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let port: u16 = answer.split("m=audio ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        socket.connect(("127.0.0.1", port)).await.unwrap();
        let call = chance::call_id(api.services.clock.unix_ms());
        let asker = Asker::new(api.services.clone(), call);
        Self { socket, sent: 0, recorder: Recorder::new(api.services.clone(), call, asker, mail), inbox }
    }

    /// Speaks (or says nothing) for so long, unless the recording ends before.
    async fn speaks(&mut self, aloud: bool, ms: u64) -> Option<call_model::RecordResult> {
        let mut clock = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..ms / 20 {
            clock.tick().await;
            self.send(aloud).await;
            while let Ok(fact) = self.inbox.try_recv() {
                if let Some(recorded) = self.learns(fact) {
                    return Some(recorded);
                }
            }
        }
        None
    }

    async fn waits(&mut self) -> call_model::RecordResult {
        loop {
            let fact = tokio::time::timeout(Duration::from_secs(10), self.inbox.recv()).await.unwrap().unwrap();
            if let Some(recorded) = self.learns(fact) {
                return recorded;
            }
        }
    }

    fn learns(&mut self, fact: Input) -> Option<call_model::RecordResult> {
        match fact {
            Input::Sound(fact) => {
                self.recorder.pass(fact);
                None
            }
            Input::Recorded { order, recording } => {
                assert_eq!(order, ORDER);
                self.recorder.notice(&Input::Recorded { order, recording });
                Some(recording)
            }
            _ => None,
        }
    }

    /// A packet of a buzz of 140 Hz with a moving tone above it, which passes for a voice; or of silence.
    async fn send(&mut self, aloud: bool) {
        let mut packet = vec![0x80, 0];
        packet.extend(self.sent.to_be_bytes());
        packet.extend((u32::from(self.sent) * 160).to_be_bytes());
        packet.extend(0x5eed_u32.to_be_bytes());
        for n in 0..160 {
            let t = (f32::from(self.sent) * 160.0 + n as f32) / 8000.0;
            let pitch = (t * 140.0).fract();
            let tone = (t * std::f32::consts::TAU * (600.0 + 200.0 * (t * 3.0).sin())).sin();
            let sample = if aloud { 12_000.0 * (1.0 - pitch).powi(6) * tone } else { 0.0 };
            packet.push(encode(Law::Mu, sample as i16));
        }
        self.sent += 1;
        self.socket.send(&packet).await.unwrap();
    }
}

fn request(beep: bool) -> RecordRequest {
    RecordRequest { beep, max_ms: 20_000, final_silence_ms: 1000, key_ends: true, voicemail: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_caller_says_is_a_file_that_ends_with_the_last_word() {
    let api = Api::of(CONFIGURATION).await;
    let mut caller = Caller::calls(&api).await;
    caller.speaks(false, 400).await;
    caller.recorder.begin(ORDER, LEG, request(true));
    assert_eq!(caller.speaks(false, 700).await, None);
    assert_eq!(caller.speaks(true, 1500).await, None);
    let recorded = caller.speaks(false, 8000).await.expect("silence ends it");
    let Ok(Recording { id: Some(id), length_ms, ended: RecordingEnd::Silence }) = recorded else {
        panic!("{recorded:?}")
    };
    assert!((1000..4000).contains(&length_ms), "{length_ms}");
    let sound = api.get(&format!("/api/v1/recordings/{id}")).send().await.unwrap();
    assert_eq!(sound.status(), StatusCode::OK);
    let samples = audio::wav::decode(&sound.bytes().await.unwrap()).unwrap().0;
    assert_eq!(samples.len() as u32 / 8, length_ms);
    assert!(samples.iter().any(|sample| sample.unsigned_abs() > 4000), "the caller is heard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_hangs_up_has_left_a_voicemail() {
    let api = Api::of(CONFIGURATION).await;
    let mut caller = Caller::calls(&api).await;
    let label = VoicemailLabel {
        queue: QueueId::new("service"),
        number: "+12025550123".into(),
        intent: Some("fault".into()),
        slots: Vec::new(),
    };
    caller.speaks(false, 400).await;
    caller.recorder.begin(ORDER, LEG, RecordRequest { voicemail: Some(label), ..request(false) });
    caller.speaks(false, 400).await;
    caller.speaks(true, 1500).await;
    api.services.media.close(LEG);
    let recorded = caller.waits().await;
    let Ok(Recording { id: Some(id), ended: RecordingEnd::HungUp, .. }) = recorded else { panic!("{recorded:?}") };
    let (_, kept) = json(api.get("/api/v1/voicemails?queue=service&done=false")).await;
    assert_eq!(kept["voicemails"][0]["recording"], id.to_string());
    assert_eq!(kept["voicemails"][0]["intent"], "fault");
    let done = api.request(reqwest::Method::PATCH, &format!("/api/v1/voicemails/{id}"));
    let done = with_json(done, &serde_json::json!({ "done": true })).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert_eq!(json(api.get("/api/v1/voicemails?done=false")).await.1["voicemails"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_ends_it_and_silence_is_not_kept() {
    let api = Api::of(CONFIGURATION).await;
    let mut caller = Caller::calls(&api).await;
    caller.recorder.begin(ORDER, LEG, request(false));
    caller.speaks(false, 500).await;
    let key = SoundFact::DigitPressed { leg: LEG, digit: '#' };
    assert_eq!(caller.recorder.pass(key.clone()), Some(key), "the dialogue learns of the key");
    let nothing = Recording { id: None, length_ms: 0, ended: RecordingEnd::Key };
    assert_eq!(caller.waits().await, Ok(nothing));
    let files = std::fs::read_dir(api.folder.path().join("recordings")).unwrap().count();
    assert_eq!(files, 0);
    // A leg that has gone is no failure.
    api.services.media.close(LEG);
    caller.recorder.begin(ORDER, LEG, request(true));
    assert_eq!(caller.waits().await, Ok(Recording { ended: RecordingEnd::HungUp, ..nothing }));
}
