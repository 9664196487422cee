-- The Call-ID of the leg with which the call began, by which it is found in a trace of the signalling.
ALTER TABLE calls ADD COLUMN sip_call_id TEXT;
CREATE INDEX calls_by_sip_call_id ON calls (sip_call_id) WHERE sip_call_id IS NOT NULL;
