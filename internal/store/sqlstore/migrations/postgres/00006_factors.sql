-- +goose Up
-- How account holders prove who they are, besides the password. account-operator writes these tables; another program may
-- delete a row, as a help desk does.

-- One row for each method of an account. seed is sealed, as env_vars.value is, and only TOTP has one. attempts counts
-- those in a row that were not accepted.
CREATE TABLE factors (
    account_id   BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method       TEXT NOT NULL CHECK (method IN ('TOTP', 'BackupCode')),
    seed         BYTEA CHECK ((seed IS NULL) = (method <> 'TOTP')),
    version      BIGINT NOT NULL DEFAULT 0,
    last_step    BIGINT NOT NULL DEFAULT 0,
    attempts     BIGINT NOT NULL DEFAULT 0,
    locked_until TIMESTAMPTZ,
    PRIMARY KEY (account_id, method)
);

-- Codes that are good once, as hashes.
CREATE TABLE backup_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash       BYTEA NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- The account's object shows what there is.
CREATE FUNCTION account_operator_factor_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM account_operator_tell(NEW.account_id);
    ELSE
        PERFORM account_operator_tell(OLD.account_id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER factors_changed AFTER INSERT OR DELETE ON factors
    FOR EACH ROW EXECUTE FUNCTION account_operator_factor_changed();
CREATE TRIGGER backup_codes_changed AFTER INSERT OR DELETE ON backup_codes
    FOR EACH ROW EXECUTE FUNCTION account_operator_factor_changed();
