-- +goose Up
-- Who signs in to which account at an OpenID Connect provider: bound when he came with the account's address, which the provider had
-- verified, and good in the incarnation of the store that it was bound in. account-operator writes the table; another program may delete a row,
-- as a help desk does, so that the next who comes with the address is bound.
CREATE TABLE provider_subjects (
    issuer      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    account_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    incarnation BIGINT NOT NULL,
    bound_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (account_id, issuer)
);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Nobody is bound to an account that was deleted or restored, whoever does that.
CREATE FUNCTION account_operator_subjects_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM provider_subjects WHERE account_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_subjects_end AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.deleted_at IS DISTINCT FROM OLD.deleted_at)
    EXECUTE FUNCTION account_operator_subjects_end();

-- +goose StatementBegin
-- Whoever is not bound any more has no way in that he opened before.
CREATE FUNCTION account_operator_subject_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE accounts SET ways_in_ended_at = now() WHERE id = OLD.account_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER provider_subjects_end AFTER DELETE ON provider_subjects FOR EACH ROW
    EXECUTE FUNCTION account_operator_subject_ends();
SELECT account_operator_guard();
