-- +goose Up
-- Until when a key may add a second factor to its account, after a code of another was given.
ALTER TABLE api_keys ADD COLUMN factor_until TEXT;
