-- +goose Up
-- An account's first address is proved by its mailbox alone. A later one is confirmed by who is signed in, with the link that was mailed
-- there; and a first second factor is set up with a code that was mailed.

-- The address that an account's holder wants, until it is confirmed. account-operator writes it.
CREATE TABLE pending_addresses (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    email      TEXT NOT NULL,
    email_key  TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED
);

-- The session that a code is for; empty where the mail carries none.
ALTER TABLE mails ADD COLUMN session_id TEXT NOT NULL DEFAULT '';

-- Which purposes of links there are the programs know.
ALTER TABLE links DROP CONSTRAINT links_purpose_check;

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- A new mail wakes the senders that may send it. One with a link or a code takes the place of those that were asked for before it; a notice
-- that of one that says the same to the same address and that no sender has taken yet.
CREATE OR REPLACE FUNCTION account_operator_mail_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode') THEN
        UPDATE mails SET state = 'Void', recipient = ''
        WHERE account_id = NEW.account_id AND kind = NEW.kind AND id <> NEW.id
            AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind IN ('VerifyAddress', 'ProveAddress'));
        DELETE FROM links WHERE account_id = NEW.account_id
            AND purpose = CASE NEW.kind WHEN 'ResetPassword' THEN 'ChoosePassword' ELSE NEW.kind END;
    ELSE
        DELETE FROM mails WHERE kind = NEW.kind AND recipient = NEW.recipient AND state = 'Waiting' AND attempts = 0 AND id <> NEW.id;
    END IF;
    PERFORM account_operator_enqueue(l.cluster, l.lease, 'Mail', '', '', '', '')
    FROM accounts a JOIN leaders l ON a.cluster IS NULL OR l.cluster = a.cluster
    WHERE a.id = NEW.account_id;
    PERFORM account_operator_ring();
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Links lead nowhere once the address or the password is another, or the account gone, and an address that waited is not wanted any more. The
-- former address gets a notice. Where the account has no password yet, account-operator has a new address confirmed by mail.
CREATE OR REPLACE FUNCTION account_operator_accounts_mail() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM pending_addresses WHERE account_id = NEW.id;
    END IF;
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM mails WHERE account_id = NEW.id;
        DELETE FROM links WHERE account_id = NEW.id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE mails SET state = 'Void', recipient = ''
        WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode') AND state IN ('Waiting', 'Dead');
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
-- That a mail went out to the former address says nothing of the new one. The rest is as before.
CREATE OR REPLACE FUNCTION account_operator_accounts_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        INSERT INTO mails (account_id, kind, recipient)
        SELECT NEW.id, CASE WHEN NEW.holder_deleted_at IS NULL THEN 'AccountDeleted' ELSE 'DeletedByHolder' END, OLD.email
        WHERE OLD.email_verified_at IS NOT NULL;
        RETURN NULL;
    END IF;
    IF NEW.email_key <> OLD.email_key THEN
        UPDATE mails SET state = 'Void' WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ProveAddress') AND state = 'Sent';
    END IF;
    IF NEW.password_hash <> OLD.password_hash THEN
        INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'PasswordChanged', NEW.email);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Links lead nowhere while access is suspended. When that is over, an address that was never confirmed is asked for again.
CREATE OR REPLACE FUNCTION account_operator_access_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode')
        AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind IN ('VerifyAddress', 'ProveAddress'));
    DELETE FROM links WHERE account_id = NEW.id;
    DELETE FROM pending_addresses WHERE account_id = NEW.id;
    IF NEW.access_suspended_at IS NULL AND account_operator_own() AND NEW.email_verified_at IS NULL AND NEW.email_changed_at IS NULL THEN
        INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'VerifyAddress', NEW.email);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whoever asks for it: while access is suspended no link goes out, and none that needs no session to an address that proves nothing.
CREATE OR REPLACE FUNCTION account_operator_mail_to_unproved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id
        AND (SELECT access_suspended_at IS NOT NULL
            OR NEW.kind IN ('VerifyAddress', 'ResetPassword') AND email_verified_at IS NULL AND email_changed_at IS NOT NULL
            FROM accounts WHERE id = NEW.account_id);
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP TRIGGER mails_to_unproved ON mails;
CREATE TRIGGER mails_to_unproved AFTER INSERT ON mails FOR EACH ROW
    WHEN (NEW.kind IN ('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode')) EXECUTE FUNCTION account_operator_mail_to_unproved();

-- +goose StatementBegin
-- A new address is not confirmed, unless whoever writes it says when it was. It is a later one where the account has a password, or a user of a
-- provider.
CREATE OR REPLACE FUNCTION account_operator_address_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.email_verified_at IS NOT DISTINCT FROM OLD.email_verified_at THEN
        NEW.email_verified_at := NULL;
    END IF;
    IF NEW.password_hash IS NOT NULL OR EXISTS (SELECT 1 FROM provider_subjects WHERE account_id = NEW.id) THEN
        NEW.email_changed_at := now();
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
SELECT account_operator_guard();
