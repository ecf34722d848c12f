package portal_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/test/await"
)

const (
	floodVariable = "PORTAL_TEST_FLOOD"
	clients       = 200
	hashesAtOnce  = 4
	// A hash takes 19 MiB, so that all clients' at once would take 3.8 GiB. What is left to the rest is room for garbage and the race detector.
	mostMiB = 1024
)

// Given two hundred clients who give passwords at once, each from another address and for another account, then four hashes are made at once and
// the process stays small, whoever has to wait or is refused.
func TestSignIn_FloodOf200Clients_FourHashesAtOnce(t *testing.T) {
	if os.Getenv(floodVariable) != "" {
		flood(t)
		return
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v") // its peak is no other test's
	command.Env = append(os.Environ(), floodVariable+"=1", "GOMEMLIMIT=230MiB")                    // as in a container of the 256 MiB that the chart gives the pages
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Log(string(regexp.MustCompile(`peak of .*`).Find(said)))
}

func flood(t *testing.T) {
	s := newSceneWith(t, portal.Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	pages, err := portal.New(s.options)
	s.must(err)
	requests := make([]*http.Request, clients)
	for n := range requests {
		requests[n] = s.form("/sign-in", "email", fmt.Sprintf("client-%d@example.com", n), "password", fine)
		requests[n].RemoteAddr = "192.0.2.1:1"
		requests[n].Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", n))
	}
	watched := watchHashes(t)
	var all sync.WaitGroup
	var judged, busy, other atomic.Int64
	for _, request := range requests {
		all.Go(func() {
			answer := httptest.NewRecorder()
			pages.ServeHTTP(answer, request)
			switch answer.Code {
			case http.StatusUnprocessableEntity:
				judged.Add(1)
			case http.StatusServiceUnavailable:
				busy.Add(1)
			default:
				other.Add(1)
			}
		})
	}
	await.End(t, all.Wait)
	most := watched()
	if most < 1 || most > hashesAtOnce || judged.Load() == 0 || judged.Load()+busy.Load() != clients {
		t.Errorf("%d hashes at once; %d judged, %d busy, %d others", most, judged.Load(), busy.Load(), other.Load())
	}
	peak := peakMiB(t)
	if peak > mostMiB {
		t.Errorf("it took %d MiB", peak)
	}
	t.Logf("peak of %d MiB, %d hashes at once at most, %d judged, %d had to try again", peak, most, judged.Load(), busy.Load())
}

// watchHashes looks at all goroutines, as often as it can, until its result is called: how many made a hash at once at most.
func watchHashes(t *testing.T) (most func() int) {
	t.Helper()
	stop, found := make(chan struct{}), make(chan int)
	go func() {
		seen := 0
		for pause := time.NewTicker(2 * time.Millisecond); ; {
			var all bytes.Buffer
			_ = pprof.Lookup("goroutine").WriteTo(&all, 2) // a buffer takes all
			seen = max(seen, bytes.Count(all.Bytes(), []byte("argon2.deriveKey(")))
			select {
			case <-stop:
				pause.Stop()
				found <- seen
				return
			case <-pause.C:
			}
		}
	}()
	return func() int { close(stop); return await.Value(t, found) }
}

// peakMiB is the most memory that this process had.
func peakMiB(t *testing.T) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the kernel does not say how much memory a process had at most")
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	kib, err := strconv.Atoi(string(line[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}
