-- +goose Up
-- Accounts, and what hangs on them. The claim columns name the Kubernetes object that manages a row; all are NULL where
-- nobody does. A row with deleted_at is a deleted account that can still be restored; with purged_at it is a tombstone.
-- Programs that look an account up by its address add "AND deleted_at IS NULL".
-- referral_code and referred_by stay in a tombstone: they name nobody, no code is given out twice, and whoever referred the
-- account keeps the credit for it.
CREATE TABLE accounts (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    email               TEXT NOT NULL,
    email_key           TEXT NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
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
    -- As strftime('%Y-%m-%dT%H:%M:%fZ', 'now') writes it.
    email_verified_at   TEXT CHECK (email_verified_at IS strftime('%Y-%m-%dT%H:%M:%fZ', email_verified_at)),
    password_hash       TEXT,
    -- 40 random bits as lower-case letters and digits, without those that look alike.
    referral_code       TEXT NOT NULL CHECK (referral_code <> '') DEFAULT (
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1) ||
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1) ||
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1) ||
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1) ||
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1) ||
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1) ||
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1) ||
        substr('23456789abcdefghijkmnpqrstuvwxyz', 1 + (random() & 31), 1)
    ),
    referred_by         INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    cluster             TEXT,
    namespace           TEXT,
    namespace_uid       TEXT,
    name                TEXT,
    uid                 TEXT,
    created_at          TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    deleted_at          TEXT,
    purged_at           TEXT,
    CHECK ((uid IS NULL) = (cluster IS NULL))
) STRICT;
CREATE UNIQUE INDEX accounts_email ON accounts (email_key) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX accounts_claim ON accounts (cluster, uid) WHERE uid IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX accounts_name ON accounts (cluster, namespace, name) WHERE uid IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX accounts_referral ON accounts (referral_code);
CREATE INDEX accounts_referred ON accounts (referred_by) WHERE referred_by IS NOT NULL;
CREATE INDEX accounts_to_restore ON accounts (email_key, deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX accounts_to_purge ON accounts (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;

-- +goose StatementBegin
CREATE TRIGGER accounts_keep_code BEFORE UPDATE OF referral_code ON accounts WHEN NEW.referral_code <> OLD.referral_code
BEGIN
    SELECT RAISE(ABORT, 'a referral code never changes');
END;
-- +goose StatementEnd

-- Which kinds of notifications the account holder gets by mail; the program that sends them knows the defaults.
CREATE TABLE notification_prefs (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type       TEXT NOT NULL,
    email      TEXT NOT NULL CHECK (email IN ('Enabled', 'Disabled')),
    PRIMARY KEY (account_id, type)
) STRICT;

-- value is sealed by account-operator: another program can delete a variable or release it, but not write one.
-- version changes with every write and is part of what the seal binds the value to.
CREATE TABLE env_vars (
    account_id          INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name                TEXT NOT NULL,
    value               BLOB NOT NULL,
    version             INTEGER NOT NULL,
    owner_cluster       TEXT,
    owner_namespace     TEXT,
    owner_namespace_uid TEXT,
    owner_name          TEXT,
    owner_uid           TEXT,
    PRIMARY KEY (account_id, name),
    CHECK ((owner_uid IS NULL) = (owner_cluster IS NULL))
) STRICT;
CREATE INDEX env_vars_owner ON env_vars (owner_cluster, owner_uid) WHERE owner_uid IS NOT NULL;

-- credentials is sealed, as env_vars.value is.
CREATE TABLE connections (
    id            TEXT PRIMARY KEY NOT NULL,
    account_id    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    display_name  TEXT NOT NULL DEFAULT '',
    type          TEXT NOT NULL,
    bucket        TEXT NOT NULL DEFAULT '',
    region        TEXT NOT NULL DEFAULT '',
    endpoint      TEXT NOT NULL DEFAULT '',
    credentials   BLOB NOT NULL,
    version       INTEGER NOT NULL,
    cluster       TEXT,
    namespace     TEXT,
    namespace_uid TEXT,
    name          TEXT,
    uid           TEXT,
    created_at    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    CHECK ((uid IS NULL) = (cluster IS NULL))
) STRICT;
CREATE UNIQUE INDEX connections_claim ON connections (cluster, uid) WHERE uid IS NOT NULL;
CREATE UNIQUE INDEX connections_name ON connections (cluster, namespace, name) WHERE uid IS NOT NULL;
CREATE INDEX connections_account ON connections (account_id);
