-- +goose Up
-- How an account ends: by its platform team, which suspends its access, and by its holder, who deletes it, or asks for that.

-- Since when nobody can sign in, by spec.suspendAccess of the Account; what the account holds is read as before.
ALTER TABLE accounts ADD COLUMN access_suspended_at TEXT;
-- A change of it ends all ways into the account that are open, as a help desk may want.
ALTER TABLE accounts ADD COLUMN ways_in_ended_at TEXT;
-- When the holder of an account that an object manages asked for its deletion, which the object shows.
ALTER TABLE accounts ADD COLUMN deletion_requested_at TEXT;
-- When the holder deleted it. Setting it deletes an account that no object manages, and it is never brought back.
ALTER TABLE accounts ADD COLUMN holder_deleted_at TEXT;

-- +goose StatementBegin
CREATE TRIGGER accounts_end_updated AFTER UPDATE OF access_suspended_at, deletion_requested_at ON accounts
WHEN (SELECT own FROM writer) = 0
    AND (NEW.access_suspended_at, NEW.deletion_requested_at) IS NOT (OLD.access_suspended_at, OLD.deletion_requested_at)
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'Account', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
END;
-- +goose StatementEnd

DROP TRIGGER accounts_sessions_end;
-- +goose StatementBegin
-- The one place that ends every way into an account: whoever adds another way in adds it here.
CREATE TRIGGER accounts_ways_in_end AFTER UPDATE ON accounts
WHEN NEW.password_hash IS NOT OLD.password_hash OR NEW.deleted_at IS NOT OLD.deleted_at
    OR NEW.access_suspended_at IS NOT OLD.access_suspended_at OR NEW.ways_in_ended_at IS NOT OLD.ways_in_ended_at
BEGIN
    DELETE FROM sessions WHERE account_id = NEW.id;
    DELETE FROM known_browsers WHERE account_id = NEW.id;
    UPDATE api_keys SET hash = NULL, ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE account_id = NEW.id AND ended_at IS NULL;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Links lead nowhere while access is suspended. When that is over, an address that was never confirmed is asked for again.
CREATE TRIGGER accounts_access_changes AFTER UPDATE ON accounts
WHEN NEW.deleted_at IS NULL AND (NEW.access_suspended_at IS NULL) <> (OLD.access_suspended_at IS NULL)
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ResetPassword')
        AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind = 'VerifyAddress');
    DELETE FROM links WHERE account_id = NEW.id;
    INSERT INTO mails (account_id, kind, recipient) SELECT NEW.id, 'VerifyAddress', NEW.email
    WHERE NEW.access_suspended_at IS NULL AND (SELECT own FROM writer) = 1 AND NEW.email_verified_at IS NULL AND NEW.email_changed_at IS NULL;
END;
-- +goose StatementEnd

DROP TRIGGER mails_to_unproved;
-- +goose StatementBegin
-- Whoever asks for it: no link goes to an address that proves nothing, or while access is suspended.
CREATE TRIGGER mails_to_unproved AFTER INSERT ON mails
WHEN NEW.kind IN ('VerifyAddress', 'ResetPassword')
    AND (SELECT access_suspended_at IS NOT NULL OR email_verified_at IS NULL AND email_changed_at IS NOT NULL
        FROM accounts WHERE id = NEW.account_id)
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id;
END;
-- +goose StatementEnd

DROP TRIGGER accounts_mail_gone;
-- +goose StatementBegin
-- A deleted account's mails go with it. Who had confirmed the address gets a notice, in other words where that is who deleted it.
CREATE TRIGGER accounts_mail_gone AFTER UPDATE OF deleted_at ON accounts WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
BEGIN
    DELETE FROM mails WHERE account_id = NEW.id;
    DELETE FROM links WHERE account_id = NEW.id;
    INSERT INTO mails (account_id, kind, recipient)
    SELECT NEW.id, CASE WHEN NEW.holder_deleted_at IS NULL THEN 'AccountDeleted' ELSE 'DeletedByHolder' END, OLD.email
    WHERE OLD.email_verified_at IS NOT NULL;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_holder_deleted BEFORE UPDATE ON accounts
WHEN OLD.holder_deleted_at IS NOT NULL AND (NEW.holder_deleted_at IS NOT OLD.holder_deleted_at OR OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'what its holder deleted is not brought back');
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- A holder deletes a live account that no object manages. What the account holds, who deletes it has taken away before; what is in the way
-- is found when deleted_at is set.
CREATE TRIGGER accounts_holder_deletes AFTER UPDATE OF holder_deleted_at ON accounts
WHEN OLD.holder_deleted_at IS NULL AND NEW.holder_deleted_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'only a live account that no object manages is its holder''s to delete')
    WHERE NEW.uid IS NOT NULL OR OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NOT NULL;
    DELETE FROM waits WHERE account_id = NEW.id;
    DELETE FROM applied_pairs WHERE account_id = NEW.id;
    UPDATE accounts SET deleted_at = NEW.holder_deleted_at WHERE id = NEW.id;
END;
-- +goose StatementEnd
