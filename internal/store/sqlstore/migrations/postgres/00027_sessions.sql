-- +goose Up
-- Who is signed in to the page of settings. account-operator writes these tables; another program may delete a row, as a help desk does.

-- A session: the SHA-256 of its token, and the incarnation of the store that it began in. It is good as long as that is the present one.
-- awaits_code: the password was right, and nobody is signed in yet.
CREATE TABLE sessions (
    hash        BYTEA PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    account_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    incarnation BIGINT NOT NULL,
    awaits_code BOOLEAN NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ NOT NULL,
    proved_at   TIMESTAMPTZ NOT NULL,
    peer        TEXT NOT NULL,
    user_agent  TEXT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, awaits_code, used_at);
CREATE INDEX sessions_used ON sessions (used_at);

-- A browser that an account signed in with, as the SHA-256 of a token that it keeps. It opens nothing: wrong passwords that it gives are
-- counted apart from those of strangers.
CREATE TABLE known_browsers (
    hash       BYTEA NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    used_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (hash, account_id)
);
CREATE INDEX known_browsers_account ON known_browsers (account_id, used_at);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Nobody stays signed in with a former password, or to an account that was deleted or restored, whoever does that.
CREATE FUNCTION account_operator_sessions_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM sessions WHERE account_id = NEW.id;
    DELETE FROM known_browsers WHERE account_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_sessions_end AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at)
    EXECUTE FUNCTION account_operator_sessions_end();
SELECT account_operator_guard();
