-- +goose Up
-- The names of objects are often a person's. A purge takes them out of the audit also where they stand in rows of sets and
-- connections, in rows that name no account, and in those of an account that got the teams.
CREATE INDEX audit_uid ON audit (uid);
UPDATE audit SET name = ''
WHERE name <> '' AND (account_id IS NULL OR kind = 'Account') AND uid <> ''
    AND uid IN (SELECT uid FROM audit WHERE account_id IN (SELECT id FROM accounts WHERE purged_at IS NOT NULL));
UPDATE audit SET name = '' WHERE name <> '' AND account_id IN (SELECT id FROM accounts WHERE purged_at IS NOT NULL);
