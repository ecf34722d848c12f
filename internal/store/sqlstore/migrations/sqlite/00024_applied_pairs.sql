-- +goose Up
-- What a set that has many accounts applied last in each; stale where another program changed the set's variables there since. The
-- set's own row in applied says that all are as they should be, and is stale as soon as one of these is.
CREATE TABLE applied_pairs (
    cluster    TEXT NOT NULL,
    uid        TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    record     TEXT NOT NULL,
    leaves     TEXT,
    stale      INTEGER NOT NULL DEFAULT FALSE,
    PRIMARY KEY (cluster, uid, account_id)
) STRICT;
CREATE INDEX applied_pairs_account ON applied_pairs (account_id);
CREATE INDEX applied_pairs_stale ON applied_pairs (cluster, uid) WHERE stale;

-- The accounts of an owner, one after another.
DROP INDEX env_vars_owner;
CREATE INDEX env_vars_owner ON env_vars (owner_cluster, owner_uid, account_id) WHERE owner_uid IS NOT NULL;

-- What a purge looks up by the UID: else it would read all that a set did to its other accounts.
DROP INDEX audit_uid;
CREATE INDEX audit_uid ON audit (uid) WHERE account_id IS NULL OR kind = 'Account';

-- +goose StatementBegin
CREATE TRIGGER env_vars_pair_inserted AFTER INSERT ON env_vars WHEN (SELECT own FROM writer) = 0
BEGIN
    UPDATE applied_pairs SET stale = TRUE WHERE cluster = NEW.owner_cluster AND uid = NEW.owner_uid AND account_id = NEW.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_pair_updated AFTER UPDATE ON env_vars WHEN (SELECT own FROM writer) = 0
BEGIN
    UPDATE applied_pairs SET stale = TRUE WHERE cluster = OLD.owner_cluster AND uid = OLD.owner_uid AND account_id = OLD.account_id;
    UPDATE applied_pairs SET stale = TRUE WHERE cluster = NEW.owner_cluster AND uid = NEW.owner_uid AND account_id = NEW.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_pair_deleted AFTER DELETE ON env_vars WHEN (SELECT own FROM writer) = 0
BEGIN
    UPDATE applied_pairs SET stale = TRUE WHERE cluster = OLD.owner_cluster AND uid = OLD.owner_uid AND account_id = OLD.account_id;
END;
-- +goose StatementEnd
