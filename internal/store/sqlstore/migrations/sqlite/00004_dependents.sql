-- +goose Up
-- What belongs to an account and is written by the cloud's other services: teams and their members, and what runs or lies
-- in an account or in a team. An account cannot be deleted while it, or a team that would go with it, has a machine, a
-- cluster, an instance or a volume, and nothing can come to an account that is deleted. Triggers hold all of this, since
-- foreign keys are off by default in the sqlite3 shell.

CREATE TABLE teams (
    id         TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL DEFAULT '',
    owner_id   INTEGER NOT NULL REFERENCES accounts (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX teams_owner ON teams (owner_id);

-- Who belongs to a team besides its owner.
CREATE TABLE team_members (
    team_id    TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role       TEXT NOT NULL DEFAULT 'Member',
    PRIMARY KEY (team_id, account_id)
) STRICT;
CREATE INDEX team_members_account ON team_members (account_id);

CREATE TABLE machines (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER REFERENCES accounts (id),
    team_id    TEXT REFERENCES teams (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE INDEX machines_account ON machines (account_id, id);
CREATE INDEX machines_team ON machines (team_id, id);

-- +goose StatementBegin
CREATE TRIGGER machines_insert BEFORE INSERT ON machines
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a machine needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER machines_move BEFORE UPDATE OF account_id, team_id ON machines
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a machine needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER machines_moved AFTER UPDATE OF account_id, team_id ON machines
WHEN NEW.account_id IS NOT OLD.account_id OR NEW.team_id IS NOT OLD.team_id
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER machines_deleted AFTER DELETE ON machines
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

CREATE TABLE clusters (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER REFERENCES accounts (id),
    team_id    TEXT REFERENCES teams (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE INDEX clusters_account ON clusters (account_id, id);
CREATE INDEX clusters_team ON clusters (team_id, id);

-- +goose StatementBegin
CREATE TRIGGER clusters_insert BEFORE INSERT ON clusters
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a cluster needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clusters_move BEFORE UPDATE OF account_id, team_id ON clusters
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a cluster needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clusters_moved AFTER UPDATE OF account_id, team_id ON clusters
WHEN NEW.account_id IS NOT OLD.account_id OR NEW.team_id IS NOT OLD.team_id
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clusters_deleted AFTER DELETE ON clusters
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

CREATE TABLE instances (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER REFERENCES accounts (id),
    team_id    TEXT REFERENCES teams (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE INDEX instances_account ON instances (account_id, id);
CREATE INDEX instances_team ON instances (team_id, id);

-- +goose StatementBegin
CREATE TRIGGER instances_insert BEFORE INSERT ON instances
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an instance needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER instances_move BEFORE UPDATE OF account_id, team_id ON instances
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an instance needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER instances_moved AFTER UPDATE OF account_id, team_id ON instances
WHEN NEW.account_id IS NOT OLD.account_id OR NEW.team_id IS NOT OLD.team_id
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER instances_deleted AFTER DELETE ON instances
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

CREATE TABLE volumes (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id INTEGER REFERENCES accounts (id),
    team_id    TEXT REFERENCES teams (id),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE INDEX volumes_account ON volumes (account_id, id);
CREATE INDEX volumes_team ON volumes (team_id, id);

-- +goose StatementBegin
CREATE TRIGGER volumes_insert BEFORE INSERT ON volumes
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a volume needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER volumes_move BEFORE UPDATE OF account_id, team_id ON volumes
WHEN NOT EXISTS (SELECT 1 FROM accounts
    WHERE id = coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id)) AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a volume needs a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER volumes_moved AFTER UPDATE OF account_id, team_id ON volumes
WHEN NEW.account_id IS NOT OLD.account_id OR NEW.team_id IS NOT OLD.team_id
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER volumes_deleted AFTER DELETE ON volumes
BEGIN
    INSERT INTO freed VALUES (coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id)), '');
END;
-- +goose StatementEnd

-- holder_id is the account that has it, by itself or as the owner of its team.
CREATE VIEW dependents AS
SELECT 'Machine' AS kind, id, account_id AS holder_id, team_id FROM machines WHERE account_id IS NOT NULL
UNION ALL SELECT 'Cluster', id, account_id, team_id FROM clusters WHERE account_id IS NOT NULL
UNION ALL SELECT 'Instance', id, account_id, team_id FROM instances WHERE account_id IS NOT NULL
UNION ALL SELECT 'Volume', id, account_id, team_id FROM volumes WHERE account_id IS NOT NULL
UNION ALL SELECT 'Machine', d.id, t.owner_id, d.team_id FROM machines d JOIN teams t ON t.id = d.team_id
UNION ALL SELECT 'Cluster', d.id, t.owner_id, d.team_id FROM clusters d JOIN teams t ON t.id = d.team_id
UNION ALL SELECT 'Instance', d.id, t.owner_id, d.team_id FROM instances d JOIN teams t ON t.id = d.team_id
UNION ALL SELECT 'Volume', d.id, t.owner_id, d.team_id FROM volumes d JOIN teams t ON t.id = d.team_id;

-- +goose StatementBegin
CREATE TRIGGER teams_insert BEFORE INSERT ON teams
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.owner_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a team needs an owner that is a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER teams_give BEFORE UPDATE OF owner_id ON teams
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.owner_id AND deleted_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a team needs an owner that is a live account');
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- What runs in the team is in the way of another account's deletion now. An owner is not a member besides.
CREATE TRIGGER teams_given AFTER UPDATE OF owner_id ON teams WHEN NEW.owner_id <> OLD.owner_id
BEGIN
    DELETE FROM team_members WHERE team_id = NEW.id AND account_id = NEW.owner_id;
    INSERT INTO freed VALUES (OLD.owner_id, '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER teams_delete BEFORE DELETE ON teams WHEN EXISTS (SELECT 1 FROM dependents WHERE team_id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the team still has machines, clusters, instances or volumes');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER teams_deleted AFTER DELETE ON teams
BEGIN
    DELETE FROM team_members WHERE team_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER team_members_insert BEFORE INSERT ON team_members
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.team_id)
BEGIN
    SELECT RAISE(ABORT, 'a member needs a live account and a team');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER team_members_move BEFORE UPDATE OF team_id, account_id ON team_members
WHEN NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.team_id)
BEGIN
    SELECT RAISE(ABORT, 'a member needs a live account and a team');
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whoever deletes an account, its dependents must be gone, and its teams deleted or given away.
CREATE TRIGGER accounts_mark_deleted BEFORE UPDATE OF deleted_at ON accounts
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL AND (EXISTS (SELECT 1 FROM dependents WHERE holder_id = OLD.id)
    OR EXISTS (SELECT 1 FROM teams WHERE owner_id = OLD.id))
BEGIN
    SELECT RAISE(ABORT, 'the account still has machines, clusters, instances, volumes or teams');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_delete BEFORE DELETE ON accounts
WHEN EXISTS (SELECT 1 FROM dependents WHERE holder_id = OLD.id)
    OR EXISTS (SELECT 1 FROM teams WHERE owner_id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the account still has machines, clusters, instances, volumes or teams');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_memberships_end AFTER UPDATE OF deleted_at ON accounts WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
BEGIN
    DELETE FROM team_members WHERE account_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_memberships_gone AFTER DELETE ON accounts
BEGIN
    DELETE FROM team_members WHERE account_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- A deletion may wait for the account that is to get its teams.
CREATE TRIGGER accounts_heir_made AFTER INSERT ON accounts WHEN NEW.uid IS NOT NULL AND NEW.deleted_at IS NULL
BEGIN
    INSERT INTO freed VALUES (0, 'Heir ' || NEW.uid);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_heir_comes AFTER UPDATE OF cluster, uid, deleted_at ON accounts WHEN NEW.uid IS NOT NULL AND NEW.deleted_at IS NULL
BEGIN
    INSERT INTO freed VALUES (0, 'Heir ' || NEW.uid);
END;
-- +goose StatementEnd
