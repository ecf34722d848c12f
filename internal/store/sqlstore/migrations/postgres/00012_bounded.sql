-- +goose Up
-- A claim waits once for each lease to be looked at again, however often its rows change meanwhile: another program may change them
-- as often as it likes.
CREATE INDEX changes_claim ON changes (cluster, lease, kind, uid);

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Wakes the leaders. The queue of notifications is the whole server's, and a commit that finds it full fails: then the leaders find
-- what waits as they look by themselves.
CREATE FUNCTION account_operator_ring() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF pg_notification_queue_usage() < 0.5 THEN
        PERFORM pg_notify('account_operator', '');
    END IF;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- A claim that waits already need not wait twice, as long as its row is there when this transaction commits; the lock sees to that.
-- Nobody waits for it: a row that is being taken away is none, and a reader leaves those that are locked.
CREATE FUNCTION account_operator_enqueue(
    to_cluster TEXT, to_lease TEXT, of_kind TEXT, of_namespace TEXT, of_namespace_uid TEXT, of_name TEXT, of_uid TEXT
) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM changes
    WHERE cluster = to_cluster AND lease = to_lease AND kind = of_kind AND uid = of_uid
        AND namespace = of_namespace AND namespace_uid = of_namespace_uid AND name = of_name
    LIMIT 1 FOR KEY SHARE SKIP LOCKED;
    IF NOT FOUND THEN
        INSERT INTO changes (cluster, lease, kind, namespace, namespace_uid, name, uid)
        VALUES (to_cluster, to_lease, of_kind, of_namespace, of_namespace_uid, of_name, of_uid);
    END IF;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION account_operator_touch(
    of_cluster TEXT, of_kind TEXT, of_namespace TEXT, of_namespace_uid TEXT, of_name TEXT, of_uid TEXT,
    stales BOOLEAN DEFAULT TRUE
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF of_uid IS NULL THEN
        RETURN;
    END IF;
    UPDATE applied SET stale = TRUE
    WHERE stales AND cluster = of_cluster AND kind = of_kind AND uid = of_uid AND NOT stale;
    PERFORM account_operator_enqueue(cluster, lease, of_kind, coalesce(of_namespace, ''), coalesce(of_namespace_uid, ''),
                                     coalesce(of_name, ''), of_uid)
    FROM leaders WHERE cluster = of_cluster;
    PERFORM account_operator_ring();
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION account_operator_free(of_account BIGINT, of_item TEXT) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM account_operator_enqueue(l.cluster, l.lease, w.kind, w.namespace, w.namespace_uid, w.name, w.uid)
    FROM waits w JOIN leaders l ON l.cluster = w.cluster
    WHERE w.account_id = of_account AND w.item = of_item;
    IF FOUND THEN
        PERFORM account_operator_ring();
    END IF;
    DELETE FROM waits WHERE account_id = of_account AND item = of_item;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION account_operator_mail_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.kind IN ('VerifyAddress', 'ResetPassword') THEN
        UPDATE mails SET state = 'Void', recipient = ''
        WHERE account_id = NEW.account_id AND kind = NEW.kind AND id <> NEW.id AND state IN ('Waiting', 'Dead');
        DELETE FROM links WHERE account_id = NEW.account_id
            AND purpose = CASE NEW.kind WHEN 'VerifyAddress' THEN 'VerifyAddress' ELSE 'ChoosePassword' END;
    END IF;
    PERFORM account_operator_enqueue(l.cluster, l.lease, 'Mail', '', '', '', '')
    FROM accounts a JOIN leaders l ON a.cluster IS NULL OR l.cluster = a.cluster
    WHERE a.id = NEW.account_id;
    PERFORM account_operator_ring();
    RETURN NULL;
END $$;
-- +goose StatementEnd
SELECT account_operator_guard();
