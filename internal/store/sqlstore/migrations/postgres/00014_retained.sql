-- +goose Up
-- What managed an account that was retained, and the address that it had then; NULL once anything manages it again. So the same
-- object, applied once more, finds its account, as long as that has its address.
ALTER TABLE accounts ADD COLUMN retained_cluster TEXT;
ALTER TABLE accounts ADD COLUMN retained_namespace TEXT;
ALTER TABLE accounts ADD COLUMN retained_namespace_uid TEXT;
ALTER TABLE accounts ADD COLUMN retained_name TEXT;
ALTER TABLE accounts ADD COLUMN retained_uid TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN retained_email_key TEXT COLLATE "C";
