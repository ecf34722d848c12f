-- +goose Up
-- Who may read what accounts hold, by the reader API. Administrators write the keys; the reader makes tokens and counts.

-- A key of a service: its SHA-256, a list of rights, and the IDs of accounts as JSON, or "all".
CREATE TABLE reader_keys (
    id         TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    hash       BLOB NOT NULL UNIQUE,
    rights     TEXT NOT NULL,
    accounts   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX reader_keys_name ON reader_keys (name, created_at, id);

-- A token for one account, as its SHA-256, and who had it made.
CREATE TABLE reader_tokens (
    hash       BLOB PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL,
    rights     TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX reader_tokens_account ON reader_tokens (account_id, expires_at);
CREATE INDEX reader_tokens_maker ON reader_tokens (made_by);
CREATE INDEX reader_tokens_expiry ON reader_tokens (expires_at);

-- One row: how often something was revoked.
CREATE TABLE reader_revocations (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL
) STRICT;
INSERT INTO reader_revocations VALUES (1, 0);

-- Who read of which account, counted by the hour.
CREATE TABLE reader_reads (
    account_id INTEGER NOT NULL,
    hour       TEXT NOT NULL,
    reader     TEXT NOT NULL,
    reads      INTEGER NOT NULL,
    PRIMARY KEY (reader, account_id, hour)
) STRICT;
CREATE INDEX reader_reads_account ON reader_reads (account_id, hour DESC, reader);
CREATE INDEX reader_reads_hour ON reader_reads (hour);
