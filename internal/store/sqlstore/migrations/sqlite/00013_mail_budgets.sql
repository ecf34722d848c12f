-- +goose Up
-- How many mails one address gets within an hour, by who asked for them, so that nobody uses up another's; and what became of
-- the mail that asks to confirm an address.

-- One row: with it an address is turned into the number of a bucket, so that nobody outside finds two that share one.
CREATE TABLE mail_salt (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value BLOB NOT NULL
) STRICT;
INSERT INTO mail_salt (id, value) VALUES (1, randomblob(32));

-- Only account-operator writes it. There are 2^20 buckets of each origin, and a row for one that was used within the last hours.
-- Bucket -1 counts all that the pages were asked for.
CREATE TABLE mail_budgets (
    origin TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    began  TEXT NOT NULL,
    used   INTEGER NOT NULL,
    PRIMARY KEY (origin, bucket)
) STRICT;

-- The table is made anew, since SQLite cannot change a CHECK. Triggers of other tables find it by its name.
CREATE TABLE mails_before AS SELECT * FROM mails;
DROP TABLE mails;

-- A mail that waits, or has ended. One that has ended holds no address any more, unless it is a dead letter. Another program may
-- add rows: an account, a kind and a recipient are enough. One that waits before its first attempt and has a due_at is held back
-- by the hourly limit.
CREATE TABLE mails (
    id          TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('VerifyAddress', 'ResetPassword', 'AddressChanged', 'FactorReset', 'PasswordChanged', 'AccountDeleted')),
    recipient   TEXT NOT NULL,
    new_address TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL DEFAULT 'Waiting' CHECK (state IN ('Waiting', 'Sent', 'Dead', 'Void')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    due_at      TEXT, -- NULL: at once
    reason      TEXT NOT NULL DEFAULT '',
    created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    taken_lease TEXT,
    taken_epoch INTEGER,
    origin      TEXT CHECK (origin IN ('Anonymous', 'Holder', 'Administrator')), -- a trigger sets it where it is left out
    sent_at     TEXT
) STRICT;
INSERT INTO mails (id, account_id, kind, recipient, new_address, state, attempts, due_at, reason, created_at, taken_lease, taken_epoch,
        origin, sent_at)
    SELECT id, account_id, kind, recipient, new_address, state, attempts, due_at, reason, created_at, taken_lease, taken_epoch,
        'Administrator', CASE state WHEN 'Sent' THEN created_at END FROM mails_before;
DROP TABLE mails_before;
CREATE INDEX mails_waiting ON mails (created_at, id) WHERE state = 'Waiting';
CREATE INDEX mails_account ON mails (account_id, created_at);
CREATE INDEX mails_created ON mails (created_at);
-- What asks for the same as one that no sender has taken yet takes its place.
CREATE INDEX mails_untaken ON mails (kind, recipient) WHERE state = 'Waiting' AND attempts = 0;

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
-- Who asked: the platform, by a manager's own transactions, or the account holder, by another program. What the pages are asked for
-- says so itself; nobody but a manager can use up the platform's budget.
CREATE TRIGGER mails_origin AFTER INSERT ON mails WHEN NEW.origin IS NOT 'Anonymous'
BEGIN
    UPDATE mails SET origin = CASE (SELECT own FROM writer) WHEN 1 THEN 'Administrator' ELSE 'Holder' END WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- A mail with a link takes the place of those that were asked for before it.
CREATE TRIGGER mails_supersede AFTER INSERT ON mails WHEN NEW.kind IN ('VerifyAddress', 'ResetPassword')
BEGIN
    UPDATE mails SET state = 'Void', recipient = ''
    WHERE account_id = NEW.account_id AND kind = NEW.kind AND id <> NEW.id
        AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind = 'VerifyAddress');
    DELETE FROM links WHERE account_id = NEW.account_id
        AND purpose = CASE NEW.kind WHEN 'VerifyAddress' THEN 'VerifyAddress' ELSE 'ChoosePassword' END;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whoever asks for it: no link goes to an address that proves nothing. As before.
CREATE TRIGGER mails_to_unproved AFTER INSERT ON mails
WHEN NEW.kind IN ('VerifyAddress', 'ResetPassword')
    AND (SELECT email_verified_at IS NULL AND email_changed_at IS NOT NULL FROM accounts WHERE id = NEW.account_id)
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- A notice takes the place of one that says the same to the same address and that no sender has taken yet.
CREATE TRIGGER mails_merge AFTER INSERT ON mails WHEN NEW.kind NOT IN ('VerifyAddress', 'ResetPassword')
BEGIN
    DELETE FROM mails WHERE kind = NEW.kind AND recipient = NEW.recipient AND state = 'Waiting' AND attempts = 0 AND id <> NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- The account's object shows what became of it: also why it waits, and that it is held back.
CREATE TRIGGER mails_end AFTER UPDATE OF state, reason, due_at ON mails
WHEN OLD.state = 'Waiting' AND (NEW.state IN ('Sent', 'Dead') OR NEW.state = 'Waiting'
    AND (NEW.reason <> OLD.reason OR NEW.attempts = 0 AND NEW.due_at IS NOT OLD.due_at))
BEGIN
    INSERT INTO told VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- That a mail went out to the former address says nothing of the new one.
CREATE TRIGGER accounts_mail_sent AFTER UPDATE OF email ON accounts WHEN NEW.email_key <> OLD.email_key
BEGIN
    UPDATE mails SET state = 'Void' WHERE account_id = NEW.id AND kind = 'VerifyAddress' AND state = 'Sent';
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Who had a password is told that it is another now.
CREATE TRIGGER accounts_mail_password AFTER UPDATE OF password_hash ON accounts
WHEN NEW.deleted_at IS NULL AND OLD.password_hash IS NOT NULL AND NEW.password_hash IS NOT NULL AND NEW.password_hash <> OLD.password_hash
BEGIN
    INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'PasswordChanged', NEW.email);
END;
-- +goose StatementEnd

DROP TRIGGER accounts_mail_gone;
-- +goose StatementBegin
-- A deleted account's mails go with it. Who had confirmed the address is told.
CREATE TRIGGER accounts_mail_gone AFTER UPDATE OF deleted_at ON accounts WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
BEGIN
    DELETE FROM mails WHERE account_id = NEW.id;
    DELETE FROM links WHERE account_id = NEW.id;
    INSERT INTO mails (account_id, kind, recipient) SELECT NEW.id, 'AccountDeleted', OLD.email WHERE OLD.email_verified_at IS NOT NULL;
END;
-- +goose StatementEnd
