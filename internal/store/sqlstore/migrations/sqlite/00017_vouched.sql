-- +goose Up
-- For which start of the database, or which manager of the file, a leader has looked that it was not put back to an older state.
-- Whoever follows a link, or proves a factor, waits for that: what was used up may be there again.
ALTER TABLE identity ADD COLUMN vouched TEXT;
