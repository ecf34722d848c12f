-- +goose Up
-- How managers agree on who writes, and remember what they wrote. Only account-operator writes these tables.

-- One row for each Lease: the epoch of its present holder. Whoever writes with an older one is refused.
CREATE TABLE leaders (
    cluster TEXT NOT NULL,
    lease   TEXT NOT NULL,
    epoch   BIGINT NOT NULL,
    PRIMARY KEY (cluster, lease)
);

-- What each claim applied last; stale where somebody else changed the claim's rows since. leaves is a JSON object, NULL
-- where nobody asked to keep it.
CREATE TABLE applied (
    cluster       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    uid           TEXT COLLATE "C" NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    generation    BIGINT NOT NULL,
    record        TEXT NOT NULL,
    leaves        TEXT,
    stale         BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (cluster, kind, uid)
);

-- The doorbell: claims that a leader should look at again.
CREATE TABLE changes (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cluster       TEXT NOT NULL,
    lease         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    uid           TEXT COLLATE "C" NOT NULL,
    at            TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX changes_reader ON changes (cluster, lease, id);
CREATE INDEX changes_at ON changes (at);

-- Who waits for what: account_id 0 and an address, or the name of an object whose former life still has a row; an
-- account and the name of a variable; an account and '' for whatever keeps that account from being deleted; 0 and the UID
-- of the account that is to get the teams of a deleted one.
CREATE TABLE waits (
    cluster       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    uid           TEXT COLLATE "C" NOT NULL,
    account_id    BIGINT NOT NULL,
    item          TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    PRIMARY KEY (cluster, kind, uid, account_id, item)
);
CREATE INDEX waits_item ON waits (account_id, item);

-- Every write: who, what, which names, for which generation of the object; never a value.
CREATE TABLE audit (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            TIMESTAMPTZ NOT NULL DEFAULT now(),
    cluster       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    namespace     TEXT NOT NULL,
    namespace_uid TEXT NOT NULL,
    name          TEXT NOT NULL,
    uid           TEXT COLLATE "C" NOT NULL,
    generation    BIGINT NOT NULL,
    op            TEXT NOT NULL,
    account_id    BIGINT,
    names         TEXT NOT NULL
);
CREATE INDEX audit_account ON audit (account_id);

-- A known text, sealed: a manager with another keyset is refused before it writes.
CREATE TABLE seal_check (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    value BYTEA NOT NULL
);

-- +goose StatementBegin
-- The functions run with the rights of their owner and look only into this schema, so that a program that writes its own
-- tables here needs no rights on these, and cannot put tables of its own before them.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
-- +goose StatementEnd

-- +goose StatementBegin
-- The queue for one Lease's epoch. Locks on rows have none: writes that share a row let no one in who wants it alone, so a
-- manager that writes without a pause could never be replaced.
CREATE FUNCTION account_operator_epoch(of_cluster TEXT, of_lease TEXT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE AS $$ SELECT hashtextextended(of_cluster || ' ' || of_lease, 0) $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Fails unless the epoch still holds, and keeps it from moving on until the transaction ends: whoever takes the lead waits
-- in the queue and updates this row.
CREATE FUNCTION account_operator_fence(of_cluster TEXT, of_lease TEXT, of_epoch BIGINT) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(account_operator_epoch(of_cluster, of_lease));
    PERFORM 1 FROM leaders WHERE cluster = of_cluster AND lease = of_lease AND epoch = of_epoch FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another manager has taken the lead' USING ERRCODE = 'AO001';
    END IF;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Before the row is locked, so that nobody holds the one and waits for the other.
CREATE FUNCTION account_operator_take_the_lead() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(account_operator_epoch(NEW.cluster, NEW.lease));
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER leaders_queue BEFORE INSERT ON leaders FOR EACH ROW EXECUTE FUNCTION account_operator_take_the_lead();
