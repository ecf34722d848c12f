-- +goose Up
-- A connection keeps the plan that it made while a table was empty, and as long as nothing is known of a table, reading all of such
-- an index looks no worse than finding one row in the right one: each write read every account there was. So only who looks for a
-- name, or for an address, can use these. What they ask for besides holds for every row, and neither a claim nor deleted_at implies it.
DROP INDEX accounts_name;
CREATE UNIQUE INDEX accounts_name ON accounts (cluster, namespace, name)
    WHERE uid IS NOT NULL AND deleted_at IS NULL AND namespace IS NOT NULL;
DROP INDEX connections_name;
CREATE UNIQUE INDEX connections_name ON connections (cluster, namespace, name) WHERE uid IS NOT NULL AND namespace IS NOT NULL;

-- It has no NULL, since email has none; were that declared, "IS NOT NULL" would ask for nothing.
ALTER TABLE accounts ALTER COLUMN email_key DROP NOT NULL;
DROP INDEX accounts_email;
CREATE UNIQUE INDEX accounts_email ON accounts (email_key) WHERE deleted_at IS NULL AND email_key IS NOT NULL;
