-- +goose Up
-- How often the rows of each account changed, for who reads them: raised is its revision, and changed orders the last changes of all
-- accounts. A row outlives its account. Triggers write it.
CREATE TABLE account_revisions (
    account_id INTEGER PRIMARY KEY,
    changed    INTEGER NOT NULL,
    raised     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX account_revisions_changed ON account_revisions (changed);

-- By inserting into it the triggers of all kinds raise the revision of an account.
CREATE VIEW raises AS SELECT 0 AS account_id WHERE 0;

-- +goose StatementBegin
CREATE TRIGGER raises_insert INSTEAD OF INSERT ON raises
BEGIN
    INSERT INTO account_revisions (account_id, changed, raised)
    VALUES (NEW.account_id, 1 + coalesce((SELECT max(changed) FROM account_revisions), 0), 1)
    ON CONFLICT (account_id) DO UPDATE SET changed = excluded.changed, raised = raised + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_raise_insert AFTER INSERT ON accounts
BEGIN
    INSERT INTO raises VALUES (NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_raise_update AFTER UPDATE ON accounts
BEGIN
    INSERT INTO raises VALUES (OLD.id);
    INSERT INTO raises SELECT NEW.id WHERE NEW.id <> OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_raise_delete AFTER DELETE ON accounts
BEGIN
    INSERT INTO raises VALUES (OLD.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_raise_insert AFTER INSERT ON env_vars
BEGIN
    INSERT INTO raises VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_raise_update AFTER UPDATE ON env_vars
BEGIN
    INSERT INTO raises VALUES (OLD.account_id);
    INSERT INTO raises SELECT NEW.account_id WHERE NEW.account_id <> OLD.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_raise_delete AFTER DELETE ON env_vars
BEGIN
    INSERT INTO raises VALUES (OLD.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_raise_insert AFTER INSERT ON connections
BEGIN
    INSERT INTO raises VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_raise_update AFTER UPDATE ON connections
BEGIN
    INSERT INTO raises VALUES (OLD.account_id);
    INSERT INTO raises SELECT NEW.account_id WHERE NEW.account_id <> OLD.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_raise_delete AFTER DELETE ON connections
BEGIN
    INSERT INTO raises VALUES (OLD.account_id);
END;
-- +goose StatementEnd
