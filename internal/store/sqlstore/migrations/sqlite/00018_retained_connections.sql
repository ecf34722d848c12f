-- +goose Up
-- What managed a connection that was retained; NULL once anything manages it again. So the same object, applied once more, finds its
-- connection in the same account.
ALTER TABLE connections ADD COLUMN retained_cluster TEXT;
ALTER TABLE connections ADD COLUMN retained_namespace TEXT;
ALTER TABLE connections ADD COLUMN retained_namespace_uid TEXT;
ALTER TABLE connections ADD COLUMN retained_name TEXT;
