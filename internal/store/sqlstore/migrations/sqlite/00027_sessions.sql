-- +goose Up
-- Who is signed in to the page of settings. account-operator writes these tables; another program may delete a row, as a help desk does.

-- A session: the SHA-256 of its token, and the incarnation of the store that it began in. It is good as long as that is the present one.
-- awaits_code: the password was right, and nobody is signed in yet.
CREATE TABLE sessions (
    hash        BLOB PRIMARY KEY NOT NULL,
    id          TEXT NOT NULL UNIQUE,
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    incarnation INTEGER NOT NULL,
    awaits_code INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    used_at     TEXT NOT NULL,
    proved_at   TEXT NOT NULL,
    peer        TEXT NOT NULL,
    user_agent  TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account_id, awaits_code, used_at);
CREATE INDEX sessions_used ON sessions (used_at);

-- A browser that an account signed in with, as the SHA-256 of a token that it keeps. It opens nothing: wrong passwords that it gives are
-- counted apart from those of strangers.
CREATE TABLE known_browsers (
    hash       BLOB NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    used_at    TEXT NOT NULL,
    PRIMARY KEY (hash, account_id)
) STRICT;
CREATE INDEX known_browsers_account ON known_browsers (account_id, used_at);

-- +goose StatementBegin
-- Nobody stays signed in with a former password, or to an account that was deleted or restored, whoever does that.
CREATE TRIGGER accounts_sessions_end AFTER UPDATE ON accounts
WHEN NEW.password_hash IS NOT OLD.password_hash OR NEW.deleted_at IS NOT OLD.deleted_at
BEGIN
    DELETE FROM sessions WHERE account_id = NEW.id;
    DELETE FROM known_browsers WHERE account_id = NEW.id;
END;
-- +goose StatementEnd
