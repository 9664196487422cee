//! Messages for the people of a queue.

use call_model::{ConsultFailure, ConsultResult, Consulted, RecordingId, VoicemailLabel};
use storage::NewVoicemail;

use super::{Asker, failed, refused};

impl Asker {
    /// Keeps a recording for the people of a queue.
    pub(crate) async fn keep_voicemail(
        &self,
        label: VoicemailLabel,
        recording: RecordingId,
        length_ms: u32,
    ) -> ConsultResult {
        let VoicemailLabel { queue, number, intent, slots } = label;
        if !self.services.config.queues.iter().any(|known| known.name == queue.as_str()) {
            return Err(ConsultFailure::NotConfigured { name: queue.to_string() });
        }
        let row = self.services.store.recording(recording).await.map_err(|error| failed(&error))?;
        if row.is_none_or(|row| row.call != self.call) {
            return Err(refused("the call has no such recording"));
        }
        let (call, at) = (self.call, self.now());
        let voicemail = NewVoicemail { recording, queue, call, number, intent, slots, length_ms, at };
        self.services.store.keep_voicemail(voicemail).await.map_err(|error| failed(&error))?;
        Ok(Consulted::Done)
    }
}
