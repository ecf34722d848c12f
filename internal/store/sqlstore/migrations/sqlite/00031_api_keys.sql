-- +goose Up
-- What programs of account holders prove themselves with. account-operator writes these tables; another program may delete a row.

-- A key: the SHA-256 of its text, and the incarnation of the store that it was made in. One that ended has no hash any more.
-- rights is a list as JSON; NULL: all.
CREATE TABLE api_keys (
    id          TEXT PRIMARY KEY NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash        BLOB UNIQUE,
    incarnation INTEGER NOT NULL,
    name        TEXT NOT NULL,
    last_four   TEXT NOT NULL,
    rights      TEXT,
    created_at  TEXT NOT NULL,
    used_at     TEXT,
    expires_at  TEXT,
    ended_at    TEXT,
    CHECK ((hash IS NULL) = (ended_at IS NOT NULL))
) STRICT;
CREATE INDEX api_keys_account ON api_keys (account_id, created_at);
CREATE INDEX api_keys_ended ON api_keys (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX api_keys_expire ON api_keys (expires_at) WHERE expires_at IS NOT NULL;

-- A session of a key, for which the code of a second factor was given: the SHA-256 of its text. It is good as long as its key is, and not after
-- expires_at.
CREATE TABLE api_sessions (
    hash       BLOB PRIMARY KEY NOT NULL,
    key_id     TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX api_sessions_key ON api_sessions (key_id, expires_at);
CREATE INDEX api_sessions_expire ON api_sessions (expires_at);

DROP TRIGGER accounts_sessions_end;

-- +goose StatementBegin
-- Nobody stays signed in, and no key is good, with a former password, or of an account that was deleted or restored, whoever does that.
CREATE TRIGGER accounts_sessions_end AFTER UPDATE ON accounts
WHEN NEW.password_hash IS NOT OLD.password_hash OR NEW.deleted_at IS NOT OLD.deleted_at
BEGIN
    DELETE FROM sessions WHERE account_id = NEW.id;
    DELETE FROM known_browsers WHERE account_id = NEW.id;
    UPDATE api_keys SET hash = NULL, ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE account_id = NEW.id AND ended_at IS NULL;
END;
-- +goose StatementEnd
