package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// created is a Lease that can be made as well.
type created struct{ *record }

func (c created) Create(_ context.Context, of resourcelock.LeaderElectionRecord) error {
	c.holder = of.HolderIdentity
	return nil
}

func TestLease_RenewedInTime_ProvesToLead(t *testing.T) {
	mine, released := resourcelock.LeaderElectionRecord{HolderIdentity: "me"}, resourcelock.LeaderElectionRecord{}
	for name, c := range map[string]struct {
		steps func(*lease) error
		later time.Duration
		want  bool
	}{
		"nobody was elected":       {func(*lease) error { return nil }, 0, false},
		"it was made":              {func(l *lease) error { return l.Create(t.Context(), mine) }, time.Second, true},
		"it was renewed":           {func(l *lease) error { return l.Update(t.Context(), mine) }, 9 * time.Second, true},
		"it was not renewed since": {func(l *lease) error { return l.Update(t.Context(), mine) }, 10 * time.Second, false},
		"it was released": {func(l *lease) error {
			return errors.Join(l.Update(t.Context(), mine), l.Update(t.Context(), released))
		}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := &lease{Interface: created{&record{identity: "me"}}, renewDeadline: 10 * time.Second}
			must(t, c.steps(l))
			now := time.Now().Add(c.later)
			if got := l.leads(now); got != c.want {
				t.Errorf("it proves to lead: %t", got)
			}
			// A machine that was suspended: its monotonic clock stood still.
			if suspended := time.Now().Round(0).Add(time.Minute); l.leads(suspended) {
				t.Error("after a minute it still proves to lead")
			}
		})
	}
}

// Given a manager whose Lease may be another's by now, when it writes, then nothing reaches the API server but what it asks for
// others; a leader's writes pass.
func TestGuard_LeaseNotProven_SendsNoWrite(t *testing.T) {
	var reached []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached = append(reached, r.Method+" "+r.URL.Path)
	}))
	defer server.Close()
	l := &lease{Interface: created{&record{identity: "me"}}, renewDeadline: time.Minute}
	way, err := rest.HTTPClientFor(guarded(&rest.Config{Host: server.URL}, l.proof(nil)))
	must(t, err)
	const status, event, review = "/apis/account-operator.io/v1alpha1/namespaces/a/accounts/b/status",
		"/apis/events.k8s.io/v1/namespaces/a/events", "/apis/authentication.k8s.io/v1/tokenreviews"
	ask := func(method, path string) error {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader("{}"))
		must(t, err)
		answer, err := way.Do(r)
		if err != nil {
			return err
		}
		return answer.Body.Close()
	}

	for _, write := range [][2]string{{"PUT", status}, {"PATCH", status}, {"DELETE", status}, {"POST", event}, {"POST", "/behind/a/proxy" + status}} {
		if err := ask(write[0], write[1]); !errors.Is(err, errNotProven) {
			t.Errorf("%v: %v", write, err)
		}
	}
	if len(reached) != 0 {
		t.Errorf("the API server got %v", reached)
	}
	must(t, errors.Join(ask("GET", status), ask("POST", review)))
	must(t, l.Update(t.Context(), resourcelock.LeaderElectionRecord{HolderIdentity: "me"}))
	must(t, errors.Join(ask("PUT", status), ask("POST", event)))
	if len(reached) != 4 {
		t.Errorf("the API server got only %v", reached)
	}
}
