-- +goose Up
-- Triggers ring for the claim whose rows somebody else changed, and for the claims that waited for what came free.
-- SQLite has no procedures, so views stand in for them: inserting into one runs its trigger.

-- Somebody else changed rows of this claim: every leader of its cluster is told. stales says whether what was changed is
-- something that the claim applied or that its status shows.
CREATE VIEW touched AS
SELECT '' AS cluster, '' AS kind, '' AS namespace, '' AS namespace_uid, '' AS name, '' AS uid, TRUE AS stales WHERE 0;

-- +goose StatementBegin
CREATE TRIGGER touched_insert INSTEAD OF INSERT ON touched WHEN NEW.uid IS NOT NULL
BEGIN
    UPDATE applied SET stale = TRUE
    WHERE NEW.stales AND cluster = NEW.cluster AND kind = NEW.kind AND uid = NEW.uid AND NOT stale;
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT cluster, lease, NEW.kind, coalesce(NEW.namespace, ''), coalesce(NEW.namespace_uid, ''),
           coalesce(NEW.name, ''), NEW.uid
    FROM leaders WHERE cluster = NEW.cluster;
END;
-- +goose StatementEnd

-- The same of a live account, for what its object shows and did not ask for, so that it stays in sync.
CREATE VIEW told AS SELECT 0 AS account_id WHERE 0;

-- +goose StatementBegin
CREATE TRIGGER told_insert INSTEAD OF INSERT ON told
BEGIN
    INSERT INTO touched SELECT cluster, 'Account', namespace, namespace_uid, name, uid, FALSE
    FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL;
END;
-- +goose StatementEnd

-- Something that claims may wait for came free.
CREATE VIEW freed AS SELECT 0 AS account_id, '' AS item WHERE 0;

-- +goose StatementBegin
CREATE TRIGGER freed_insert INSTEAD OF INSERT ON freed
BEGIN
    INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
    SELECT l.cluster, l.lease, w.kind, w.namespace, w.namespace_uid, w.name, w.uid
    FROM waits w JOIN leaders l ON l.cluster = w.cluster
    WHERE w.account_id = NEW.account_id AND w.item = NEW.item;
    DELETE FROM waits WHERE account_id = NEW.account_id AND item = NEW.item;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_inserted AFTER INSERT ON accounts WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (NEW.cluster, 'Account', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_updated AFTER UPDATE ON accounts WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (
        OLD.cluster, 'Account', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid,
        -- What of an account its object may apply, or shows in its status.
        (OLD.email, OLD.username, OLD.theme, OLD.newsletter, OLD.invoice_name, OLD.invoice_company,
         OLD.invoice_tax_id, OLD.invoice_email, OLD.invoice_line1, OLD.invoice_line2, OLD.invoice_city,
         OLD.invoice_region, OLD.invoice_postal_code, OLD.invoice_country, OLD.cluster, OLD.namespace,
         OLD.namespace_uid, OLD.name, OLD.uid, OLD.deleted_at,
         OLD.two_factor_policy, OLD.email_verified_at, OLD.referral_code)
        IS NOT
        (NEW.email, NEW.username, NEW.theme, NEW.newsletter, NEW.invoice_name, NEW.invoice_company,
         NEW.invoice_tax_id, NEW.invoice_email, NEW.invoice_line1, NEW.invoice_line2, NEW.invoice_city,
         NEW.invoice_region, NEW.invoice_postal_code, NEW.invoice_country, NEW.cluster, NEW.namespace,
         NEW.namespace_uid, NEW.name, NEW.uid, NEW.deleted_at,
         NEW.two_factor_policy, NEW.email_verified_at, NEW.referral_code));
    INSERT INTO touched SELECT NEW.cluster, 'Account', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid, TRUE
    WHERE NEW.uid IS NOT OLD.uid OR NEW.cluster IS NOT OLD.cluster;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_deleted AFTER DELETE ON accounts WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'Account', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Who waits for an address is told as well when its holder lets the account go: then nobody's account has it.
CREATE TRIGGER accounts_address_left AFTER UPDATE ON accounts
WHEN OLD.deleted_at IS NULL AND (NEW.deleted_at IS NOT NULL OR NEW.email_key <> OLD.email_key OR NEW.uid IS NOT OLD.uid)
BEGIN
    INSERT INTO freed VALUES (0, OLD.email_key);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_address_gone AFTER DELETE ON accounts WHEN OLD.deleted_at IS NULL
BEGIN
    INSERT INTO freed VALUES (0, OLD.email_key);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_name_left AFTER UPDATE ON accounts
WHEN OLD.uid IS NOT NULL AND OLD.deleted_at IS NULL AND (NEW.deleted_at IS NOT NULL OR NEW.uid IS NOT OLD.uid)
BEGIN
    INSERT INTO freed VALUES (0, 'Account ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_name_gone AFTER DELETE ON accounts WHEN OLD.uid IS NOT NULL AND OLD.deleted_at IS NULL
BEGIN
    INSERT INTO freed VALUES (0, 'Account ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_inserted AFTER INSERT ON env_vars WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (NEW.owner_cluster, 'EnvVarSet', NEW.owner_namespace, NEW.owner_namespace_uid,
                                NEW.owner_name, NEW.owner_uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_updated AFTER UPDATE ON env_vars WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (OLD.owner_cluster, 'EnvVarSet', OLD.owner_namespace, OLD.owner_namespace_uid,
                                OLD.owner_name, OLD.owner_uid, TRUE);
    INSERT INTO touched SELECT NEW.owner_cluster, 'EnvVarSet', NEW.owner_namespace, NEW.owner_namespace_uid,
                               NEW.owner_name, NEW.owner_uid, TRUE
    WHERE NEW.owner_uid IS NOT OLD.owner_uid OR NEW.owner_cluster IS NOT OLD.owner_cluster;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_deleted AFTER DELETE ON env_vars WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (OLD.owner_cluster, 'EnvVarSet', OLD.owner_namespace, OLD.owner_namespace_uid,
                                OLD.owner_name, OLD.owner_uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_name_gone AFTER DELETE ON env_vars
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER env_vars_name_left AFTER UPDATE ON env_vars
WHEN NEW.owner_uid IS NULL OR NEW.account_id <> OLD.account_id OR NEW.name <> OLD.name
BEGIN
    INSERT INTO freed VALUES (OLD.account_id, OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_inserted AFTER INSERT ON connections WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (NEW.cluster, 'CloudConnection', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_updated AFTER UPDATE ON connections WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'CloudConnection', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
    INSERT INTO touched SELECT NEW.cluster, 'CloudConnection', NEW.namespace, NEW.namespace_uid, NEW.name, NEW.uid, TRUE
    WHERE NEW.uid IS NOT OLD.uid OR NEW.cluster IS NOT OLD.cluster;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_deleted AFTER DELETE ON connections WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'CloudConnection', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_name_left AFTER UPDATE ON connections
WHEN OLD.uid IS NOT NULL AND NEW.uid IS NOT OLD.uid
BEGIN
    INSERT INTO freed VALUES (0, 'CloudConnection ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER connections_name_gone AFTER DELETE ON connections WHEN OLD.uid IS NOT NULL
BEGIN
    INSERT INTO freed VALUES (0, 'CloudConnection ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER notification_prefs_inserted AFTER INSERT ON notification_prefs WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched SELECT cluster, 'Account', namespace, namespace_uid, name, uid, TRUE
    FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER notification_prefs_deleted AFTER DELETE ON notification_prefs WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched SELECT cluster, 'Account', namespace, namespace_uid, name, uid, TRUE
    FROM accounts WHERE id = OLD.account_id AND deleted_at IS NULL;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER notification_prefs_updated AFTER UPDATE ON notification_prefs WHEN (SELECT own FROM writer) = 0
BEGIN
    INSERT INTO touched SELECT cluster, 'Account', namespace, namespace_uid, name, uid, TRUE
    FROM accounts WHERE id IN (OLD.account_id, NEW.account_id) AND deleted_at IS NULL;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whoever referred an account shows how many there are.
CREATE TRIGGER accounts_referral_comes AFTER INSERT ON accounts WHEN NEW.referred_by IS NOT NULL
BEGIN
    INSERT INTO told VALUES (NEW.referred_by);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_referral_goes AFTER DELETE ON accounts WHEN OLD.referred_by IS NOT NULL
BEGIN
    INSERT INTO told VALUES (OLD.referred_by);
END;
-- +goose StatementEnd
