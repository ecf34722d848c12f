-- +goose Up
-- Who changes the address of an account: the object that manages it ('Platform'), or its holder ('Holder'). The address of the object counted
-- as the account was created, then; it is kept as email_named, in lower case, so that the object finds its account by it, whatever address
-- that has by now. Both stay as they are where nothing manages the account any more.
ALTER TABLE accounts ADD COLUMN email_change TEXT NOT NULL DEFAULT 'Platform' CHECK (email_change IN ('Platform', 'Holder'));
ALTER TABLE accounts ADD COLUMN email_named TEXT NOT NULL DEFAULT '';
CREATE INDEX accounts_email_named ON accounts (email_named) WHERE email_named <> '';

-- +goose StatementBegin
CREATE TRIGGER accounts_email_change_updated AFTER UPDATE OF email_change ON accounts
WHEN (SELECT own FROM writer) = 0 AND NEW.email_change <> OLD.email_change
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'Account', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
END;
-- +goose StatementEnd
