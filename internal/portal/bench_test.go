package portal_test

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/postgres"
)

const (
	benchSessions = 10_000
	benchPerSec   = 50
)

// Ten thousand are signed in, and fifty times a second one of them opens the page of settings, on one core: how long that takes, from when it was to
// begin, and how much of the processor, that of who asks included.
func BenchmarkSettings_TenThousandSessions(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "accounts.db")
		opensSettings(b, "sqlite://"+path, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	})
	b.Run("postgres", func(b *testing.B) {
		server, err := postgres.Start(b.Context(), postgres.Options{Durable: true})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = server.Stop() })
		address := server.NewDatabase(b)
		opensSettings(b, address, "pgx", address)
	})
}

func opensSettings(b *testing.B, address, driver, source string) {
	s, err := sqlstore.Open(b.Context(), address, sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true})
	must(b, err)
	b.Cleanup(func() { _ = s.Close() })
	lead, err := s.Lead(b.Context(), "cluster", "lease")
	must(b, err)
	must(b, lead.Vouch(b.Context()))
	seedSessions(b, driver, source)
	at := &url.URL{Scheme: "http", Host: "127.0.0.1:8082"}
	pages, err := portal.New(portal.Options{Links: s, Holders: s, URL: at, Log: logr.Discard()})
	must(b, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	took := make([]time.Duration, b.N)
	var failed atomic.Int64
	var all sync.WaitGroup
	pace := time.NewTicker(time.Second / benchPerSec)
	defer pace.Stop()
	b.ResetTimer()
	begun, used := time.Now(), processor(b)
	for n := 0; n < b.N; <-pace.C {
		for ; n < b.N && time.Since(begun) >= time.Duration(n)*time.Second/benchPerSec; n++ { // a tick may be late
			due := n
			all.Go(func() {
				request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, at.String()+"/settings", nil)
				request.RemoteAddr = fmt.Sprintf("10.1.%d.%d:1", due/250%250, due%250)
				request.AddCookie(&http.Cookie{Name: "session", Value: benchToken(due * 7919 % benchSessions)})
				answer := httptest.NewRecorder()
				pages.ServeHTTP(answer, request)
				if answer.Code != http.StatusOK {
					failed.Add(1)
				}
				took[due] = time.Since(begun) - time.Duration(due)*time.Second/benchPerSec
			})
		}
	}
	await.End(b, all.Wait)
	b.StopTimer()
	if failed.Load() > 0 {
		b.Errorf("%d pages were not shown", failed.Load())
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64((processor(b)-used).Microseconds())/1000/float64(b.N), "cpu-ms/page")
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func benchToken(n int) string { return fmt.Sprintf("benchmark-session-%d", n) }

// seedSessions gives each account one, as another program would.
func seedSessions(b *testing.B, driver, source string) {
	b.Helper()
	db, err := sql.Open(driver, source)
	must(b, err)
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(b.Context(), nil)
	must(b, err)
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	for n := range benchSessions {
		var id int64
		must(b, tx.QueryRowContext(b.Context(), `INSERT INTO accounts (email, email_verified_at, password_hash) VALUES ($1, $2, 'x') RETURNING id`,
			fmt.Sprintf("holder-%d@example.com", n), now).Scan(&id))
		hash := sha256.Sum256([]byte(benchToken(n)))
		_, err := tx.ExecContext(b.Context(), `INSERT INTO sessions (hash, id, account_id, incarnation, awaits_code, created_at, used_at, proved_at, peer, user_agent)
			SELECT $1, $2, $3, incarnation, $5, $4, $4, $4, '192.0.2.1', 'benchmark' FROM identity`, hash[:], benchToken(n), id, now, false)
		must(b, err)
	}
	must(b, tx.Commit())
}

// processor is what the process had of it.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
