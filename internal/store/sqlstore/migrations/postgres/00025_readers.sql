-- +goose Up
-- Who may read what accounts hold, by the reader API. Administrators write the keys; the reader makes tokens and counts.

-- A key of a service: its SHA-256, a list of rights, and the IDs of accounts as JSON, or "all".
CREATE TABLE reader_keys (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    hash       BYTEA NOT NULL UNIQUE,
    rights     TEXT NOT NULL,
    accounts   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX reader_keys_name ON reader_keys (name, created_at, id);

-- A token for one account, as its SHA-256, and who had it made.
CREATE TABLE reader_tokens (
    hash       BYTEA PRIMARY KEY,
    account_id BIGINT NOT NULL,
    rights     TEXT NOT NULL,
    made_by    TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX reader_tokens_account ON reader_tokens (account_id, expires_at);
CREATE INDEX reader_tokens_maker ON reader_tokens (made_by);
CREATE INDEX reader_tokens_expiry ON reader_tokens (expires_at);

-- One row: how often something was revoked.
CREATE TABLE reader_revocations (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    count BIGINT NOT NULL
);
INSERT INTO reader_revocations VALUES (1, 0);

-- Who read of which account, counted by the hour.
CREATE TABLE reader_reads (
    account_id BIGINT NOT NULL,
    hour       TIMESTAMPTZ NOT NULL,
    reader     TEXT COLLATE "C" NOT NULL,
    reads      BIGINT NOT NULL,
    PRIMARY KEY (reader, account_id, hour)
);
CREATE INDEX reader_reads_account ON reader_reads (account_id, hour DESC, reader);
CREATE INDEX reader_reads_hour ON reader_reads (hour);
