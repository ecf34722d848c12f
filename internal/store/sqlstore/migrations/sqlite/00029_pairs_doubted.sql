-- +goose Up
-- Who holds an account now may not have the labels that its former holder had: sets that have a pair there look at it again, also those
-- that would not choose the new holder, and so would not see it come.

-- +goose StatementBegin
CREATE TRIGGER accounts_pairs_doubted AFTER UPDATE OF uid ON accounts WHEN NEW.uid IS NOT NULL AND NEW.uid IS NOT OLD.uid
BEGIN
    UPDATE applied_pairs SET stale = TRUE WHERE account_id = NEW.id;
    INSERT INTO touched SELECT a.cluster, a.kind, a.namespace, a.namespace_uid, a.name, a.uid, FALSE
    FROM applied_pairs p JOIN applied a ON a.cluster = p.cluster AND a.kind = 'EnvVarSet' AND a.uid = p.uid
    WHERE p.account_id = NEW.id;
END;
-- +goose StatementEnd
