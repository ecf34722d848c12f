-- +goose Up
-- How many mails one address gets within an hour, by who asked for them, so that nobody uses up another's; and what became of
-- the mail that asks to confirm an address.

-- One row: with it an address is turned into the number of a bucket, so that nobody outside finds two that share one.
CREATE TABLE mail_salt (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value BYTEA NOT NULL
);
INSERT INTO mail_salt (id, value)
VALUES (1, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

-- Only account-operator writes it. There are 2^20 buckets of each origin, and a row for one that was used within the last hours.
-- Bucket -1 counts all that the pages were asked for.
CREATE TABLE mail_budgets (
    origin TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    began  TIMESTAMPTZ NOT NULL,
    used   BIGINT NOT NULL,
    PRIMARY KEY (origin, bucket)
);

-- A mail that waits before its first attempt and has a due_at is held back by the hourly limit.
ALTER TABLE mails DROP CONSTRAINT mails_kind_check;
ALTER TABLE mails ADD CONSTRAINT mails_kind_check
    CHECK (kind IN ('VerifyAddress', 'ResetPassword', 'AddressChanged', 'FactorReset', 'PasswordChanged', 'AccountDeleted'));
-- A trigger sets the origin where it is left out.
ALTER TABLE mails ADD COLUMN origin TEXT CHECK (origin IN ('Anonymous', 'Holder', 'Administrator'));
ALTER TABLE mails ADD COLUMN sent_at TIMESTAMPTZ;
UPDATE mails SET origin = 'Administrator', sent_at = CASE state WHEN 'Sent' THEN created_at END;
-- What asks for the same as one that no sender has taken yet takes its place.
CREATE INDEX mails_untaken ON mails (kind, recipient) WHERE state = 'Waiting' AND attempts = 0;

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Who asked: the platform, by a manager's own transactions, or the account holder, by another program. What the pages are asked for
-- says so itself; nobody but a manager can use up the platform's budget.
CREATE FUNCTION account_operator_mail_origin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.origin IS DISTINCT FROM 'Anonymous' THEN
        NEW.origin := CASE WHEN account_operator_own() THEN 'Administrator' ELSE 'Holder' END;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mails_origin BEFORE INSERT ON mails FOR EACH ROW EXECUTE FUNCTION account_operator_mail_origin();

-- +goose StatementBegin
-- A new mail wakes the senders that may send it. One with a link takes the place of those that were asked for before it; a notice
-- that of one that says the same to the same address and that no sender has taken yet.
CREATE OR REPLACE FUNCTION account_operator_mail_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.kind IN ('VerifyAddress', 'ResetPassword') THEN
        UPDATE mails SET state = 'Void', recipient = ''
        WHERE account_id = NEW.account_id AND kind = NEW.kind AND id <> NEW.id
            AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind = 'VerifyAddress');
        DELETE FROM links WHERE account_id = NEW.account_id
            AND purpose = CASE NEW.kind WHEN 'VerifyAddress' THEN 'VerifyAddress' ELSE 'ChoosePassword' END;
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

-- The account's object shows what became of it: also why it waits, and that it is held back.
DROP TRIGGER mails_end ON mails;
CREATE TRIGGER mails_end AFTER UPDATE OF state, reason, due_at ON mails FOR EACH ROW
    WHEN (OLD.state = 'Waiting' AND (NEW.state IN ('Sent', 'Dead') OR NEW.state = 'Waiting'
        AND (NEW.reason <> OLD.reason OR NEW.attempts = 0 AND NEW.due_at IS DISTINCT FROM OLD.due_at)))
    EXECUTE FUNCTION account_operator_mail_ends();

-- +goose StatementBegin
-- That a mail went out to the former address says nothing of the new one. Who had a password is told that it is another now, and who
-- had confirmed the address that the account is deleted. This comes after accounts_mail_update, as the order of the names has it.
CREATE FUNCTION account_operator_accounts_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        INSERT INTO mails (account_id, kind, recipient) SELECT NEW.id, 'AccountDeleted', OLD.email WHERE OLD.email_verified_at IS NOT NULL;
        RETURN NULL;
    END IF;
    IF NEW.email_key <> OLD.email_key THEN
        UPDATE mails SET state = 'Void' WHERE account_id = NEW.id AND kind = 'VerifyAddress' AND state = 'Sent';
    END IF;
    IF NEW.password_hash <> OLD.password_hash THEN
        INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'PasswordChanged', NEW.email);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_notice AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND (NEW.deleted_at IS NOT NULL OR NEW.email_key <> OLD.email_key OR NEW.password_hash <> OLD.password_hash))
    EXECUTE FUNCTION account_operator_accounts_notice();
SELECT account_operator_guard();
