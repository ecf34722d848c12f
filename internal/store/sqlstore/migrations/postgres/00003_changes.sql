-- +goose Up
-- Triggers ring for the claim whose rows somebody else changed, and for the claims that waited for what came free.
-- They run with the rights of their owner: a program that writes accounts needs no rights on the tables of the leaders.

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- account-operator sets this in its own transactions; nobody else needs to do anything.
CREATE FUNCTION account_operator_own() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('account_operator.writer', true), '') = 'on'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Somebody else changed rows of this claim: every leader of its cluster is told. stales says whether what was changed is
-- something that the claim applied or that its status shows.
CREATE FUNCTION account_operator_touch(
    of_cluster TEXT, of_kind TEXT, of_namespace TEXT, of_namespace_uid TEXT, of_name TEXT, of_uid TEXT,
    stales BOOLEAN DEFAULT TRUE
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF of_uid IS NULL THEN
        RETURN;
    END IF;
    UPDATE applied SET stale = TRUE
    WHERE stales AND cluster = of_cluster AND kind = of_kind AND uid = of_uid AND NOT stale;
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT cluster, lease, of_kind, coalesce(of_namespace, ''), coalesce(of_namespace_uid, ''),
           coalesce(of_name, ''), of_uid
    FROM leaders WHERE cluster = of_cluster;
    PERFORM pg_notify('account_operator', '');
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The same of a live account: by default for what its object shows and did not ask for, so that it stays in sync.
CREATE FUNCTION account_operator_tell(of_account BIGINT, stales BOOLEAN DEFAULT FALSE) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT account_operator_touch(cluster, 'Account', namespace, namespace_uid, name, uid, stales)
    FROM accounts WHERE id = of_account AND deleted_at IS NULL
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Something that claims may wait for came free.
CREATE FUNCTION account_operator_free(of_account BIGINT, of_item TEXT) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT l.cluster, l.lease, w.kind, w.namespace, w.namespace_uid, w.name, w.uid
    FROM waits w JOIN leaders l ON l.cluster = w.cluster
    WHERE w.account_id = of_account AND w.item = of_item;
    IF FOUND THEN
        PERFORM pg_notify('account_operator', '');
    END IF;
    DELETE FROM waits WHERE account_id = of_account AND item = of_item;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- What of an account its object may apply, or shows in its status.
CREATE FUNCTION account_operator_shown(a accounts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(a) - 'created_at' - 'purged_at' - 'password_hash' - 'referred_by'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION account_operator_accounts_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    -- Who waits for an address is told as well when its holder lets the account go: then nobody's account has it.
    IF TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL
        AND (TG_OP = 'DELETE' OR NEW.deleted_at IS NOT NULL OR NEW.email_key <> OLD.email_key
            OR NEW.uid IS DISTINCT FROM OLD.uid) THEN
        PERFORM account_operator_free(0, OLD.email_key);
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.uid IS NOT NULL AND OLD.deleted_at IS NULL
        AND (TG_OP = 'DELETE' OR NEW.deleted_at IS NOT NULL OR NEW.uid IS DISTINCT FROM OLD.uid) THEN
        PERFORM account_operator_free(0, 'Account ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
    END IF;
    IF account_operator_own() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM account_operator_touch(OLD.cluster, 'Account', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid,
                                       TG_OP = 'DELETE' OR account_operator_shown(NEW) IS DISTINCT FROM account_operator_shown(OLD));
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND (NEW.cluster, NEW.uid) IS DISTINCT FROM (OLD.cluster, OLD.uid) THEN
        PERFORM account_operator_touch(NEW.cluster, 'Account', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_changed AFTER INSERT OR UPDATE OR DELETE ON accounts
    FOR EACH ROW EXECUTE FUNCTION account_operator_accounts_changed();

-- +goose StatementBegin
CREATE FUNCTION account_operator_env_vars_changed() RETURNS trigger
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
        PERFORM account_operator_touch(OLD.owner_cluster, 'EnvVarSet', OLD.owner_namespace, OLD.owner_namespace_uid,
                                       OLD.owner_name, OLD.owner_uid);
    END IF;
    IF TG_OP = 'INSERT'
        OR TG_OP = 'UPDATE' AND (NEW.owner_cluster, NEW.owner_uid) IS DISTINCT FROM (OLD.owner_cluster, OLD.owner_uid) THEN
        PERFORM account_operator_touch(NEW.owner_cluster, 'EnvVarSet', NEW.owner_namespace, NEW.owner_namespace_uid,
                                       NEW.owner_name, NEW.owner_uid);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER env_vars_changed AFTER INSERT OR UPDATE OR DELETE ON env_vars
    FOR EACH ROW EXECUTE FUNCTION account_operator_env_vars_changed();

-- +goose StatementBegin
CREATE FUNCTION account_operator_connections_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.uid IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.uid IS DISTINCT FROM OLD.uid) THEN
        PERFORM account_operator_free(0, 'CloudConnection ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
    END IF;
    IF account_operator_own() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM account_operator_touch(OLD.cluster, 'CloudConnection', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND (NEW.cluster, NEW.uid) IS DISTINCT FROM (OLD.cluster, OLD.uid) THEN
        PERFORM account_operator_touch(NEW.cluster, 'CloudConnection', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER connections_changed AFTER INSERT OR UPDATE OR DELETE ON connections
    FOR EACH ROW EXECUTE FUNCTION account_operator_connections_changed();

-- +goose StatementBegin
CREATE FUNCTION account_operator_notification_prefs_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF account_operator_own() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM account_operator_tell(OLD.account_id, TRUE);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.account_id <> OLD.account_id THEN
        PERFORM account_operator_tell(NEW.account_id, TRUE);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER notification_prefs_changed AFTER INSERT OR UPDATE OR DELETE ON notification_prefs
    FOR EACH ROW EXECUTE FUNCTION account_operator_notification_prefs_changed();

-- +goose StatementBegin
-- Whoever referred an account shows how many there are.
CREATE FUNCTION account_operator_referrals_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM account_operator_tell(CASE TG_OP WHEN 'INSERT' THEN NEW.referred_by ELSE OLD.referred_by END);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_referral_comes AFTER INSERT ON accounts FOR EACH ROW
    WHEN (NEW.referred_by IS NOT NULL) EXECUTE FUNCTION account_operator_referrals_changed();
CREATE TRIGGER accounts_referral_goes AFTER DELETE ON accounts FOR EACH ROW
    WHEN (OLD.referred_by IS NOT NULL) EXECUTE FUNCTION account_operator_referrals_changed();
