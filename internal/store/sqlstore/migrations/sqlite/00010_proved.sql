-- +goose Up
-- An address proves who reads its mail only as long as nobody changed it under an account that has a password. Whoever reads the
-- mail of a changed one may be a stranger, so that no link goes there until the address is confirmed in another way.

-- When the address was changed last under an account with a password; NULL where it is the first one.
ALTER TABLE accounts ADD COLUMN email_changed_at TEXT;

-- The address that a link was made for.
ALTER TABLE links ADD COLUMN email_key TEXT NOT NULL DEFAULT '';
UPDATE links SET email_key = (SELECT email_key FROM accounts WHERE id = account_id);

-- Links lead nowhere once the address or the password is another. The former address is told. A new one is not confirmed, unless
-- whoever writes it says when it was; where the account has no password yet, account-operator has it confirmed by mail.
DROP TRIGGER accounts_mail_update;
-- +goose StatementBegin
CREATE TRIGGER accounts_mail_update AFTER UPDATE ON accounts
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NULL
    AND (NEW.email_key <> OLD.email_key OR NEW.password_hash IS NOT OLD.password_hash)
BEGIN
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ResetPassword') AND state IN ('Waiting', 'Dead');
    DELETE FROM links WHERE account_id = NEW.id;
    UPDATE accounts SET
        email_verified_at = CASE WHEN NEW.email_verified_at IS NOT OLD.email_verified_at THEN NEW.email_verified_at END,
        email_changed_at = CASE WHEN NEW.password_hash IS NULL THEN NEW.email_changed_at ELSE strftime('%Y-%m-%dT%H:%M:%fZ', 'now') END
    WHERE id = NEW.id AND NEW.email_key <> OLD.email_key;
    INSERT INTO mails (account_id, kind, recipient, new_address) SELECT NEW.id, 'AddressChanged', OLD.email, NEW.email
    WHERE NEW.email_key <> OLD.email_key;
    INSERT INTO mails (account_id, kind, recipient) SELECT id, 'VerifyAddress', email FROM accounts
    WHERE id = NEW.id AND NEW.email_key <> OLD.email_key AND (SELECT own FROM writer) = 1
        AND email_verified_at IS NULL AND email_changed_at IS NULL;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whoever asks for it: no link goes to an address that proves nothing.
CREATE TRIGGER mails_to_unproved AFTER INSERT ON mails
WHEN NEW.kind IN ('VerifyAddress', 'ResetPassword')
    AND (SELECT email_verified_at IS NULL AND email_changed_at IS NOT NULL FROM accounts WHERE id = NEW.account_id)
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id;
END;
-- +goose StatementEnd
