-- +goose Up
-- A claim waits once for each lease to be looked at again, however often its rows change meanwhile. The table is made anew under its
-- own name, since triggers name it.
CREATE TABLE changes_before AS SELECT * FROM changes;
DROP TABLE changes;
CREATE TABLE changes (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster       TEXT NOT NULL,
    lease         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    uid           TEXT NOT NULL,
    at            TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    UNIQUE (cluster, lease, kind, uid, namespace, namespace_uid, name) ON CONFLICT IGNORE
) STRICT;
CREATE INDEX changes_reader ON changes (cluster, lease, id);
CREATE INDEX changes_at ON changes (at);
INSERT INTO changes SELECT * FROM changes_before ORDER BY id;
DROP TABLE changes_before;
