-- +goose Up
-- What belongs to an account and is written by the cloud's other services. id and account_id are enough; an account
-- cannot be deleted while it has any, and none can come to an account that is deleted.

CREATE TABLE machines (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX machines_account ON machines (account_id, id);

-- +goose StatementBegin
CREATE TRIGGER machines_insert BEFORE INSERT ON machines
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a machine needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER machines_move BEFORE UPDATE OF account_id ON machines
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a machine needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER machines_moved AFTER UPDATE OF account_id ON machines WHEN NEW.account_id <> OLD.account_id
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER machines_deleted AFTER DELETE ON machines
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

CREATE TABLE clusters (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX clusters_account ON clusters (account_id, id);

-- +goose StatementBegin
CREATE TRIGGER clusters_insert BEFORE INSERT ON clusters
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a cluster needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clusters_move BEFORE UPDATE OF account_id ON clusters
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a cluster needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clusters_moved AFTER UPDATE OF account_id ON clusters WHEN NEW.account_id <> OLD.account_id
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clusters_deleted AFTER DELETE ON clusters
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

CREATE TABLE instances (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX instances_account ON instances (account_id, id);

-- +goose StatementBegin
CREATE TRIGGER instances_insert BEFORE INSERT ON instances
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an instance needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER instances_move BEFORE UPDATE OF account_id ON instances
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an instance needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER instances_moved AFTER UPDATE OF account_id ON instances WHEN NEW.account_id <> OLD.account_id
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER instances_deleted AFTER DELETE ON instances
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

CREATE TABLE volumes (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX volumes_account ON volumes (account_id, id);

-- +goose StatementBegin
CREATE TRIGGER volumes_insert BEFORE INSERT ON volumes
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a volume needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER volumes_move BEFORE UPDATE OF account_id ON volumes
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a volume needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER volumes_moved AFTER UPDATE OF account_id ON volumes WHEN NEW.account_id <> OLD.account_id
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER volumes_deleted AFTER DELETE ON volumes
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, '');
END;
-- +goose StatementEnd

-- Whoever deletes an account, these must be gone. (Foreign keys are off by default in the sqlite3 shell.)
CREATE VIEW dependents AS
SELECT 'Machine' AS kind, id, account_id FROM machines
UNION ALL SELECT 'Cluster', id, account_id FROM clusters
UNION ALL SELECT 'Instance', id, account_id FROM instances
UNION ALL SELECT 'Volume', id, account_id FROM volumes;

-- +goose StatementBegin
CREATE TRIGGER accounts_mark_deleted BEFORE UPDATE OF deleted_at ON accounts
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM dependents WHERE account_id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the account still has machines, clusters, instances or volumes');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_delete BEFORE DELETE ON accounts
WHEN EXISTS (SELECT 1 FROM dependents WHERE account_id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the account still has machines, clusters, instances or volumes');
END;
-- +goose StatementEnd
