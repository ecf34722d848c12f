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
)

// A thousand clients wait, and each change is answered to all of them: how long that takes after its commit, and what they take of memory on
// both sides of their connections.
func BenchmarkChanges_ThousandWait(b *testing.B) {
	const clients = 1000
	s := newScene(b)
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

// Ten variables are read by clients on both cores, and counted.
func BenchmarkRead_TenVariables(b *testing.B) {
	s := newScene(b)
	for n := range 9 {
		s.set("alice", "VARIABLE_"+strconv.Itoa(n), "a value of some length, as those of tokens have")
	}
	s.client.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	_, key := s.key([]string{store.RightEnv})
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key); got.status != http.StatusOK {
				b.Errorf("%+v", got)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
	s.client.CloseIdleConnections()
}
