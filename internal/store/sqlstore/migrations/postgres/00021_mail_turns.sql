-- +goose Up
-- Namespaces take turns in the outbox (self-clocked fair queueing): mails go out in the order of their turns. A mail comes one turn after
-- the last that waits of its flow, and not before what is being sent now. So a flow of thousands holds up itself.

-- How far each leader has come: the turn of the last mail that it took. Only account-operator writes it.
CREATE TABLE mail_turns (
    cluster TEXT NOT NULL,
    lease   TEXT NOT NULL,
    turn    BIGINT NOT NULL,
    PRIMARY KEY (cluster, lease)
);

-- Whose turn it is: a cluster's namespace, and who asked; what holders ask for does not wait for what the platform makes. A trigger sets
-- both.
ALTER TABLE mails ADD COLUMN flow TEXT NOT NULL DEFAULT '';
ALTER TABLE mails ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
UPDATE mails SET flow = (SELECT coalesce(cluster, '') || '/' || coalesce(namespace, '') FROM accounts WHERE id = account_id) || '/' || coalesce(origin, '');
UPDATE mails SET turn = r.turn
FROM (SELECT id, row_number() OVER (PARTITION BY flow ORDER BY created_at, id) - 1 AS turn FROM mails WHERE state = 'Waiting') r
WHERE r.id = mails.id;
DROP INDEX mails_waiting;
CREATE INDEX mails_waiting ON mails (turn, created_at, id) WHERE state = 'Waiting';
CREATE INDEX mails_flow ON mails (flow, turn) WHERE state = 'Waiting' AND flow IS NOT NULL;

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- Who asked: the platform, by a manager's own transactions, or the account holder, by another program. What the pages are asked for
-- says so itself; nobody but a manager can use up the platform's budget. Then whose turn it is, and which. Nothing is locked for it:
-- mails that come at the same moment may have the same turn.
CREATE OR REPLACE FUNCTION account_operator_mail_origin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    a record;
BEGIN
    IF NEW.origin IS DISTINCT FROM 'Anonymous' THEN
        NEW.origin := CASE WHEN account_operator_own() THEN 'Administrator' ELSE 'Holder' END;
    END IF;
    SELECT cluster, namespace INTO a FROM accounts WHERE id = NEW.account_id;
    NEW.flow := coalesce(a.cluster, '') || '/' || coalesce(a.namespace, '') || '/' || NEW.origin;
    NEW.turn := greatest(
        coalesce((SELECT max(t.turn) FROM mail_turns t WHERE a.cluster IS NULL OR t.cluster = a.cluster), 0),
        coalesce((SELECT m.turn + 1 FROM mails m WHERE m.state = 'Waiting' AND m.flow = NEW.flow ORDER BY m.turn DESC LIMIT 1), 0));
    RETURN NEW;
END $$;
-- +goose StatementEnd
SELECT account_operator_guard();
