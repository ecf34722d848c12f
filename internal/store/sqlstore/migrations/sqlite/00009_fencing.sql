-- +goose Up
-- The SHA-256 of a random token of the present Lead, compared beside the epoch: in a store that was put back to an older state, a
-- successor reaches the epoch of a former leader again.
ALTER TABLE leaders ADD COLUMN token BLOB;
