-- +goose Up
-- Rows of SSHKey objects. The table and its triggers are made from the kind's description.
CREATE TABLE ssh_keys (
    cluster TEXT,
    namespace TEXT,
    namespace_uid TEXT,
    name TEXT,
    uid TEXT COLLATE "C",
    id TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type TEXT NOT NULL DEFAULT '',
    key TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    retained_cluster TEXT,
    retained_namespace TEXT,
    retained_namespace_uid TEXT,
    retained_name TEXT,
    CHECK ((uid IS NULL) = (cluster IS NULL))
);
CREATE UNIQUE INDEX ssh_keys_claim ON ssh_keys (cluster, uid) WHERE uid IS NOT NULL;
CREATE UNIQUE INDEX ssh_keys_name ON ssh_keys (cluster, namespace, name) WHERE uid IS NOT NULL AND namespace IS NOT NULL;
CREATE INDEX ssh_keys_account ON ssh_keys (account_id);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION account_operator_ssh_keys_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.uid IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.uid IS DISTINCT FROM OLD.uid) THEN
        PERFORM account_operator_free(0, 'SSHKey ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
    END IF;
    IF account_operator_own() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM account_operator_touch(OLD.cluster, 'SSHKey', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND (NEW.cluster, NEW.uid) IS DISTINCT FROM (OLD.cluster, OLD.uid) THEN
        PERFORM account_operator_touch(NEW.cluster, 'SSHKey', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_changed AFTER INSERT OR UPDATE OR DELETE ON ssh_keys
    FOR EACH ROW EXECUTE FUNCTION account_operator_ssh_keys_changed();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION account_operator_ssh_keys_raise() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT account_id, pg_current_xact_id() FROM new_rows ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT account_id, pg_current_xact_id() FROM (TABLE old_rows UNION ALL TABLE new_rows) AS r ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT account_id, pg_current_xact_id() FROM old_rows ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'TRUNCATE' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT account_id, pg_current_xact_id() FROM ssh_keys ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_raise_insert AFTER INSERT ON ssh_keys REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_ssh_keys_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_raise_update AFTER UPDATE ON ssh_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_ssh_keys_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_raise_delete AFTER DELETE ON ssh_keys REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_ssh_keys_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ssh_keys_raise_truncate BEFORE TRUNCATE ON ssh_keys
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_ssh_keys_raise();
-- +goose StatementEnd

-- +goose StatementBegin
SELECT account_operator_guard();
-- +goose StatementEnd
