-- +goose Up
-- What belongs to an account and is written by the cloud's other services: teams and their members, and what runs or lies
-- in an account or in a team. An account cannot be deleted while it, or a team that would go with it, has a machine, a
-- cluster, an instance or a volume, and nothing can come to an account that is deleted.

CREATE TABLE teams (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT NOT NULL DEFAULT '',
    owner_id   BIGINT NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX teams_owner ON teams (owner_id);

-- Who belongs to a team besides its owner.
CREATE TABLE team_members (
    team_id    TEXT COLLATE "C" NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role       TEXT NOT NULL DEFAULT 'Member',
    PRIMARY KEY (team_id, account_id)
);
CREATE INDEX team_members_account ON team_members (account_id);

CREATE TABLE machines (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    team_id    TEXT COLLATE "C" REFERENCES teams (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
);
CREATE INDEX machines_account ON machines (account_id, id);
CREATE INDEX machines_team ON machines (team_id, id);

CREATE TABLE clusters (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    team_id    TEXT COLLATE "C" REFERENCES teams (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
);
CREATE INDEX clusters_account ON clusters (account_id, id);
CREATE INDEX clusters_team ON clusters (team_id, id);

CREATE TABLE instances (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    team_id    TEXT COLLATE "C" REFERENCES teams (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
);
CREATE INDEX instances_account ON instances (account_id, id);
CREATE INDEX instances_team ON instances (team_id, id);

CREATE TABLE volumes (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    team_id    TEXT COLLATE "C" REFERENCES teams (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK ((account_id IS NULL) <> (team_id IS NULL))
);
CREATE INDEX volumes_account ON volumes (account_id, id);
CREATE INDEX volumes_team ON volumes (team_id, id);

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
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- Whoever locks more than one row takes teams first, then accounts by their ID, so that no two wait for each other.

-- +goose StatementBegin
-- A foreign key alone would let a dependent in while its account is being marked as deleted, for that changes no key.
-- FOR SHARE conflicts with the marking, and with another owner for the team: one of the two waits and then sees the other.
CREATE FUNCTION account_operator_dependent_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    holder BIGINT;
    former BIGINT;
BEGIN
    PERFORM 1 FROM teams WHERE id IN (NEW.team_id, OLD.team_id) ORDER BY id FOR SHARE;
    holder := coalesce(NEW.account_id, (SELECT owner_id FROM teams WHERE id = NEW.team_id));
    former := coalesce(OLD.account_id, (SELECT owner_id FROM teams WHERE id = OLD.team_id));
    PERFORM 1 FROM accounts WHERE id IN (holder, former) ORDER BY id FOR SHARE;
    PERFORM 1 FROM accounts WHERE id = holder AND deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a row of % needs a live account', TG_TABLE_NAME USING ERRCODE = 'AO002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The lock makes this wait for a deletion that is just being told that it is blocked: then its wait is seen here.
CREATE FUNCTION account_operator_dependent_goes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    holder BIGINT := OLD.account_id;
BEGIN
    IF holder IS NULL THEN
        SELECT owner_id INTO holder FROM teams WHERE id = OLD.team_id FOR SHARE;
    END IF;
    PERFORM 1 FROM accounts WHERE id = holder FOR KEY SHARE;
    PERFORM account_operator_free(holder, '');
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER machines_come BEFORE INSERT OR UPDATE OF account_id, team_id ON machines
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER machines_go AFTER DELETE OR UPDATE OF account_id, team_id ON machines
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

CREATE TRIGGER clusters_come BEFORE INSERT OR UPDATE OF account_id, team_id ON clusters
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER clusters_go AFTER DELETE OR UPDATE OF account_id, team_id ON clusters
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

CREATE TRIGGER instances_come BEFORE INSERT OR UPDATE OF account_id, team_id ON instances
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER instances_go AFTER DELETE OR UPDATE OF account_id, team_id ON instances
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

CREATE TRIGGER volumes_come BEFORE INSERT OR UPDATE OF account_id, team_id ON volumes
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_comes();
CREATE TRIGGER volumes_go AFTER DELETE OR UPDATE OF account_id, team_id ON volumes
    FOR EACH ROW EXECUTE FUNCTION account_operator_dependent_goes();

-- +goose StatementBegin
CREATE FUNCTION account_operator_team_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM accounts WHERE id IN (NEW.owner_id, OLD.owner_id) ORDER BY id FOR SHARE;
    PERFORM 1 FROM accounts WHERE id = NEW.owner_id AND deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a team needs an owner that is a live account' USING ERRCODE = 'AO002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- What runs in the team is in the way of another account's deletion now. An owner is not a member besides.
CREATE FUNCTION account_operator_team_given() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM team_members WHERE team_id = NEW.id AND account_id = NEW.owner_id;
    PERFORM account_operator_free(OLD.owner_id, '');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER teams_come BEFORE INSERT OR UPDATE OF owner_id ON teams
    FOR EACH ROW EXECUTE FUNCTION account_operator_team_comes();
CREATE TRIGGER teams_given AFTER UPDATE OF owner_id ON teams FOR EACH ROW
    WHEN (NEW.owner_id <> OLD.owner_id) EXECUTE FUNCTION account_operator_team_given();

-- +goose StatementBegin
CREATE FUNCTION account_operator_member_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM teams WHERE id = NEW.team_id FOR KEY SHARE;
    PERFORM 1 FROM accounts WHERE id = NEW.account_id AND deleted_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a member of a team needs a live account' USING ERRCODE = 'AO002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER team_members_come BEFORE INSERT OR UPDATE OF team_id, account_id ON team_members
    FOR EACH ROW EXECUTE FUNCTION account_operator_member_comes();

-- +goose StatementBegin
-- Whoever deletes an account, its dependents must be gone, and its teams deleted or given away.
CREATE FUNCTION account_operator_account_goes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM dependents WHERE holder_id = OLD.id) OR EXISTS (SELECT 1 FROM teams WHERE owner_id = OLD.id) THEN
        RAISE EXCEPTION 'the account still has machines, clusters, instances, volumes or teams' USING ERRCODE = 'AO003';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    DELETE FROM team_members WHERE account_id = OLD.id;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_mark_deleted BEFORE UPDATE OF deleted_at ON accounts FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION account_operator_account_goes();
CREATE TRIGGER accounts_delete BEFORE DELETE ON accounts
    FOR EACH ROW EXECUTE FUNCTION account_operator_account_goes();

-- +goose StatementBegin
-- A deletion may wait for the account that is to get its teams. There is no row to lock as long as that account is not
-- there, so both sides take this lock: whoever comes second sees the first.
CREATE FUNCTION account_operator_heir_comes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    heir CONSTANT TEXT := 'Heir ' || NEW.uid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('account_operator ' || heir, 0));
    PERFORM account_operator_free(0, heir);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER accounts_heir_comes AFTER INSERT OR UPDATE OF cluster, uid, deleted_at ON accounts FOR EACH ROW
    WHEN (NEW.uid IS NOT NULL AND NEW.deleted_at IS NULL) EXECUTE FUNCTION account_operator_heir_comes();

-- +goose StatementBegin
CREATE FUNCTION account_operator_heir_awaited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('account_operator ' || NEW.item, 0));
    IF EXISTS (SELECT 1 FROM accounts WHERE cluster = NEW.cluster AND uid = substr(NEW.item, 6) AND deleted_at IS NULL) THEN
        PERFORM account_operator_free(0, NEW.item);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER waits_for_heir AFTER INSERT ON waits FOR EACH ROW
    WHEN (NEW.account_id = 0 AND NEW.item LIKE 'Heir %') EXECUTE FUNCTION account_operator_heir_awaited();
