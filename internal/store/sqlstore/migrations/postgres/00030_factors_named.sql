-- +goose Up
-- An account may have several authenticator apps, each with a name that its holder gave it, and later other methods. Wrong codes are counted
-- an account, so that more methods are not more guesses.

-- id names the row; the seed of an app is bound to it.
ALTER TABLE factors ADD COLUMN id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE factors ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE factors ADD COLUMN created_at TIMESTAMPTZ NOT NULL DEFAULT now();
UPDATE factors SET id = method;
ALTER TABLE factors DROP CONSTRAINT factors_pkey;
ALTER TABLE factors ADD PRIMARY KEY (account_id, id);
ALTER TABLE factors DROP CONSTRAINT factors_method_check;
ALTER TABLE factors DROP CONSTRAINT factors_check;
ALTER TABLE factors ADD CONSTRAINT factors_check CHECK ((seed IS NULL) = (method <> 'TOTP'));

-- Those in a row that were not accepted.
CREATE TABLE factor_attempts (
    account_id   BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    attempts     BIGINT NOT NULL,
    locked_until TIMESTAMPTZ
);
INSERT INTO factor_attempts SELECT account_id, max(attempts), max(locked_until) FROM factors WHERE attempts > 0 GROUP BY account_id;
ALTER TABLE factors DROP COLUMN attempts;
ALTER TABLE factors DROP COLUMN locked_until;

-- Which kinds of mails there are the programs know, so that a new one needs no new table: one that nobody knows ends as a dead letter.
ALTER TABLE mails DROP CONSTRAINT mails_kind_check;
