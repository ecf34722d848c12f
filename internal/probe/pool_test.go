package probe

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/long"
)

// running starts a pool for the test.
func running(t *testing.T, s Shares) *Pool {
	t.Helper()
	p := NewPool(s)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		_ = p.Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() { cancel(); await.Value(t, ended) })
	return p
}

// hang is a probe of a host that never answers.
func hang(ctx context.Context) { <-ctx.Done() }

func (p *Pool) await(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(soon):
		t.Fatalf("after %s still not: %s", soon, what)
	}
}

func TestPool_NewerRequest_EndsTheOlderOne(t *testing.T) {
	p := running(t, Shares{Total: 2, Namespace: 2, Host: 2})
	begun, ended, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	p.Submit(Request{ID: "1", Do: func(ctx context.Context) { close(begun); hang(ctx); close(ended) }})
	p.await(t, "the first begins", begun)

	p.Submit(Request{ID: "1", Do: func(context.Context) { close(done) }})

	p.await(t, "the first ends", ended)
	p.await(t, "the newer is done", done)
}

func TestPool_Cancelled_EndsOrIsNotBegun(t *testing.T) {
	p := running(t, Shares{Total: 1, Namespace: 1, Host: 1})
	begun, ended, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	p.Submit(Request{ID: "1", Do: func(ctx context.Context) { close(begun); hang(ctx); close(ended) }})
	p.await(t, "the first begins", begun)
	p.Submit(Request{ID: "2", Do: func(context.Context) { t.Error("what was cancelled was begun") }})
	p.Submit(Request{ID: "3", Do: func(context.Context) { close(done) }})

	p.Cancel("2")
	p.Cancel("1")

	p.await(t, "the first ends", ended)
	p.await(t, "the last is done", done)
}

func TestPool_Ends_WaitsForWhatIsUnderWay(t *testing.T) {
	p := NewPool(Shares{Total: 1, Namespace: 1, Host: 1})
	ctx, cancel := context.WithCancel(context.Background())
	begun, ended := make(chan struct{}), false
	p.Submit(Request{ID: "1", Do: func(ctx context.Context) { close(begun); hang(ctx); ended = true }})
	go func() { await.Value(t, begun); cancel() }()

	_ = p.Run(ctx)

	if !ended {
		t.Error("Run returned before the probe did")
	}
}

// blackHoles is one namespace's requests to as many hosts, each of which takes a connection and never says a word.
func blackHoles(t *testing.T, p *Pool, c *Checker, n int) {
	t.Helper()
	for i := range n {
		deaf, err := net.Listen("tcp", fmt.Sprintf("127.0.%d.%d:0", 1+i/250, 1+i%250))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = deaf.Close() })
		target := s3At("https://"+deaf.Addr().String(), "ID", canary)
		p.Submit(Request{ID: fmt.Sprintf("hole-%d", i), Namespace: "holes", Host: c.Host(target), Do: func(ctx context.Context) {
			if v := c.Check(ctx, target); ctx.Err() == nil && v.Outcome != Unreachable { // it is closed when the test is over
				t.Errorf("a black hole was judged %+v", v)
			}
		}})
	}
}

// A namespace with 2,000 connections to 2,000 hosts that hang does not keep another's from being verified. The timeout is
// a tenth of a second here and 10 seconds in the long form.
func TestPool_ManyBlackHolesOfOneNamespace_StarveNoOther(t *testing.T) {
	good := s3Server(t)
	c := onLoopback()
	c.Timeout = long.Choose(100*time.Millisecond, 10*time.Second)
	p := running(t, Shares{Total: 16, Namespace: 4, Host: 2})
	blackHoles(t, p, c, 2000)
	patient := onLoopback()

	begun := time.Now()
	var verified sync.WaitGroup
	for i := range 10 {
		verified.Add(1)
		p.Submit(Request{ID: fmt.Sprintf("good-%d", i), Namespace: "good", Host: c.Host(s3At(good.Endpoint, "", "")), Do: func(ctx context.Context) {
			defer verified.Done()
			if v := patient.Check(ctx, s3At(good.Endpoint, good.Owner.ID, good.Owner.Secret)); v != accepted {
				t.Errorf("judged %+v", v)
			}
		}})
	}
	await.End(t, verified.Wait)

	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the ten good ones took %s", took)
	} else {
		t.Logf("the ten good ones took %s", took)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue.waiting) == 0 {
		t.Error("the black holes were all done before the good ones were: nothing was proven")
	}
}
