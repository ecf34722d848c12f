-- +goose Up
-- One row: with it managers sign the status of their objects, so that they know it again as their own. Whoever has it can write a
-- status that no manager mends.
CREATE TABLE status_key (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value BYTEA NOT NULL
);
INSERT INTO status_key (id, value)
VALUES (1, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
