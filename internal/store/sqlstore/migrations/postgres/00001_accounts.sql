-- +goose Up
-- +goose StatementBegin
-- 40 random bits as lower-case letters and digits, without those that look alike. The bytes taken are those of a UUID in
-- which the lowest five bits are random.
CREATE FUNCTION account_operator_referral_code() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(substr('23456789abcdefghijkmnpqrstuvwxyz', get_byte(id, n) % 32 + 1, 1), '')
    FROM uuid_send(gen_random_uuid()) AS id, generate_series(8, 15) AS n
$$;
-- +goose StatementEnd

-- Accounts, and what hangs on them. The claim columns name the Kubernetes object that manages a row; all are NULL where
-- nobody does. A row with deleted_at is a deleted account that can still be restored; with purged_at it is a tombstone.
-- Programs that look an account up by its address add "AND deleted_at IS NULL".
-- referral_code and referred_by stay in a tombstone: they name nobody, no code is given out twice, and whoever referred the
-- account keeps the credit for it.
CREATE TABLE accounts (
    id                  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email               TEXT NOT NULL,
    email_key           TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED,
    username            TEXT NOT NULL DEFAULT '',
    theme               TEXT NOT NULL DEFAULT 'System' CHECK (theme IN ('Dark', 'Light', 'System')),
    newsletter          TEXT NOT NULL DEFAULT 'Unsubscribed' CHECK (newsletter IN ('Subscribed', 'Unsubscribed')),
    invoice_name        TEXT NOT NULL DEFAULT '',
    invoice_company     TEXT NOT NULL DEFAULT '',
    invoice_tax_id      TEXT NOT NULL DEFAULT '',
    invoice_email       TEXT NOT NULL DEFAULT '',
    invoice_line1       TEXT NOT NULL DEFAULT '',
    invoice_line2       TEXT NOT NULL DEFAULT '',
    invoice_city        TEXT NOT NULL DEFAULT '',
    invoice_region      TEXT NOT NULL DEFAULT '',
    invoice_postal_code TEXT NOT NULL DEFAULT '',
    invoice_country     TEXT NOT NULL DEFAULT '',
    two_factor_policy   TEXT NOT NULL DEFAULT 'Optional' CHECK (two_factor_policy IN ('Required', 'Optional')),
    email_verified_at   TIMESTAMPTZ,
    password_hash       TEXT,
    referral_code       TEXT COLLATE "C" NOT NULL DEFAULT account_operator_referral_code() CHECK (referral_code <> ''),
    referred_by         BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    cluster             TEXT,
    namespace           TEXT,
    namespace_uid       TEXT,
    name                TEXT,
    uid                 TEXT COLLATE "C",
    created_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at          TIMESTAMPTZ,
    purged_at           TIMESTAMPTZ,
    CHECK ((uid IS NULL) = (cluster IS NULL))
);
CREATE UNIQUE INDEX accounts_claim ON accounts (cluster, uid) WHERE uid IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX accounts_email ON accounts (email_key) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX accounts_name ON accounts (cluster, namespace, name) WHERE uid IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX accounts_referral ON accounts (referral_code);
CREATE INDEX accounts_referred ON accounts (referred_by) WHERE referred_by IS NOT NULL;
CREATE INDEX accounts_to_restore ON accounts (email_key, deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX accounts_to_purge ON accounts (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;

-- +goose StatementBegin
CREATE FUNCTION account_operator_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'AO004';
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_keep_code BEFORE UPDATE OF referral_code ON accounts FOR EACH ROW
    WHEN (NEW.referral_code <> OLD.referral_code) EXECUTE FUNCTION account_operator_refuse('a referral code never changes');

-- Which kinds of notifications the account holder gets by mail; the program that sends them knows the defaults.
CREATE TABLE notification_prefs (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type       TEXT COLLATE "C" NOT NULL,
    email      TEXT NOT NULL CHECK (email IN ('Enabled', 'Disabled')),
    PRIMARY KEY (account_id, type)
);

-- value is sealed by account-operator: another program can delete a variable or release it, but not write one.
-- version changes with every write and is part of what the seal binds the value to.
CREATE TABLE env_vars (
    account_id          BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name                TEXT COLLATE "C" NOT NULL,
    value               BYTEA NOT NULL,
    version             BIGINT NOT NULL,
    owner_cluster       TEXT,
    owner_namespace     TEXT,
    owner_namespace_uid TEXT,
    owner_name          TEXT,
    owner_uid           TEXT COLLATE "C",
    PRIMARY KEY (account_id, name),
    CHECK ((owner_uid IS NULL) = (owner_cluster IS NULL))
);
CREATE INDEX env_vars_owner ON env_vars (owner_cluster, owner_uid) WHERE owner_uid IS NOT NULL;

-- credentials is sealed, as env_vars.value is.
CREATE TABLE connections (
    id            TEXT PRIMARY KEY,
    account_id    BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    display_name  TEXT NOT NULL DEFAULT '',
    type          TEXT NOT NULL,
    bucket        TEXT NOT NULL DEFAULT '',
    region        TEXT NOT NULL DEFAULT '',
    endpoint      TEXT NOT NULL DEFAULT '',
    credentials   BYTEA NOT NULL,
    version       BIGINT NOT NULL,
    cluster       TEXT,
    namespace     TEXT,
    namespace_uid TEXT,
    name          TEXT,
    uid           TEXT COLLATE "C",
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK ((uid IS NULL) = (cluster IS NULL))
);
CREATE UNIQUE INDEX connections_claim ON connections (cluster, uid) WHERE uid IS NOT NULL;
CREATE UNIQUE INDEX connections_name ON connections (cluster, namespace, name) WHERE uid IS NOT NULL;
CREATE INDEX connections_account ON connections (account_id);
