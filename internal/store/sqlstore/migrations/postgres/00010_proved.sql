-- +goose Up
-- An address proves who reads its mail only as long as nobody changed it under an account that has a password. Whoever reads the
-- mail of a changed one may be a stranger, so that no link goes there until the address is confirmed in another way.

-- When the address was changed last under an account with a password; NULL where it is the first one.
ALTER TABLE accounts ADD COLUMN email_changed_at TIMESTAMPTZ;

-- The address that a link was made for.
ALTER TABLE links ADD COLUMN email_key TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE links SET email_key = (SELECT a.email_key FROM accounts a WHERE a.id = account_id);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- A new address is not confirmed, unless whoever writes it says when it was.
CREATE FUNCTION account_operator_address_changes() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.email_verified_at IS NOT DISTINCT FROM OLD.email_verified_at THEN
        NEW.email_verified_at := NULL;
    END IF;
    IF NEW.password_hash IS NOT NULL THEN
        NEW.email_changed_at := now();
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_address_changes BEFORE UPDATE ON accounts FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND lower(NEW.email COLLATE "C") <> OLD.email_key)
    EXECUTE FUNCTION account_operator_address_changes();

-- +goose StatementBegin
-- Links lead nowhere once the address or the password is another, or the account gone. The former address is told. Where the
-- account has no password yet, account-operator has a new address confirmed by mail.
CREATE OR REPLACE FUNCTION account_operator_accounts_mail() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM mails WHERE account_id = NEW.id;
        DELETE FROM links WHERE account_id = NEW.id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE mails SET state = 'Void', recipient = ''
        WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ResetPassword') AND state IN ('Waiting', 'Dead');
        DELETE FROM links WHERE account_id = NEW.id;
        IF NEW.email_key = OLD.email_key THEN
            RETURN NULL;
        END IF;
        INSERT INTO mails (account_id, kind, recipient, new_address) VALUES (NEW.id, 'AddressChanged', OLD.email, NEW.email);
    END IF;
    IF account_operator_own() AND NEW.email_verified_at IS NULL AND NEW.email_changed_at IS NULL THEN
        INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'VerifyAddress', NEW.email);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whoever asks for it: no link goes to an address that proves nothing.
CREATE FUNCTION account_operator_mail_to_unproved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id
        AND (SELECT email_verified_at IS NULL AND email_changed_at IS NOT NULL FROM accounts WHERE id = NEW.account_id);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mails_to_unproved AFTER INSERT ON mails FOR EACH ROW
    WHEN (NEW.kind IN ('VerifyAddress', 'ResetPassword')) EXECUTE FUNCTION account_operator_mail_to_unproved();
SELECT account_operator_guard();
