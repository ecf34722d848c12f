package reader_test

import (
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/postgres"
)

// A thousand clients wait, and each change is answered to all of them: how long that takes after its commit, and what they take of memory on
// both sides of their connections.
func BenchmarkChanges_ThousandWait(b *testing.B) { onEach(b, thousandWait) }

func thousandWait(b *testing.B, s *scene) {
	const clients = 1000
	s.client.Transport = &http.Transport{MaxIdleConnsPerHost: clients}
	_, key := s.key([]string{store.RightChanges})
	before := heap()
	cursor := s.begun(key)
	var took []time.Duration
	memory := uint64(0)
	for n := 0; b.Loop(); n++ {
		var waiting sync.WaitGroup
		answered := make([]time.Time, clients)
		for c := range clients {
			waiting.Go(func() {
				if got := s.after(key, cursor, 60); got.status == http.StatusOK {
					answered[c] = time.Now()
				}
			})
		}
		await.Value(b, s.until(func() bool { return s.reader.Waiting() == clients }))
		memory = max(memory, heap()-before)
		s.set("alice", "TOKEN", strconv.Itoa(n))
		committed := time.Now()
		await.End(b, waiting.Wait)
		for _, at := range answered {
			if at.IsZero() {
				b.Fatal("somebody has no answer")
			}
			took = append(took, at.Sub(committed))
		}
		cursor = s.begun(key)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
	b.ReportMetric(float64(memory)/(1<<20), "MiB")
	s.client.CloseIdleConnections()
}

// heap is what is in use now, stacks included.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// Ten variables are read by clients on all cores, and counted.
func BenchmarkRead_TenVariables(b *testing.B) {
	onEach(b, func(b *testing.B, s *scene) {
		read := s.readsTen()
		b.ResetTimer()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				read()
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
		s.client.CloseIdleConnections()
	})
}

// goalOfReads is how many reads of ten variables a core is to serve in a second.
const goalOfReads = 2000

// At half of what a core is to serve, the requests come when they come, whether or not others are answered: how long one takes from then.
func BenchmarkRead_TenVariablesAtHalfLoad(b *testing.B) {
	onEach(b, func(b *testing.B, s *scene) {
		read := s.readsTen()
		between := time.Second / time.Duration(goalOfReads/2*runtime.GOMAXPROCS(0))
		took := make([]time.Duration, b.N)
		b.ResetTimer()
		var all sync.WaitGroup
		pace := time.NewTicker(between)
		defer pace.Stop()
		begun := time.Now()
		for n := 0; n < b.N; <-pace.C {
			for ; n < b.N && time.Since(begun) >= time.Duration(n)*between; n++ { // a tick may be late
				due := n
				all.Go(func() {
					read()
					took[due] = time.Since(begun) - time.Duration(due)*between
				})
			}
		}
		await.End(b, all.Wait)
		b.StopTimer()
		slices.Sort(took)
		b.ReportMetric(float64(len(took))/time.Since(begun).Seconds(), "reads/s")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		s.client.CloseIdleConnections()
	})
}

// readsTen reads ten variables of alice's.
func (s *scene) readsTen() (read func()) {
	for n := range 9 {
		s.set("alice", "VARIABLE_"+strconv.Itoa(n), "a value of some length, as those of tokens have")
	}
	s.client.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	_, key := s.key([]string{store.RightEnv})
	return func() {
		if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key); got.status != http.StatusOK {
			s.Errorf("%+v", got)
		}
	}
}

// onEach measures on a store of each kind that writes to the disk as in production.
func onEach(b *testing.B, measure func(*testing.B, *scene)) {
	b.Run("sqlite", func(b *testing.B) { measure(b, newScene(b)) })
	b.Run("postgres", func(b *testing.B) {
		server, err := postgres.Start(b.Context(), postgres.Options{Durable: true})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = server.Stop() })
		measure(b, newSceneAt(b, server.NewDatabase(b)))
	})
}
