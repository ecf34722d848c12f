-- +goose Up
-- Namespaces take turns in the outbox (self-clocked fair queueing): mails go out in the order of their turns. A mail comes one turn after
-- the last that waits of its flow, and not before what is being sent now. So a flow of thousands holds up itself.

-- How far each leader has come: the turn of the last mail that it took. Only account-operator writes it.
CREATE TABLE mail_turns (
    cluster TEXT NOT NULL,
    lease   TEXT NOT NULL,
    turn    INTEGER NOT NULL,
    PRIMARY KEY (cluster, lease)
) STRICT;

-- Whose turn it is: a cluster's namespace, and who asked; what holders ask for does not wait for what the platform makes. A trigger sets
-- both.
ALTER TABLE mails ADD COLUMN flow TEXT NOT NULL DEFAULT '';
ALTER TABLE mails ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
UPDATE mails SET flow = (SELECT coalesce(cluster, '') || '/' || coalesce(namespace, '') FROM accounts WHERE id = account_id) || '/' || coalesce(origin, '');
UPDATE mails SET turn = r.turn
FROM (SELECT id, row_number() OVER (PARTITION BY flow ORDER BY created_at, id) - 1 AS turn FROM mails WHERE state = 'Waiting') r
WHERE r.id = mails.id;
DROP INDEX mails_waiting;
CREATE INDEX mails_waiting ON mails (turn, created_at, id) WHERE state = 'Waiting';
CREATE INDEX mails_flow ON mails (flow, turn) WHERE state = 'Waiting' AND flow IS NOT NULL;

DROP TRIGGER mails_origin;
-- +goose StatementBegin
-- Who asked: the platform, by a manager's own transactions, or the account holder, by another program. What the pages are asked for
-- says so itself; nobody but a manager can use up the platform's budget. Then whose turn it is, and which.
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
