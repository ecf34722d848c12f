-- +goose Up
-- How an account ends: by its platform team, which suspends its access, and by its holder, who deletes it, or asks for that.

-- Since when nobody can sign in, by spec.suspendAccess of the Account; what the account holds is read as before.
ALTER TABLE accounts ADD COLUMN access_suspended_at TIMESTAMPTZ;
-- A change of it ends all ways into the account that are open, as a help desk may want.
ALTER TABLE accounts ADD COLUMN ways_in_ended_at TIMESTAMPTZ;
-- When the holder of an account that an object manages asked for its deletion, which the object shows.
ALTER TABLE accounts ADD COLUMN deletion_requested_at TIMESTAMPTZ;
-- When the holder deleted it. Setting it deletes an account that no object manages, and it is never brought back.
ALTER TABLE accounts ADD COLUMN holder_deleted_at TIMESTAMPTZ;

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- What of an account its object may apply, or shows in its status.
CREATE OR REPLACE FUNCTION account_operator_shown(a accounts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(a) - 'created_at' - 'purged_at' - 'password_hash' - 'referred_by' - 'managed' - 'email_named'
        - 'ways_in_ended_at' - 'holder_deleted_at'
$$;
-- +goose StatementEnd

DROP TRIGGER accounts_sessions_end ON accounts;
DROP FUNCTION account_operator_sessions_end();
-- +goose StatementBegin
-- The one place that ends every way into an account: whoever adds another way in adds it here.
CREATE FUNCTION account_operator_ways_in_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM sessions WHERE account_id = NEW.id;
    DELETE FROM known_browsers WHERE account_id = NEW.id;
    UPDATE api_keys SET hash = NULL, ended_at = now() WHERE account_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_ways_in_end AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at
        OR NEW.access_suspended_at IS DISTINCT FROM OLD.access_suspended_at OR NEW.ways_in_ended_at IS DISTINCT FROM OLD.ways_in_ended_at)
    EXECUTE FUNCTION account_operator_ways_in_end();

-- +goose StatementBegin
-- Links lead nowhere while access is suspended. When that is over, an address that was never confirmed is asked for again.
CREATE FUNCTION account_operator_access_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE account_id = NEW.id AND kind IN ('VerifyAddress', 'ResetPassword')
        AND (state IN ('Waiting', 'Dead') OR state = 'Sent' AND kind = 'VerifyAddress');
    DELETE FROM links WHERE account_id = NEW.id;
    IF NEW.access_suspended_at IS NULL AND account_operator_own() AND NEW.email_verified_at IS NULL AND NEW.email_changed_at IS NULL THEN
        INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'VerifyAddress', NEW.email);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_access_changes AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.deleted_at IS NULL AND (NEW.access_suspended_at IS NULL) <> (OLD.access_suspended_at IS NULL))
    EXECUTE FUNCTION account_operator_access_changes();

-- +goose StatementBegin
-- Whoever asks for it: no link goes to an address that proves nothing, or while access is suspended.
CREATE OR REPLACE FUNCTION account_operator_mail_to_unproved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE mails SET state = 'Void', recipient = '' WHERE id = NEW.id
        AND (SELECT access_suspended_at IS NOT NULL OR email_verified_at IS NULL AND email_changed_at IS NOT NULL
            FROM accounts WHERE id = NEW.account_id);
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- That a mail went out to the former address says nothing of the new one. Who had a password gets a notice that it is another now, and who
-- had confirmed the address that the account is deleted, in other words where that is who deleted it.
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
        UPDATE mails SET state = 'Void' WHERE account_id = NEW.id AND kind = 'VerifyAddress' AND state = 'Sent';
    END IF;
    IF NEW.password_hash <> OLD.password_hash THEN
        INSERT INTO mails (account_id, kind, recipient) VALUES (NEW.id, 'PasswordChanged', NEW.email);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- A holder deletes a live account that no object manages. What the account holds, who deletes it has taken away before; what is in the way
-- is found when deleted_at is set.
CREATE FUNCTION account_operator_holder_deletes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.holder_deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'what its holder deleted is not brought back' USING ERRCODE = 'AO004';
    ELSIF NEW.uid IS NOT NULL OR OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'only a live account that no object manages is its holder''s to delete' USING ERRCODE = 'AO004';
    END IF;
    DELETE FROM waits WHERE account_id = NEW.id;
    DELETE FROM applied_pairs WHERE account_id = NEW.id;
    UPDATE accounts SET deleted_at = NEW.holder_deleted_at WHERE id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_holder_deletes AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.holder_deleted_at IS DISTINCT FROM OLD.holder_deleted_at OR OLD.holder_deleted_at IS NOT NULL AND NEW.deleted_at IS NULL AND OLD.deleted_at IS NOT NULL)
    EXECUTE FUNCTION account_operator_holder_deletes();

-- +goose StatementBegin
SELECT account_operator_guard();
-- +goose StatementEnd
