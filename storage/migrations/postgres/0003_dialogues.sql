-- What dialogues ask and tell: tickets, surveys, messages, risks, verification, jobs, facts, recordings.
-- The tables are those of migrations/sqlite, column by column.

-- The kind of service that the caller's intent asks for.
ALTER TABLE calls ADD COLUMN service TEXT;

CREATE TABLE tickets (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    number TEXT NOT NULL,
    -- The same key opens no second ticket.
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    call TEXT NOT NULL,
    caller TEXT NOT NULL,
    -- A JSON object of texts.
    fields TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (project_id, number),
    UNIQUE (project_id, key)
);

CREATE TABLE surveys (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    call TEXT NOT NULL,
    survey TEXT NOT NULL,
    number TEXT NOT NULL,
    -- A JSON list of questions with their answers.
    answers TEXT NOT NULL,
    complete BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    UNIQUE (project_id, call, survey)
);

-- The outbox: a row is there before the message is sent.
CREATE TABLE messages (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    -- The same key is sent once; it goes out as Idempotency-Key.
    key TEXT NOT NULL,
    call TEXT,
    way TEXT NOT NULL,
    recipient TEXT NOT NULL,
    text TEXT NOT NULL,
    -- What stands for {code} in the text; forgotten as soon as the message is sent or given up.
    code TEXT,
    -- Not sent after this.
    expires_at BIGINT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    -- When it was sent or given up.
    ended_at BIGINT,
    -- What the last attempt met.
    trouble TEXT,
    UNIQUE (project_id, key)
);

CREATE INDEX messages_due ON messages (next_at) WHERE state = 'waiting';

CREATE TABLE risks (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    call TEXT NOT NULL,
    number TEXT NOT NULL,
    intent TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    -- The calls of the number with the intent when it was noted, and whether they were enough for a flag.
    calls BIGINT NOT NULL,
    flagged BIGINT NOT NULL,
    UNIQUE (project_id, call, number, intent)
);

CREATE INDEX risks_by_number ON risks (project_id, number, intent, noted_at);

-- How a subject of verification stands.
CREATE TABLE verifications (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    way TEXT NOT NULL,
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    failed_at BIGINT,
    -- The last attempt and what came of it, so that one that is written again counts once.
    attempt TEXT,
    was_right BIGINT,
    PRIMARY KEY (project_id, way, subject)
);

CREATE TABLE one_time_codes (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    way TEXT NOT NULL,
    subject TEXT NOT NULL,
    salt TEXT NOT NULL,
    -- SHA-256 of the salt and the code.
    hash TEXT NOT NULL,
    tries BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, way, subject)
);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    call TEXT NOT NULL,
    number TEXT NOT NULL,
    -- SHA-256 of the token that the service sends with the result.
    token_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'ended')),
    ok BIGINT,
    -- A JSON object.
    result TEXT,
    -- The message for a caller who is gone when the result comes, as JSON.
    if_gone TEXT,
    -- A call waits for the result until then; NULL where none waits.
    waits_until BIGINT,
    -- Whether a call or a message has taken the result.
    taken BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (project_id, key)
);

CREATE INDEX jobs_by_call ON jobs (call);
CREATE INDEX jobs_left ON jobs (waits_until) WHERE state = 'ended' AND taken = 0;

-- What is remembered of a number.
CREATE TABLE facts (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    number TEXT NOT NULL,
    fact TEXT NOT NULL,
    value TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (project_id, number, fact)
);

-- Messages that callers spoke; the sound lies in a file of this name.
CREATE TABLE recordings (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    call TEXT NOT NULL,
    length_ms BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE voicemails (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    recording TEXT NOT NULL,
    queue TEXT NOT NULL,
    call TEXT NOT NULL,
    number TEXT NOT NULL,
    intent TEXT,
    -- A JSON list.
    slots TEXT NOT NULL,
    length_ms BIGINT NOT NULL,
    left_at BIGINT NOT NULL,
    -- When somebody said that it was dealt with.
    done_at BIGINT,
    UNIQUE (project_id, recording)
);
