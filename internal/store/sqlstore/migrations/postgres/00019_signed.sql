-- +goose Up
-- Whether each status that this leader has to do with is signed. Those of a manager from before there were signatures are not, and are
-- not taken for forged until they had the time to be.
ALTER TABLE leaders ADD COLUMN signed BOOLEAN NOT NULL DEFAULT FALSE;
