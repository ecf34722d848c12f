-- +goose Up
-- How account holders prove who they are, besides the password. account-operator writes these tables; another program may
-- delete a row, as a help desk does.

-- One row for each method of an account. seed is sealed, as env_vars.value is, and only TOTP has one. attempts counts
-- those in a row that were not accepted.
CREATE TABLE factors (
    account_id   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method       TEXT NOT NULL CHECK (method IN ('TOTP', 'BackupCode')),
    seed         BLOB CHECK ((seed IS NULL) = (method <> 'TOTP')),
    version      INTEGER NOT NULL DEFAULT 0,
    last_step    INTEGER NOT NULL DEFAULT 0,
    attempts     INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT,
    PRIMARY KEY (account_id, method)
) STRICT;

-- Codes that are good once, as hashes.
CREATE TABLE backup_codes (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash       BLOB NOT NULL,
    PRIMARY KEY (account_id, hash)
) STRICT;

-- The account's object shows what there is.

-- +goose StatementBegin
CREATE TRIGGER factors_inserted AFTER INSERT ON factors
BEGIN
    INSERT INTO told VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER factors_deleted AFTER DELETE ON factors
BEGIN
    INSERT INTO told VALUES (OLD.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER backup_codes_inserted AFTER INSERT ON backup_codes
BEGIN
    INSERT INTO told VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER backup_codes_deleted AFTER DELETE ON backup_codes
BEGIN
    INSERT INTO told VALUES (OLD.account_id);
END;
-- +goose StatementEnd
