-- +goose Up
-- Rows of SSHKey objects. The table and its triggers are made from the kind's description.
CREATE TABLE ssh_keys (
    cluster TEXT,
    namespace TEXT,
    namespace_uid TEXT,
    name TEXT,
    uid TEXT,
    id TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type TEXT NOT NULL DEFAULT '',
    key TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    retained_cluster TEXT,
    retained_namespace TEXT,
    retained_namespace_uid TEXT,
    retained_name TEXT,
    CHECK ((uid IS NULL) = (cluster IS NULL))
) STRICT;
CREATE UNIQUE INDEX ssh_keys_claim ON ssh_keys (cluster, uid) WHERE uid IS NOT NULL;
CREATE UNIQUE INDEX ssh_keys_name ON ssh_keys (cluster, namespace, name) WHERE uid IS NOT NULL;
CREATE INDEX ssh_keys_account ON ssh_keys (account_id);

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_inserted AFTER INSERT ON ssh_keys WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (NEW.cluster, 'SSHKey', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_updated AFTER UPDATE ON ssh_keys WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'SSHKey', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
    INSERT INTO touched SELECT NEW.cluster, 'SSHKey', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid, TRUE
    WHERE NEW.uid IS NOT OLD.uid OR NEW.cluster IS NOT OLD.cluster;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_deleted AFTER DELETE ON ssh_keys WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'SSHKey', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_name_left AFTER UPDATE ON ssh_keys WHEN OLD.uid IS NOT NULL AND NEW.uid IS NOT OLD.uid
BEGIN
    INSERT INTO freed VALUES (0, 'SSHKey ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_name_gone AFTER DELETE ON ssh_keys WHEN OLD.uid IS NOT NULL
BEGIN
    INSERT INTO freed VALUES (0, 'SSHKey ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_raise_insert AFTER INSERT ON ssh_keys
BEGIN
    INSERT INTO raises VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_raise_update AFTER UPDATE ON ssh_keys
BEGIN
    INSERT INTO raises VALUES (OLD.account_id);
    INSERT INTO raises SELECT NEW.account_id WHERE NEW.account_id <> OLD.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_raise_delete AFTER DELETE ON ssh_keys
BEGIN
    INSERT INTO raises VALUES (OLD.account_id);
END;
-- +goose StatementEnd
