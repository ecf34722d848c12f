-- +goose Up
-- Who signs in to which account at an OpenID Connect provider: bound when he came with the account's address, which the provider had
-- verified, and good in the incarnation of the store that it was bound in. account-operator writes the table; another program may delete a row,
-- as a help desk does, so that the next who comes with the address is bound.
CREATE TABLE provider_subjects (
    issuer      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    incarnation INTEGER NOT NULL,
    bound_at    TEXT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (account_id, issuer)
) STRICT;

-- +goose StatementBegin
-- Nobody is bound to an account that was deleted or restored, whoever does that.
CREATE TRIGGER accounts_subjects_end AFTER UPDATE ON accounts
WHEN NEW.deleted_at IS NOT OLD.deleted_at
BEGIN
    DELETE FROM provider_subjects WHERE account_id = NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whoever is not bound any more has no way in that he opened before.
CREATE TRIGGER provider_subjects_end AFTER DELETE ON provider_subjects
BEGIN
    UPDATE accounts SET ways_in_ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = OLD.account_id;
END;
-- +goose StatementEnd
