-- +goose Up
-- Which store this is: one row. A cluster remembers it, and refuses another store, or notices that this one was put back to an
-- older state. mark is raised at every Lead, incarnation when the store was found put back; put_back_to is the time of the newest write
-- that it had then. Only account-operator writes it.
CREATE TABLE identity (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    store_id    TEXT NOT NULL,
    incarnation INTEGER NOT NULL DEFAULT 0,
    mark        INTEGER NOT NULL DEFAULT 0,
    put_back_to TEXT
) STRICT;
INSERT INTO identity (id, store_id) VALUES (1, lower(hex(randomblob(16))));
