-- +goose Up
-- What an account's holder may change of it.

-- Which leaves the object of an account sets, as a JSON list of their paths in its spec. Only account-operator writes it, together with
-- the leaves. NULL where an object manages the account: not known, so that its holder changes none.
ALTER TABLE accounts ADD COLUMN managed TEXT;

-- How long a value is as it is sealed, for those who may not read it.
ALTER TABLE env_vars ADD COLUMN size INTEGER NOT NULL GENERATED ALWAYS AS (length(value)) VIRTUAL;

-- +goose StatementBegin
-- What one object sets says nothing of what the next one does, or of an account that nobody manages.
CREATE TRIGGER accounts_claim_changes AFTER UPDATE OF cluster, uid, deleted_at ON accounts
WHEN NEW.managed IS NOT NULL
    AND (NEW.cluster, NEW.uid, NEW.deleted_at IS NULL) IS NOT (OLD.cluster, OLD.uid, OLD.deleted_at IS NULL)
BEGIN
    UPDATE accounts SET managed = NULL WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- A program that writes with ON CONFLICT of its own, such as an upsert, has that take the place of what a table says of its conflicts. So
-- triggers say it themselves: a claim that waits to be looked at waits once.
DROP TRIGGER touched_insert;
-- +goose StatementBegin
CREATE TRIGGER touched_insert INSTEAD OF INSERT ON touched WHEN NEW.uid IS NOT NULL
BEGIN
    UPDATE applied SET stale = TRUE
    WHERE NEW.stales AND cluster = NEW.cluster AND kind = NEW.kind AND uid = NEW.uid AND NOT stale;
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT cluster, lease, NEW.kind, coalesce(NEW.namespace, ''), coalesce(NEW.namespace_uid, ''),
           coalesce(NEW.name, ''), NEW.uid
    FROM leaders WHERE cluster = NEW.cluster ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
DROP TRIGGER freed_insert;
-- +goose StatementBegin
CREATE TRIGGER freed_insert INSTEAD OF INSERT ON freed
BEGIN
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT l.cluster, l.lease, w.kind, w.namespace, w.namespace_uid, w.name, w.uid
    FROM waits w JOIN leaders l ON l.cluster = w.cluster
    WHERE w.account_id = NEW.account_id AND w.item = NEW.item ON CONFLICT DO NOTHING;
    DELETE FROM waits WHERE account_id = NEW.account_id AND item = NEW.item;
END;
-- +goose StatementEnd
DROP TRIGGER mails_come;
-- +goose StatementBegin
CREATE TRIGGER mails_come AFTER INSERT ON mails
BEGIN
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT l.cluster, l.lease, 'Mail', '', '', '', ''
    FROM accounts a JOIN leaders l ON a.cluster IS NULL OR l.cluster = a.cluster
    WHERE a.id = NEW.account_id ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
