-- +goose Up
-- What is to be mailed, and what the links in mails lead to. Triggers write the mails that a change of an account causes,
-- so that they come with the change or not at all, whoever makes it.

-- A mail that waits, or has ended. One that has ended holds no address any more, unless it is a dead letter; it stays for
-- as long as the hourly limit counts it. Another program may add rows: an account, a kind and a recipient are enough.
CREATE TABLE mails (
    id          TEXT COLLATE "C" PRIMARY KEY DEFAULT replace(gen_random_uuid()::text, '-', ''),
    account_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('VerifyAddress', 'ResetPassword', 'AddressChanged', 'FactorReset')),
    recipient   TEXT NOT NULL,
    new_address TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL DEFAULT 'Waiting' CHECK (state IN ('Waiting', 'Sent', 'Dead', 'Void')),
    attempts    BIGINT NOT NULL DEFAULT 0,
    due_at      TIMESTAMPTZ, -- NULL: at once
    reason      TEXT NOT NULL DEFAULT '',
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX mails_waiting ON mails (created_at, id) WHERE state = 'Waiting';
CREATE INDEX mails_account ON mails (account_id, created_at);
CREATE INDEX mails_created ON mails (created_at);

-- A link that was mailed: the SHA-256 of its token. The token itself is nowhere. Who redeems it deletes the row.
CREATE TABLE links (
    hash       BYTEA PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('VerifyAddress', 'ChoosePassword')),
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX links_account ON links (account_id);
CREATE INDEX links_expires ON links (expires_at);

-- How each button that somebody pressed once ended; it names nobody.
CREATE TABLE actions (
    cluster     TEXT NOT NULL,
    uid         TEXT NOT NULL,
    account_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type        TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    refused     TEXT NOT NULL,
    retry_after TIMESTAMPTZ,
    PRIMARY KEY (cluster, uid)
);
CREATE INDEX actions_account ON actions (account_id);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- A new mail wakes the senders that may send it. One with a link takes the place of those that were asked for before it.
CREATE FUNCTION account_operator_mail_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.kind IN ('VerifyAddress', 'ResetPassword') THEN
        UPDATE mails SET state = 'Void', recipient = ''
        WHERE account_id = NEW.account_id AND kind = NEW.kind AND id <> NEW.id AND state IN ('Waiting', 'Dead');
        DELETE FROM links WHERE account_id = NEW.account_id
            AND purpose = CASE NEW.kind WHEN 'VerifyAddress' THEN 'VerifyAddress' ELSE 'ChoosePassword' END;
    END IF;
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT l.cluster, l.lease, 'Mail', '', '', '', ''
    FROM accounts a JOIN leaders l ON a.cluster IS NULL OR l.cluster = a.cluster
    WHERE a.id = NEW.account_id;
    PERFORM pg_notify('account_operator', '');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mails_come AFTER INSERT ON mails FOR EACH ROW EXECUTE FUNCTION account_operator_mail_comes();

-- +goose StatementBegin
CREATE FUNCTION account_operator_mail_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM account_operator_tell(NEW.account_id);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mails_end AFTER UPDATE OF state ON mails FOR EACH ROW
    WHEN (OLD.state = 'Waiting' AND NEW.state IN ('Sent', 'Dead')) EXECUTE FUNCTION account_operator_mail_ends();

-- +goose StatementBegin
-- Links lead nowhere once the address or the password is another, or the account gone. The former address is told, and a
-- new one that account-operator wrote has yet to be confirmed, unless the account is confirmed already.
CREATE FUNCTION account_operator_accounts_mail() RETURNS trigger
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
    IF account_operator_own() AND NEW.email_verified_at IS NULL THEN
        INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'VerifyAddress', NEW.email);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_mail_insert AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION account_operator_accounts_mail();
CREATE TRIGGER accounts_mail_update AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND (NEW.deleted_at IS NOT NULL OR NEW.email_key <> OLD.email_key
        OR NEW.password_hash IS DISTINCT FROM OLD.password_hash))
    EXECUTE FUNCTION account_operator_accounts_mail();
