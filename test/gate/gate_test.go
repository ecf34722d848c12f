package gate_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/gate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	status = "/apis/accounts.example.com/v1/namespaces/team/accounts/alice/status"
	secret = "/api/v1/namespaces/team/secrets/hf"
	watch  = "/api/v1/secrets?watch=true"
)

// scene is a client, a gate, and a server behind it that counts what reaches it.
type scene struct {
	*testing.T
	*gate.Gate
	client  *http.Client
	host    string
	reached atomic.Int64
}

func begin(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t}
	behind := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.reached.Add(1)
		_, _ = fmt.Fprintln(w, "done")
		if r.URL.Query().Has("watch") {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(behind.Close)
	access := &rest.Config{Host: behind.URL}
	access.CAData = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: behind.Certificate().Raw})
	s.Gate = gate.Open(t, access)
	through := s.Through(access)
	client, err := rest.HTTPClientFor(through)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	s.client, s.host = client, through.Host
	return s
}

// ask returns what came back: the code and the body, or the error.
func (s *scene) ask(method, path string) string {
	s.Helper()
	return s.askWhile(s.Context(), method, path)
}

func (s *scene) askWhile(ctx context.Context, method, path string) string {
	s.Helper()
	request, err := http.NewRequestWithContext(ctx, method, s.host+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return fmt.Sprint(response.StatusCode, " ", string(body), err)
}

func TestRule_Requests_StrikesOnlyThoseItNames(t *testing.T) {
	s := begin(t)
	f := s.Arm(gate.Rule{Verb: "patch", Resource: "accounts/status", Name: "alice", Skip: 1, Times: 2, Do: gate.Conflict})
	for n, want := range []string{"200", "409", "409", "200"} {
		if got := s.ask(http.MethodPatch, status); !strings.HasPrefix(got, want) {
			t.Errorf("request %d: %s, want %s", n, got, want)
		}
		for _, other := range []string{"GET " + status, "PATCH " + strings.TrimSuffix(status, "/status"), "PATCH " + secret} {
			method, path, _ := strings.Cut(other, " ")
			if got := s.ask(method, path); !strings.HasPrefix(got, "200") {
				t.Errorf("%s: %s", other, got)
			}
		}
	}
	if f.Struck() != 2 || s.reached.Load() != 2+4*3 {
		t.Errorf("struck %d times, %d requests reached the server", f.Struck(), s.reached.Load())
	}
}

func TestRule_Refusal_ReadsAsTheAPIServers(t *testing.T) {
	s := begin(t)
	for action, reason := range map[gate.Action]string{
		gate.Forbidden: "Forbidden", gate.Conflict: "Conflict", gate.TooMany: "TooManyRequests",
		gate.Broken: "InternalError", gate.Unavailable: "ServiceUnavailable",
	} {
		s.Arm(gate.Rule{Verb: "get", Do: action})
		if got := s.ask(http.MethodGet, secret); !strings.HasPrefix(got, string(action)) || !strings.Contains(got, `"reason":"`+reason+`"`) {
			t.Errorf("%s: %s", action, got)
		}
	}
}

func TestRule_LostRequestOrAnswer_ReachesNobodyOrWasGiven(t *testing.T) {
	s := begin(t)
	for action, reached := range map[gate.Action]int64{gate.ResetBefore: 0, gate.ResetAfter: 1, gate.TimeoutBefore: 0, gate.TimeoutAfter: 1} {
		before := s.reached.Load()
		f := s.Arm(gate.Rule{Verb: "create", Resource: "events", Do: action})
		ctx, giveUp := context.WithCancel(t.Context())
		go func() {
			await.Value(t, f.Sprung())
			if strings.HasPrefix(string(action), "timeout") {
				giveUp()
			}
		}()
		got := s.askWhile(ctx, http.MethodPost, "/apis/events.k8s.io/v1/namespaces/team/events")
		giveUp()
		if strings.HasPrefix(got, "200") || s.reached.Load()-before != reached {
			t.Errorf("%s: %s; %d requests reached the server, want %d", action, got, s.reached.Load()-before, reached)
		}
	}
}

func TestRule_HeldUp_GoesOnWhenReleased(t *testing.T) {
	s := begin(t)
	for action, reached := range map[gate.Action]int64{gate.HoldBefore: 0, gate.HoldAfter: 1} {
		before := s.reached.Load()
		f := s.Arm(gate.Rule{Verb: "get", Do: action})
		answer := make(chan string)
		go func() { answer <- s.ask(http.MethodGet, secret) }()
		await.Value(t, f.Sprung())
		if n := s.reached.Load() - before; n != reached {
			t.Errorf("%s: %d requests reached the server while it holds", action, n)
		}
		f.Release()
		if got := await.Value(t, answer); !strings.HasPrefix(got, "200 done") || s.reached.Load()-before != 1 {
			t.Errorf("%s: %s", action, got)
		}
	}
}

func TestGate_ClientGone_NothingComesThrough(t *testing.T) {
	var s *scene
	t.Run("the gate is shut behind it", func(t *testing.T) {
		s = begin(t)
		f := s.Arm(gate.Rule{Verb: "patch", Do: gate.HoldBefore})
		ctx, kill := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodPatch, s.host+status, nil)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() {
			response, err := s.client.Do(request)
			if err == nil {
				_ = response.Body.Close()
			}
			ended <- err
		}()
		await.Value(t, f.Sprung())
		kill()
		if err := await.Value(t, ended); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	if n := s.reached.Load(); n != 0 {
		t.Errorf("%d requests reached the server", n)
	}
}

func TestGate_Watches_CanBeCut(t *testing.T) {
	s := begin(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.host+watch, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := response.Body.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if n := s.CutWatches(); n != 1 {
		t.Errorf("%d watches were cut", n)
	}
	if rest, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("the watch ended in order, with %q", rest)
	}
}

func TestGate_WatchHeldBack_GoesOnWhenReleased(t *testing.T) {
	s := begin(t)
	release := s.HoldWatches()
	defer release()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.host+watch, nil)
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	go func() {
		defer close(said)
		response, err := s.client.Do(request)
		if err != nil {
			return
		}
		defer func() { _ = response.Body.Close() }()
		line := make([]byte, len("done"))
		_, _ = io.ReadFull(response.Body, line)
		said <- string(line)
	}()
	// What is no watch passes meanwhile; we ask until the watch has reached the server as well.
	for asked := int64(0); s.reached.Load() <= asked; asked++ {
		if got := s.ask(http.MethodGet, "/readyz"); !strings.HasPrefix(got, "200") {
			t.Fatal(got)
		}
	}
	select {
	case line := <-said:
		t.Fatalf("the watch told %q", line)
	default:
	}

	release()

	if line := await.Value(t, said); line != "done" {
		t.Errorf("the watch told %q", line)
	}
}

func TestRule_FaultThatStays_IsWithdrawn(t *testing.T) {
	s := begin(t)
	f := s.Arm(gate.Rule{Times: gate.Always, Do: gate.Unavailable})
	for range 5 {
		if got := s.ask(http.MethodGet, "/readyz"); !strings.HasPrefix(got, "503") {
			t.Error(got)
		}
	}
	f.Withdraw()
	if got := s.ask(http.MethodGet, "/readyz"); !strings.HasPrefix(got, "200") || f.Struck() != 5 {
		t.Errorf("%s, struck %d times", got, f.Struck())
	}
}
