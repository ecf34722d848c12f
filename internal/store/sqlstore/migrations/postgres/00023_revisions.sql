-- +goose Up
-- How often the rows of each account changed, for who reads them: a row for each transaction that changed any. Its revision is the sum of
-- raised. Such a row is only ever inserted, so that no two transactions wait for each other over it, and the sum differs after each
-- that ends, in whichever order they do. A row outlives its account. Triggers write it; a leader adds old rows up.
CREATE TABLE account_revisions (
    account_id BIGINT NOT NULL,
    changed    xid8 NOT NULL,
    raised     BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, changed)
);
CREATE INDEX account_revisions_changed ON account_revisions (changed, account_id);

-- One row: changes of transactions before this one may be added up, and then nobody can say which of them a reader has seen. Those
-- before next are when that is an hour old.
CREATE TABLE revisions_kept (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    since  xid8 NOT NULL,
    next   xid8 NOT NULL,
    at     TIMESTAMPTZ NOT NULL
);
INSERT INTO revisions_kept SELECT 1, xmin, xmin, now() FROM pg_snapshot_xmin(pg_current_snapshot()) AS xmin;

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION account_operator_accounts_raise() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT id, pg_current_xact_id() FROM new_rows ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT id, pg_current_xact_id() FROM (TABLE old_rows UNION ALL TABLE new_rows) AS r ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT id, pg_current_xact_id() FROM old_rows ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'TRUNCATE' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT id, pg_current_xact_id() FROM accounts ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_raise_insert AFTER INSERT ON accounts REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_accounts_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_raise_update AFTER UPDATE ON accounts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_accounts_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_raise_delete AFTER DELETE ON accounts REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_accounts_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_raise_truncate BEFORE TRUNCATE ON accounts
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_accounts_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION account_operator_env_vars_raise() RETURNS trigger
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
        SELECT DISTINCT account_id, pg_current_xact_id() FROM env_vars ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_raise_insert AFTER INSERT ON env_vars REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_env_vars_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_raise_update AFTER UPDATE ON env_vars REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_env_vars_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_raise_delete AFTER DELETE ON env_vars REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_env_vars_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_raise_truncate BEFORE TRUNCATE ON env_vars
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_env_vars_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION account_operator_connections_raise() RETURNS trigger
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
        SELECT DISTINCT account_id, pg_current_xact_id() FROM connections ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_raise_insert AFTER INSERT ON connections REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_connections_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_raise_update AFTER UPDATE ON connections REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_connections_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_raise_delete AFTER DELETE ON connections REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_connections_raise();
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_raise_truncate BEFORE TRUNCATE ON connections
    FOR EACH STATEMENT EXECUTE FUNCTION account_operator_connections_raise();
-- +goose StatementEnd

SELECT account_operator_guard();
