-- +goose Up
-- What a set that has many accounts applied last in each; stale where another program changed the set's variables there since. The
-- set's own row in applied says that all are as they should be, and is stale as soon as one of these is.
CREATE TABLE applied_pairs (
    cluster    TEXT NOT NULL,
    uid        TEXT COLLATE "C" NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    record     TEXT NOT NULL,
    leaves     TEXT,
    stale      BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (cluster, uid, account_id)
);
CREATE INDEX applied_pairs_account ON applied_pairs (account_id);
CREATE INDEX applied_pairs_stale ON applied_pairs (cluster, uid) WHERE stale;

-- The accounts of an owner, one after another.
DROP INDEX env_vars_owner;
CREATE INDEX env_vars_owner ON env_vars (owner_cluster, owner_uid, account_id) WHERE owner_uid IS NOT NULL;

-- What a purge looks up by the UID: else it would read all that a set did to its other accounts.
DROP INDEX audit_uid;
CREATE INDEX audit_uid ON audit (uid) WHERE account_id IS NULL OR kind = 'Account';

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Another program changed a variable of this claim in one account. Where there is a pair, that is stale, and not the claim's own record
-- as well: whoever changes variables of one account would hold a lock then that a write of all the others needs.
CREATE FUNCTION account_operator_touch_variable(
    of_cluster TEXT, of_namespace TEXT, of_namespace_uid TEXT, of_name TEXT, of_uid TEXT, of_account BIGINT
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE applied_pairs SET stale = TRUE WHERE cluster = of_cluster AND uid = of_uid AND account_id = of_account;
    PERFORM account_operator_touch(of_cluster, 'EnvVarSet', of_namespace, of_namespace_uid, of_name, of_uid, NOT FOUND);
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION account_operator_env_vars_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE'
        AND (NEW.owner_uid IS NULL OR (NEW.account_id, NEW.name) IS DISTINCT FROM (OLD.account_id, OLD.name)) THEN
        PERFORM account_operator_free(OLD.account_id, OLD.name);
    END IF;
    IF account_operator_own() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM account_operator_touch_variable(OLD.owner_cluster, OLD.owner_namespace, OLD.owner_namespace_uid,
                                                OLD.owner_name, OLD.owner_uid, OLD.account_id);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE'
        AND (NEW.owner_cluster, NEW.owner_uid, NEW.account_id) IS DISTINCT FROM (OLD.owner_cluster, OLD.owner_uid, OLD.account_id) THEN
        PERFORM account_operator_touch_variable(NEW.owner_cluster, NEW.owner_namespace, NEW.owner_namespace_uid,
                                                NEW.owner_name, NEW.owner_uid, NEW.account_id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
SELECT account_operator_guard();
