-- +goose Up
-- What belongs to an account and is written by the cloud's other services. id and account_id are enough; an account
-- cannot be deleted while it has any, and none can come to an account that is deleted.

CREATE TABLE machines (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX machines_account ON machines (account_id, id);

CREATE TABLE clusters (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX clusters_account ON clusters (account_id, id);

CREATE TABLE instances (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX instances_account ON instances (account_id, id);

CREATE TABLE volumes (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX volumes_account ON volumes (account_id, id);

CREATE VIEW dependents AS
SELECT 'Machine' AS kind, id, account_id FROM machines
UNION ALL SELECT 'Cluster', id, account_id FROM clusters
UNION ALL SELECT 'Instance', id, account_id FROM instances
UNION ALL SELECT 'Volume', id, account_id FROM volumes;

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- A foreign key alone would let a dependent in while its account is being marked as deleted, for that changes no key.
-- FOR SHARE conflicts with the marking: one of the two waits and then sees the other.
CREATE FUNCTION account_operator_dependent_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a row of % needs a live account', TG_TABLE_NAME USING ERRCODE = 'AO002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The lock makes this wait for a deletion that is just being told that it is blocked: then its wait is seen here.
CREATE FUNCTION account_operator_dependent_goes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM accounts WHERE id = OLD.account_id FOR KEY SHARE;
    PERFORM account_operator_free(OLD.account_id, '');
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER machines_come BEFORE INSERT OR UPDATE OF account_id ON machines
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER machines_go AFTER DELETE OR UPDATE OF account_id ON machines
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

CREATE TRIGGER clusters_come BEFORE INSERT OR UPDATE OF account_id ON clusters
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER clusters_go AFTER DELETE OR UPDATE OF account_id ON clusters
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

CREATE TRIGGER instances_come BEFORE INSERT OR UPDATE OF account_id ON instances
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER instances_go AFTER DELETE OR UPDATE OF account_id ON instances
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

CREATE TRIGGER volumes_come BEFORE INSERT OR UPDATE OF account_id ON volumes
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER volumes_go AFTER DELETE OR UPDATE OF account_id ON volumes
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

-- +goose StatementBegin
-- Whoever deletes an account, its dependents must be gone.
CREATE FUNCTION account_operator_account_goes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM dependents WHERE account_id = OLD.id) THEN
        RAISE EXCEPTION 'the account still has machines, clusters, instances or volumes' USING ERRCODE = 'AO003';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_mark_deleted BEFORE UPDATE OF deleted_at ON accounts FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION account_operator_account_goes();
CREATE TRIGGER accounts_delete BEFORE DELETE ON accounts
    FOR EACH ROW EXECUTE FUNCTION account_operator_account_goes();
