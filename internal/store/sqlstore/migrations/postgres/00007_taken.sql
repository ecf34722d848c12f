-- +goose Up
-- Which leader is sending a mail, so that its successor need not wait for a sender that is no more. NULL where nobody is.
ALTER TABLE mails ADD COLUMN taken_lease TEXT;
ALTER TABLE mails ADD COLUMN taken_epoch BIGINT;
