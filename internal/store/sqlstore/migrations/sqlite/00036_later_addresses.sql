-- +goose Up
-- An account's first address is proved by its mailbox alone. A later one is confirmed by who is signed in, with the link that was mailed
-- there; and a first second factor is set up with a code that was mailed.

-- The address that an account's holder wants, until it is confirmed. account-operator writes it.
CREATE TABLE pending_addresses (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    email      TEXT NOT NULL,
    email_key  TEXT NOT NULL GENERATED ALWAYS AS (lower(email)) VIRTUAL
) STRICT;

-- The session that a code is for; empty where the mail carries none.
ALTER TABLE mails ADD COLUMN session_id TEXT NOT NULL DEFAULT '';

-- Which purposes of links there are the programs know. The table is made again, since SQLite cannot drop a CHECK. Triggers of other tables
-- find it by its name.
CREATE TABLE links_before AS SELECT * FROM links;
DROP TABLE links;
CREATE TABLE links (
    hash       BLOB PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    email_key  TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO links (hash, account_id, purpose, expires_at, email_key) SELECT hash, account_id, purpose, expires_at, email_key FROM links_before;
DROP TABLE links_before;
CREATE INDEX links_account ON links (account_id);
CREATE INDEX links_expires ON links (expires_at);

-- A mail with a link or a code takes the place of those that were asked for before it.
DROP TRIGGER mails_supersede;
-- +goose StatementBegin
CREATE TRIGGER mails_supersede AFTER INSERT ON mails WHEN NEW.kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode')
BEGIN
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.account_id AND kind = NEW.kind AND id <> NEW.id
        AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind IN ('VerifyAddress', 'ProveAddress'));
    DELETE FROM links WHERE account_id = NEW.account_id
        AND purpose = CASE NEW.kind WHEN 'ResetPassword' THEN 'ChoosePassword' ELSE NEW.kind END;
END;
-- +goose StatementEnd

-- A notice takes the place of one that says the same to the same address and that no sender has taken yet.
DROP TRIGGER mails_merge;
-- +goose StatementBegin
CREATE TRIGGER mails_merge AFTER INSERT ON mails WHEN NEW.kind NOT IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode')
BEGIN
    DELETE FROM mails WHERE kind = NEW.kind AND recipient = NEW.recipient AND state = 'Waiting' AND attempts = 0 AND id <> NEW.id;
END;
-- +goose StatementEnd

-- That a mail went out to the former address says nothing of the new one.
DROP TRIGGER accounts_mail_sent;
-- +goose StatementBegin
CREATE TRIGGER accounts_mail_sent AFTER UPDATE OF email ON accounts WHEN NEW.email_key <> OLD.email_key
BEGIN
    UPDATE mails SET state = 'Void' WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ProveAddress') AND state = 'Sent';
END;
-- +goose StatementEnd

-- A deleted account's mails go with it, and the address that waited. Who had confirmed the address gets a notice, as before.
DROP TRIGGER accounts_mail_gone;
-- +goose StatementBegin
CREATE TRIGGER accounts_mail_gone AFTER UPDATE OF deleted_at ON accounts WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
BEGIN
    DELETE FROM pending_addresses WHERE account_id = NEW.id;
    DELETE FROM mails WHERE account_id = NEW.id;
    DELETE FROM links WHERE account_id = NEW.id;
    INSERT INTO mails (account_id, kind, recipient)
    SELECT NEW.id, CASE WHEN NEW.holder_deleted_at IS NULL THEN 'AccountDeleted' ELSE 'DeletedByHolder' END, OLD.email
    WHERE OLD.email_verified_at IS NOT NULL;
END;
-- +goose StatementEnd

-- Links lead nowhere once the address or the password is another, and an address that waited is not wanted any more. An
-- address is a later one where the account has a password, or a user of a provider. The rest is as before.
DROP TRIGGER accounts_mail_update;
-- +goose StatementBegin
CREATE TRIGGER accounts_mail_update AFTER UPDATE ON accounts
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NULL
    AND (NEW.email_key <> OLD.email_key OR NEW.password_hash IS NOT OLD.password_hash)
BEGIN
    DELETE FROM pending_addresses WHERE account_id = NEW.id;
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode') AND state IN ('Waiting', 'Dead');
    DELETE FROM links WHERE account_id = NEW.id;
    UPDATE accounts SET
        email_verified_at = CASE WHEN NEW.email_verified_at IS NOT OLD.email_verified_at THEN NEW.email_verified_at END,
        email_changed_at = CASE WHEN NEW.password_hash IS NULL AND NOT EXISTS (SELECT 1 FROM provider_subjects WHERE account_id = NEW.id) THEN NEW.email_changed_at ELSE strftime('%Y-%m-%dT%H:%M:%fZ', 'now') END
    WHERE id = NEW.id AND NEW.email_key <> OLD.email_key;
    INSERT INTO mails (account_id, kind, recipient, new_address) SELECT NEW.id, 'AddressChanged', OLD.email, NEW.email
    WHERE NEW.email_key <> OLD.email_key;
    INSERT INTO mails (account_id, kind, recipient) SELECT id, 'VerifyAddress', email FROM accounts
    WHERE id = NEW.id AND NEW.email_key <> OLD.email_key AND (SELECT own FROM writer) = 1
        AND email_verified_at IS NULL AND email_changed_at IS NULL;
END;
-- +goose StatementEnd

-- Links lead nowhere while access is suspended. When that is over, an address that was never confirmed is asked for again.
DROP TRIGGER accounts_access_changes;
-- +goose StatementBegin
CREATE TRIGGER accounts_access_changes AFTER UPDATE ON accounts
WHEN NEW.deleted_at IS NULL AND (NEW.access_suspended_at IS NULL) <> (OLD.access_suspended_at IS NULL)
BEGIN
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode')
        AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind IN ('VerifyAddress', 'ProveAddress'));
    DELETE FROM links WHERE account_id = NEW.id;
    DELETE FROM pending_addresses WHERE account_id = NEW.id;
    INSERT INTO mails (account_id, kind, recipient) SELECT NEW.id, 'VerifyAddress', NEW.email
    WHERE NEW.access_suspended_at IS NULL AND (SELECT own FROM writer) = 1 AND NEW.email_verified_at IS NULL AND NEW.email_changed_at IS NULL;
END;
-- +goose StatementEnd

-- Whoever asks for it: while access is suspended no link goes out, and none that needs no session to an address that proves nothing.
DROP TRIGGER mails_to_unproved;
-- +goose StatementBegin
CREATE TRIGGER mails_to_unproved AFTER INSERT ON mails
WHEN NEW.kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode')
    AND (SELECT access_suspended_at IS NOT NULL
        OR NEW.kind IN ('VerifyAddress', 'ResetPassword') AND email_verified_at IS NULL AND email_changed_at IS NOT NULL
        FROM accounts WHERE id = NEW.account_id)
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id;
END;
-- +goose StatementEnd
