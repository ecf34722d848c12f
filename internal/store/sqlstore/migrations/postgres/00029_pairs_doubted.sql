-- +goose Up
-- Who holds an account now may not have the labels that its former holder had: sets that have a pair there look at it again, also those
-- that would not choose the new holder, and so would not see it come.

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION account_operator_pairs_doubted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE applied_pairs SET stale = TRUE WHERE account_id = NEW.id;
    PERFORM account_operator_touch(a.cluster, a.kind, a.namespace, a.namespace_uid, a.name, a.uid, FALSE)
    FROM applied_pairs p JOIN applied a ON a.cluster = p.cluster AND a.kind = 'EnvVarSet' AND a.uid = p.uid
    WHERE p.account_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_pairs_doubted AFTER UPDATE OF uid ON accounts
    FOR EACH ROW WHEN (NEW.uid IS NOT NULL AND NEW.uid IS DISTINCT FROM OLD.uid) EXECUTE FUNCTION account_operator_pairs_doubted();
-- +goose StatementEnd

-- +goose StatementBegin
SELECT account_operator_guard();
-- +goose StatementEnd
