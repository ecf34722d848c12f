-- +goose Up
-- The twin of PostgreSQL's, which keeps its plans from the wrong indexes. SQLite takes the right ones.
SELECT 1;
