-- Times are milliseconds since 1970 UTC. Ids are UUIDs of version 7 in their text form, so they sort by time.
-- The tables are those of migrations/sqlite, column by column.

CREATE TABLE projects (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE
);

INSERT INTO projects (id, name) VALUES (1, 'default');

-- The processes that write here, and until when each is taken to be alive.
CREATE TABLE servers (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL DEFAULT 1 REFERENCES projects (id),
    seen_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE calls (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    server TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    caller TEXT NOT NULL,
    called TEXT NOT NULL,
    flow TEXT NOT NULL,
    flow_hash TEXT NOT NULL,
    -- The 64 bits of the seed, read as a signed number.
    seed BIGINT NOT NULL,
    campaign TEXT,
    attempt TEXT,
    started_at BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT,
    cause TEXT,
    sip_status BIGINT,
    disposition TEXT,
    agent TEXT,
    queue_wait_ms BIGINT,
    intent TEXT,
    recording TEXT,
    -- The bundle for the agent, as JSON.
    context TEXT
);

CREATE INDEX calls_by_caller ON calls (caller, id);
CREATE INDEX calls_by_called ON calls (called, id);
CREATE INDEX calls_by_campaign ON calls (campaign, id) WHERE campaign IS NOT NULL;
CREATE INDEX calls_by_disposition ON calls (disposition, id) WHERE disposition IS NOT NULL;
CREATE INDEX calls_open ON calls (id) WHERE ended_at IS NULL;

CREATE TABLE call_events (
    -- Counts over all calls in the order of commit: where a subscriber resumes.
    sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    call TEXT NOT NULL REFERENCES calls (id),
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    -- The event as JSON.
    body TEXT NOT NULL,
    UNIQUE (call, number)
);

CREATE TABLE campaigns (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The settings as JSON.
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    state_at BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

-- One upload.
CREATE TABLE lists (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    campaign TEXT NOT NULL REFERENCES campaigns (id),
    -- Who reads it; an upload that is not complete when its server starts again is taken back.
    server TEXT NOT NULL,
    name TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    -- NULL while the upload goes on: until then none of its leads is due.
    completed_at BIGINT
);

CREATE INDEX lists_by_campaign ON lists (campaign, id);

CREATE TABLE leads (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    campaign TEXT NOT NULL REFERENCES campaigns (id),
    list TEXT NOT NULL REFERENCES lists (id),
    line BIGINT NOT NULL,
    number TEXT NOT NULL,
    -- The other columns of the file, as a JSON object.
    variables TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    disposition TEXT,
    -- Why the gate refused the lead when it was asked last.
    refusal TEXT
);

CREATE INDEX leads_due ON leads (campaign, state, due_at, line);
CREATE INDEX leads_by_list ON leads (list, line);
CREATE INDEX leads_by_number ON leads (number);

-- Rows of an upload that were not taken.
CREATE TABLE refused_rows (
    list TEXT NOT NULL REFERENCES lists (id),
    project_id BIGINT NOT NULL REFERENCES projects (id),
    line BIGINT NOT NULL,
    reason TEXT NOT NULL,
    explanation TEXT NOT NULL,
    written TEXT NOT NULL,
    PRIMARY KEY (list, line)
);

CREATE TABLE attempts (
    id TEXT PRIMARY KEY NOT NULL,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    campaign TEXT REFERENCES campaigns (id),
    lead TEXT REFERENCES leads (id),
    number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'dialling', 'ended', 'unresolved')),
    server TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    reserved_at BIGINT NOT NULL,
    dialled_at BIGINT,
    ended_at BIGINT,
    call TEXT,
    sip_call_id TEXT,
    disposition TEXT
);

CREATE INDEX attempts_by_number ON attempts (number, reserved_at);
CREATE INDEX attempts_by_campaign ON attempts (campaign, id) WHERE campaign IS NOT NULL;
CREATE INDEX attempts_by_lead ON attempts (lead, id) WHERE lead IS NOT NULL;
CREATE INDEX attempts_open ON attempts (server) WHERE state IN ('reserved', 'dialling');
CREATE INDEX attempts_unresolved ON attempts (id) WHERE state = 'unresolved';
-- Whatever the code does, a lead cannot be in two attempts at once.
CREATE UNIQUE INDEX attempts_one_a_lead ON attempts (lead) WHERE state IN ('reserved', 'dialling');

CREATE TABLE do_not_call (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    number TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, number)
);
