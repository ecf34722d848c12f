-- +goose Up
-- What is to be mailed, and what the links in mails lead to. Triggers write the mails that a change of an account causes,
-- so that they come with the change or not at all, whoever makes it.

-- A mail that waits, or has ended. One that has ended holds no address any more, unless it is a dead letter; it stays for
-- as long as the hourly limit counts it. Another program may add rows: an account, a kind and a recipient are enough.
CREATE TABLE mails (
    id          TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('VerifyAddress', 'ResetPassword', 'AddressChanged', 'FactorReset')),
    recipient   TEXT NOT NULL,
    new_address TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL DEFAULT 'Waiting' CHECK (state IN ('Waiting', 'Sent', 'Dead', 'Void')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    due_at      TEXT, -- NULL: at once
    reason      TEXT NOT NULL DEFAULT '',
    created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX mails_waiting ON mails (created_at, id) WHERE state = 'Waiting';
CREATE INDEX mails_account ON mails (account_id, created_at);
CREATE INDEX mails_created ON mails (created_at);

-- A link that was mailed: the SHA-256 of its token. The token itself is nowhere. Who redeems it deletes the row.
CREATE TABLE links (
    hash       BLOB PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('VerifyAddress', 'ChoosePassword')),
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX links_account ON links (account_id);
CREATE INDEX links_expires ON links (expires_at);

-- How each button that somebody pressed once ended; it names nobody.
CREATE TABLE actions (
    cluster     TEXT NOT NULL,
    uid         TEXT NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type        TEXT NOT NULL,
    at          TEXT NOT NULL,
    refused     TEXT NOT NULL,
    retry_after TEXT,
    PRIMARY KEY (cluster, uid)
) STRICT;
CREATE INDEX actions_account ON actions (account_id);

-- +goose StatementBegin
-- A new mail wakes the senders that may send it.
CREATE TRIGGER mails_come AFTER INSERT ON mails
BEGIN
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT l.cluster, l.lease, 'Mail', '', '', '', ''
    FROM accounts a JOIN leaders l ON a.cluster IS NULL OR l.cluster = a.cluster
    WHERE a.id = NEW.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- A mail with a link takes the place of those that were asked for before it.
CREATE TRIGGER mails_supersede AFTER INSERT ON mails WHEN NEW.kind IN ('VerifyAddress', 'ResetPassword')
BEGIN
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.account_id AND kind = NEW.kind AND id <> NEW.id AND state IN ('Waiting', 'Dead');
    DELETE FROM links WHERE account_id = NEW.account_id
        AND purpose = CASE NEW.kind WHEN 'VerifyAddress' THEN 'VerifyAddress' ELSE 'ChoosePassword' END;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER mails_end AFTER UPDATE OF state ON mails WHEN OLD.state = 'Waiting' AND NEW.state IN ('Sent', 'Dead')
BEGIN
    INSERT INTO told VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- An account that account-operator makes has its address confirmed; one that another program makes is that program's care.
CREATE TRIGGER accounts_mail_insert AFTER INSERT ON accounts
WHEN (SELECT own FROM writer) = 1 AND NEW.deleted_at IS NULL AND NEW.email_verified_at IS NULL
BEGIN
    INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'VerifyAddress', NEW.email);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_mail_gone AFTER UPDATE OF deleted_at ON accounts WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
BEGIN
    DELETE FROM mails WHERE account_id = NEW.id;
    DELETE FROM links WHERE account_id = NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Links lead nowhere once the address or the password is another. The former address is told, and a new one that
-- account-operator wrote has yet to be confirmed, unless the account is confirmed already.
CREATE TRIGGER accounts_mail_update AFTER UPDATE ON accounts
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NULL
    AND (NEW.email_key <> OLD.email_key OR NEW.password_hash IS NOT OLD.password_hash)
BEGIN
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ResetPassword') AND state IN ('Waiting', 'Dead');
    DELETE FROM links WHERE account_id = NEW.id;
    INSERT INTO mails (account_id, kind, recipient, new_address) SELECT NEW.id, 'AddressChanged', OLD.email, NEW.email
    WHERE NEW.email_key <> OLD.email_key;
    INSERT INTO mails (account_id, kind, recipient) SELECT NEW.id, 'VerifyAddress', NEW.email
    WHERE NEW.email_key <> OLD.email_key AND (SELECT own FROM writer) = 1 AND NEW.email_verified_at IS NULL;
END;
-- +goose StatementEnd
