-- +goose Up
-- Who writes, and who may say so. Other programs have logins here, so nothing that they can name, lock or call may decide.

-- The SHA-256 of a random token of the present Lead, compared beside the epoch: in a store that was put back to an older state, a
-- successor reaches the epoch of a former leader again. The token itself is in the leader's memory and in its transactions only.
ALTER TABLE leaders ADD COLUMN token BYTEA;
-- A unique index would make the token a key, and then an UPDATE of it would wait for the writes under way.
CREATE INDEX leaders_token ON leaders (token);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Whether a leader's own transaction is asking. The setting is anybody's to set, but only a leader knows the token.
CREATE OR REPLACE FUNCTION account_operator_own() RETURNS boolean LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM leaders
                   WHERE token = sha256(convert_to(current_setting('account_operator.writer', true), 'UTF8')));
END $$;
-- +goose StatementEnd

DROP TRIGGER leaders_queue ON leaders;
DROP FUNCTION account_operator_take_the_lead();
DROP FUNCTION account_operator_fence(TEXT, TEXT, BIGINT);
DROP FUNCTION account_operator_epoch(TEXT, TEXT);

-- +goose StatementBegin
-- Fails unless the Lead still holds, and keeps the next one waiting until the transaction ends. An UPDATE of the epoch does not wait
-- for this lock; the next leader commits that first, so that nobody else gets past here, and then waits for those who did. So
-- a manager that writes without a pause can be replaced, without a queue: the advisory locks that would give one are anybody's
-- to hold. The last look is what counts: a lock of this kind is given on a row as it was before an UPDATE, too.
CREATE FUNCTION account_operator_fence(of_cluster TEXT, of_lease TEXT, of_epoch BIGINT, of_token BYTEA) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM leaders WHERE cluster = of_cluster AND lease = of_lease AND epoch = of_epoch AND token = of_token;
    IF FOUND THEN
        PERFORM 1 FROM leaders WHERE cluster = of_cluster AND lease = of_lease FOR KEY SHARE;
        PERFORM 1 FROM leaders WHERE cluster = of_cluster AND lease = of_lease AND epoch = of_epoch AND token = of_token;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another manager has taken the lead' USING ERRCODE = 'AO001';
    END IF;
END $$;
-- +goose StatementEnd

-- Rows for what has no row yet and two sides have to agree on: whoever needs one takes that of its hash. Nobody else may.
CREATE TABLE queues (slot BIGINT PRIMARY KEY);
INSERT INTO queues SELECT generate_series(0, 1023);

-- +goose StatementBegin
-- A deletion may wait for the account that is to get its teams. There is no row to lock as long as that account is not
-- there, so both sides lock one of these: whoever comes second sees the first. Accounts that come do not wait for each other.
CREATE OR REPLACE FUNCTION account_operator_heir_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    heir CONSTANT TEXT := 'Heir ' || NEW.uid;
BEGIN
    PERFORM 1 FROM queues WHERE slot = hashtextextended(heir, 0) & 1023 FOR KEY SHARE;
    PERFORM account_operator_free(0, heir);
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION account_operator_heir_awaited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM queues WHERE slot = hashtextextended(NEW.item, 0) & 1023 FOR UPDATE;
    IF EXISTS (SELECT 1 FROM accounts WHERE cluster = NEW.cluster AND uid = substr(NEW.item, 6) AND deleted_at IS NULL) THEN
        PERFORM account_operator_free(0, NEW.item);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Keeps our functions from everybody: PostgreSQL lets everybody call what is made, and use a trigger's function on a table of
-- their own. Triggers on our tables work all the same. It looks after the search path, too. Each migration that makes a
-- function calls this at its end.
CREATE FUNCTION account_operator_guard() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT oid::regprocedure AS name, proconfig FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'account_operator_')
            AND pg_has_role(proowner, 'USAGE')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.name);
        IF NOT coalesce(f.proconfig::text LIKE '%search_path=%', false) THEN
            EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', f.name, current_schema());
        END IF;
    END LOOP;
END $$;
-- +goose StatementEnd
SELECT account_operator_guard();
