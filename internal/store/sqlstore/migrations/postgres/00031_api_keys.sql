-- +goose Up
-- What programs of account holders prove themselves with. account-operator writes these tables; another program may delete a row.

-- A key: the SHA-256 of its text, and the incarnation of the store that it was made in. One that ended has no hash any more.
-- rights is a list as JSON; NULL: all.
CREATE TABLE api_keys (
    id          TEXT COLLATE "C" PRIMARY KEY,
    account_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash        BYTEA UNIQUE,
    incarnation BIGINT NOT NULL,
    name        TEXT NOT NULL,
    last_four   TEXT NOT NULL,
    rights      TEXT,
    created_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ,
    expires_at  TIMESTAMPTZ,
    ended_at    TIMESTAMPTZ,
    CHECK ((hash IS NULL) = (ended_at IS NOT NULL))
);
CREATE INDEX api_keys_account ON api_keys (account_id, created_at);
CREATE INDEX api_keys_ended ON api_keys (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX api_keys_expire ON api_keys (expires_at) WHERE expires_at IS NOT NULL;

-- A session of a key, for which the code of a second factor was given: the SHA-256 of its text. It is good as long as its key is, and not after
-- expires_at.
CREATE TABLE api_sessions (
    hash       BYTEA PRIMARY KEY,
    key_id     TEXT COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX api_sessions_key ON api_sessions (key_id, expires_at);
CREATE INDEX api_sessions_expire ON api_sessions (expires_at);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Nobody stays signed in, and no key is good, with a former password, or of an account that was deleted or restored, whoever does that.
CREATE OR REPLACE FUNCTION account_operator_sessions_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM sessions WHERE account_id = NEW.id;
    DELETE FROM known_browsers WHERE account_id = NEW.id;
    UPDATE api_keys SET hash = NULL, ended_at = now() WHERE account_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;
-- +goose StatementEnd
SELECT account_operator_guard();
