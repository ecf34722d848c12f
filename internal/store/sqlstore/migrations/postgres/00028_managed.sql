-- +goose Up
-- What an account's holder may change of it.

-- Which leaves the object of an account sets, as a JSON list of their paths in its spec. Only account-operator writes it, together with
-- the leaves. NULL where an object manages the account: not known, so that its holder changes none.
ALTER TABLE accounts ADD COLUMN managed TEXT;

-- How long a value is as it is sealed, for those who may not read it.
ALTER TABLE env_vars ADD COLUMN size BIGINT NOT NULL GENERATED ALWAYS AS (octet_length(value)) STORED;

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- What of an account its object may apply, or shows in its status.
CREATE OR REPLACE FUNCTION account_operator_shown(a accounts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(a) - 'created_at' - 'purged_at' - 'password_hash' - 'referred_by' - 'managed'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- What one object sets says nothing of what the next one does, or of an account that nobody manages.
CREATE FUNCTION account_operator_claim_changes() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.managed := NULL;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_claim_changes BEFORE UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.managed IS NOT NULL
        AND (NEW.cluster, NEW.uid, NEW.deleted_at IS NULL) IS DISTINCT FROM (OLD.cluster, OLD.uid, OLD.deleted_at IS NULL))
    EXECUTE FUNCTION account_operator_claim_changes();
SELECT account_operator_guard();
