-- +goose Up
-- Who changes the address of an account: the object that manages it ('Platform'), or its holder ('Holder'). The address of the object counted
-- as the account was created, then; it is kept as email_named, in lower case, so that the object finds its account by it, whatever address
-- that has by now. Both stay as they are where nothing manages the account any more.
ALTER TABLE accounts ADD COLUMN email_change TEXT NOT NULL DEFAULT 'Platform' CHECK (email_change IN ('Platform', 'Holder'));
ALTER TABLE accounts ADD COLUMN email_named TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX accounts_email_named ON accounts (email_named) WHERE email_named <> '';

-- +goose StatementBegin
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- What of an account its object may apply, or shows in its status.
CREATE OR REPLACE FUNCTION account_operator_shown(a accounts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(a) - 'created_at' - 'purged_at' - 'password_hash' - 'referred_by' - 'managed' - 'email_named'
$$;
-- +goose StatementEnd
SELECT account_operator_guard();
