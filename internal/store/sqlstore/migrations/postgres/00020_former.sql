-- +goose Up
-- Finds the former lives of an object: what was applied under its name by another UID.
CREATE INDEX applied_name ON applied (namespace, name);
