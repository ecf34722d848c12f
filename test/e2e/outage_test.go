package e2e_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/network"
	"github.com/account-operator/account-operator/test/postgres"
)

// recovery is how long all may take to be Ready after an outage is over.
const recovery = time.Minute

// Given an apply of many objects, when what the manager leans on goes away in the middle, then a minute after it is back
// all are Ready, and the store holds each once.
func TestOutage_DuringAnApply_LosesNothing(t *testing.T) {
	objects, away, times := longform.Choose(120, 5000), longform.Choose(2*time.Second, time.Minute), longform.Choose(2, 20)
	// Of the network's troubles there are many, so each has a smaller apply.
	fewer, shorter := longform.Choose(120, 1000), longform.Choose(2*time.Second, 20*time.Second)
	for _, c := range []struct {
		what    string
		dialect string
		action  string
		begin   func(t *testing.T) *outage
	}{
		{"the store is away", postgreSQL, fmt.Sprint("down for ", away), func(t *testing.T) *outage {
			o := ownServer(t)
			o.strike = func() { o.must(o.server.Down()); o.passes(away); o.must(o.server.Up(context.Background())) }
			return o
		}},
		{"the store is locked by another program", sqlite, fmt.Sprint("locked for ", away), func(t *testing.T) *outage {
			o := &outage{scene: newScene(t, sqlite)}
			o.strike = func() { o.locked(func() { o.passes(away) }) }
			return o
		}},
		{"the store hangs", postgreSQL, fmt.Sprint("frozen for ", away), func(t *testing.T) *outage {
			o := ownServer(t)
			o.strike = func() { o.must(o.server.Freeze(context.Background())); o.passes(away); o.must(o.server.Thaw()) }
			return o
		}},
		{"PostgreSQL is restarted", postgreSQL, fmt.Sprint("restarted ", times, " times"), func(t *testing.T) *outage {
			o := ownServer(t)
			o.times, o.strike = times, func() { o.must(o.server.Restart(context.Background())) }
			return o
		}},
		{"PostgreSQL is killed", postgreSQL, fmt.Sprint("killed ", times, " times"), func(t *testing.T) *outage {
			o := ownServer(t)
			o.times, o.strike = times, func() { o.server.Kill(); o.must(o.server.Up(context.Background())) }
			return o
		}},
		{"the network resets connections", postgreSQL, fmt.Sprint("for ", shorter), func(t *testing.T) *outage {
			return troubled(t, shorter, fewer, network.Reset())
		}},
		{"the network cuts questions to the store short", postgreSQL, fmt.Sprint("for ", shorter), func(t *testing.T) *outage {
			return troubled(t, shorter, fewer, network.CutAfter(network.ToServer, 20_000))
		}},
		{"the network cuts answers of the store short", postgreSQL, fmt.Sprint("for ", shorter), func(t *testing.T) *outage {
			return troubled(t, shorter, fewer, network.CutAfter(network.ToClient, 10_000))
		}},
		{"the network swallows questions to the store", postgreSQL, fmt.Sprint("for ", shorter), func(t *testing.T) *outage {
			return troubled(t, shorter, fewer, network.Swallowed(network.ToServer))
		}},
		{"the network swallows answers of the store", postgreSQL, fmt.Sprint("for ", shorter), func(t *testing.T) *outage {
			return troubled(t, shorter, fewer, network.Swallowed(network.ToClient))
		}},
		{"the network is slow and sends small pieces", postgreSQL, fmt.Sprint("for ", shorter), func(t *testing.T) *outage {
			return troubled(t, shorter, fewer, network.Late(network.ToServer, 200, 100), network.InPieces(network.ToClient, 100))
		}},
		{"the API server is restarted", sqlite, fmt.Sprint("killed ", times, " times"), func(t *testing.T) *outage {
			own := ownCluster(t)
			o := &outage{scene: newSceneOn(t, own, sqlite), times: times}
			o.strike = func() { o.must(own.RestartAPIServer(context.Background())) }
			return o
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			if longform.Choose(true, false) { // thousands of objects want the machine for themselves
				t.Parallel()
			}
			o := c.begin(t)
			objects := cmp.Or(o.objects, objects)
			fired := fault.Begin(t, fault.Case{
				Goal: "G13", Workload: fmt.Sprint("apply of ", objects, " objects"), Trigger: "in the middle", Action: c.action, Dialect: c.dialect,
			})
			o.keep(o.as("manager"))
			o.happens(objects, func() { fired.Add(1) })
			begun := time.Now()
			o.allReady(objects, recovery)
			t.Logf("%d objects were Ready %s after all was back", objects, time.Since(begun).Round(time.Millisecond))
			o.hasStored(objects)
		})
	}
}

// outage is something that a manager leans on and that goes away.
type outage struct {
	*scene
	server  *postgres.Server // of its own, on PostgreSQL
	objects int              // 0: as many as of each
	times   int              // 0: once
	strike  func()           // away and back
}

// ownServer is a PostgreSQL that a test may break.
func ownServer(t *testing.T) *outage {
	t.Helper()
	own, err := postgres.Start(t.Context(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	url := own.NewDatabase(t)
	s := newScene(t, postgreSQL)
	s.store.address, s.store.source = url, url
	return &outage{scene: s, server: own}
}

// troubled has a manager whose way to PostgreSQL gets into trouble.
func troubled(t *testing.T, lasts time.Duration, objects int, troubles ...network.Trouble) *outage {
	t.Helper()
	o := &outage{scene: newScene(t, postgreSQL), objects: objects}
	way := network.To(t, "unix", server.Socket())
	direct, err := url.Parse(o.store.address)
	o.must(err)
	o.store.address = fmt.Sprintf("postgres://%s@%s%s?sslmode=disable", direct.Query().Get("user"), way.Address(), direct.Path)
	o.strike = func() {
		over, err := way.Suffers(troubles...)
		o.must(err)
		o.passes(lasts)
		o.must(over())
	}
	return o
}

// happens applies the objects, and strikes when a part of them is stored, each time a greater one.
func (o *outage) happens(objects int, struck func()) {
	o.Helper()
	done := make(chan error, 1)
	go func() { done <- o.createMany(objects) }()
	times := max(1, o.times)
	for n := range times {
		o.reaches(objects / 2 * (n + 1) / (times + 1))
		o.strike()
		struck()
	}
	o.must(await.Value(o, done))
}

// reaches waits until so many variables are stored.
func (o *outage) reaches(variables int) {
	o.Helper()
	o.within(applied, func(ctx context.Context) string {
		db, err := sql.Open(o.store.driver, o.store.source)
		o.must(err)
		defer func() { _ = db.Close() }()
		var stored int
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM env_vars`).Scan(&stored); err != nil {
			return err.Error()
		}
		if stored < variables {
			return fmt.Sprintf("%d of %d variables are stored", stored, variables)
		}
		return ""
	})
}

// locked does something while another program is in the middle of a write to the file.
func (o *outage) locked(do func()) {
	o.Helper()
	db := o.open()
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(o.Context())
	o.must(err)
	defer func() { _ = conn.Close() }()
	_, err = conn.ExecContext(o.Context(), `BEGIN IMMEDIATE`)
	o.must(err)
	do()
	_, err = conn.ExecContext(o.Context(), `ROLLBACK`)
	o.must(err)
}

// Given an account in sync, when the connection on which the manager listens is cut, and in the same moment another client
// changes the account, then the change is put back.
func TestForeignWrite_NobodyListens_IsSeen(t *testing.T) {
	t.Parallel()
	rounds := longform.Choose(3, 20)
	fired := fault.Begin(t, fault.Case{
		Goal: "G13", Workload: "drift of an Account", Trigger: "foreign write", Action: fmt.Sprint("LISTEN cut ", rounds, " times"), Dialect: postgreSQL,
	})
	s := newScene(t, postgreSQL)
	s.start(s.as("manager"))
	alice := account("alice")
	username := "alice"
	alice.Spec.Username = new(v1alpha1.Line(username))
	s.create(alice)
	s.becomesReady(alice)
	for n := range rounds {
		cut := 0
		s.eventually(func(context.Context) string { // right after a cut it takes a moment until the manager listens again
			cut = len(s.column(`SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity
				WHERE datname = current_database() AND query LIKE 'LISTEN%'`))
			if cut == 0 {
				return "void: nobody listens"
			}
			return ""
		})
		s.foreign(fmt.Sprintf(`UPDATE accounts SET username = 'mallory-%d-%d'`, n, rand.IntN(1000))) //nolint:gosec // a name
		fired.Add(1)
		s.eventually(func(context.Context) string {
			if got := s.column(`SELECT username FROM accounts`); got[0] != username {
				return "the username is " + got[0]
			}
			return ""
		})
	}
	s.becomesReady(alice)
}
