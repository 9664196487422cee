-- Until when a subject is locked, by which operators find it. Locks from before are not listed; they end by themselves.
ALTER TABLE verifications ADD COLUMN locked_until INTEGER;
CREATE INDEX verifications_locked ON verifications (project_id, locked_until) WHERE locked_until IS NOT NULL;
