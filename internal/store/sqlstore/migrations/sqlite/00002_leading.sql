-- +goose Up
-- How managers agree on who writes, and remember what they wrote. Only account-operator writes these tables.

-- One row for each Lease: the epoch of its present holder. Whoever writes with an older one is refused.
CREATE TABLE leaders (
    cluster TEXT NOT NULL,
    lease   TEXT NOT NULL,
    epoch   INTEGER NOT NULL,
    PRIMARY KEY (cluster, lease)
) STRICT;

-- One row: own is 1 inside account-operator's own transactions and 0 for everybody else, since SQLite has one writer at a
-- time and this row is put back before the commit.
CREATE TABLE writer (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    own INTEGER NOT NULL
) STRICT;
INSERT INTO writer (id, own) VALUES (1, 0);

-- What each claim applied last; stale where somebody else changed the claim's rows since. leaves is a JSON object, NULL
-- where nobody asked to keep it.
CREATE TABLE applied (
    cluster       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    uid           TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    record        TEXT NOT NULL,
    leaves        TEXT,
    stale         INTEGER NOT NULL DEFAULT FALSE CHECK (stale IN (FALSE, TRUE)),
    PRIMARY KEY (cluster, kind, uid)
) STRICT;

-- The doorbell: claims that a leader should look at again.
CREATE TABLE changes (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster       TEXT NOT NULL,
    lease         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    uid           TEXT NOT NULL,
    at            TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX changes_reader ON changes (cluster, lease, id);
CREATE INDEX changes_at ON changes (at);

-- Who waits for what: account_id 0 and an address, or the name of an object whose former life still has a row; an
-- account and the name of a variable; an account and '' for whatever keeps that account from being deleted; 0 and the UID
-- of the account that is to get the teams of a deleted one.
CREATE TABLE waits (
    cluster       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    uid           TEXT NOT NULL,
    account_id    INTEGER NOT NULL,
    item          TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    PRIMARY KEY (cluster, kind, uid, account_id, item)
) STRICT;
CREATE INDEX waits_item ON waits (account_id, item);

-- Every write: who, what, which names, for which generation of the object; never a value.
CREATE TABLE audit (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    at            TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    cluster       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    uid           TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    op            TEXT NOT NULL,
    account_id    INTEGER,
    names         TEXT NOT NULL
) STRICT;
CREATE INDEX audit_account ON audit (account_id);

-- A known text, sealed: a manager with another keyset is refused before it writes.
CREATE TABLE seal_check (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value BLOB NOT NULL
) STRICT;
