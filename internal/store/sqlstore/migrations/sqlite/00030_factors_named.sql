-- +goose Up
-- An account may have several authenticator apps, each with a name that its holder gave it, and later other methods. Wrong codes are counted
-- an account, so that more methods are not more guesses.

-- Those in a row that were not accepted.
CREATE TABLE factor_attempts (
    account_id   INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    attempts     INTEGER NOT NULL,
    locked_until TEXT
) STRICT;
INSERT INTO factor_attempts SELECT account_id, max(attempts), max(locked_until) FROM factors WHERE attempts > 0 GROUP BY account_id;

-- id names the row; the seed of an app is bound to it.
CREATE TABLE factors_new (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method     TEXT NOT NULL,
    seed       BLOB CHECK ((seed IS NULL) = (method <> 'TOTP')),
    version    INTEGER NOT NULL DEFAULT 0,
    last_step  INTEGER NOT NULL DEFAULT 0,
    id         TEXT NOT NULL DEFAULT '',
    name       TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    PRIMARY KEY (account_id, id)
) STRICT;
INSERT INTO factors_new (account_id, method, seed, version, last_step, id) SELECT account_id, method, seed, version, last_step, method FROM factors;
DROP TABLE factors;
ALTER TABLE factors_new RENAME TO factors;

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

-- Which kinds of mails there are the programs know, so that a new one needs no new table: one that nobody knows ends as a dead letter. The
-- table is made again, since SQLite cannot drop a CHECK. Triggers of other tables find it by its name.
CREATE TABLE mails_before AS SELECT * FROM mails;
DROP TABLE mails;
CREATE TABLE mails (
    id          TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
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
    sent_at     TEXT,
    flow        TEXT NOT NULL DEFAULT '',
    turn        INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO mails (id, account_id, kind, recipient, new_address, state, attempts, due_at, reason, created_at, taken_lease, taken_epoch, origin, sent_at, flow, turn)
    SELECT id, account_id, kind, recipient, new_address, state, attempts, due_at, reason, created_at, taken_lease, taken_epoch, origin, sent_at, flow, turn FROM mails_before;
DROP TABLE mails_before;
CREATE INDEX mails_account ON mails (account_id, created_at);
CREATE INDEX mails_created ON mails (created_at);
CREATE INDEX mails_untaken ON mails (kind, recipient) WHERE state = 'Waiting' AND attempts = 0;
CREATE INDEX mails_waiting ON mails (turn, created_at, id) WHERE state = 'Waiting';
CREATE INDEX mails_flow ON mails (flow, turn) WHERE state = 'Waiting' AND flow IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER mails_come AFTER INSERT ON mails
BEGIN
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT l.cluster, l.lease, 'Mail', '', '', '', ''
    FROM accounts a JOIN leaders l ON a.cluster IS NULL OR l.cluster = a.cluster
    WHERE a.id = NEW.account_id ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd

-- +goose StatementBegin
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
CREATE TRIGGER mails_to_unproved AFTER INSERT ON mails
WHEN NEW.kind IN ('VerifyAddress', 'ResetPassword')
    AND (SELECT email_verified_at IS NULL AND email_changed_at IS NOT NULL FROM accounts WHERE id = NEW.account_id)
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER mails_merge AFTER INSERT ON mails WHEN NEW.kind NOT IN ('VerifyAddress', 'ResetPassword')
BEGIN
    DELETE FROM mails WHERE kind = NEW.kind AND recipient = NEW.recipient AND state = 'Waiting' AND attempts = 0 AND id <> NEW.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER mails_end AFTER UPDATE OF state, reason, due_at ON mails
WHEN OLD.state = 'Waiting' AND (NEW.state IN ('Sent', 'Dead') OR NEW.state = 'Waiting'
    AND (NEW.reason <> OLD.reason OR NEW.attempts = 0 AND NEW.due_at IS NOT OLD.due_at))
BEGIN
    INSERT INTO told VALUES (NEW.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER mails_origin AFTER INSERT ON mails
BEGIN
    UPDATE mails SET origin = CASE WHEN NEW.origin IS 'Anonymous' THEN 'Anonymous'
        WHEN (SELECT own FROM writer) = 1 THEN 'Administrator' ELSE 'Holder' END WHERE id = NEW.id;
    UPDATE mails SET flow = (SELECT coalesce(cluster, '') || '/' || coalesce(namespace, '') FROM accounts WHERE id = NEW.account_id)
        || '/' || origin WHERE id = NEW.id;
    UPDATE mails SET turn = max(
        coalesce((SELECT max(t.turn) FROM accounts a JOIN mail_turns t ON a.cluster IS NULL OR t.cluster = a.cluster
            WHERE a.id = NEW.account_id), 0),
        coalesce((SELECT m.turn + 1 FROM mails m WHERE m.state = 'Waiting' AND m.flow = mails.flow AND m.id <> NEW.id
            ORDER BY m.turn DESC LIMIT 1), 0)) WHERE id = NEW.id;
END;
-- +goose StatementEnd
