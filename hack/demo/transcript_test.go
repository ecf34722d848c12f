package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// transcript is all that was shown; it may be read while a run goes on.
type transcript struct {
	mu    sync.Mutex
	text  strings.Builder
	ended bool
}

// end says that nothing more will be shown, so that nobody waits for it.
func (t *transcript) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
}

func (t *transcript) isEnded() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// await waits until the words were shown.
func (t *transcript) await(tb testing.TB, words string) {
	tb.Helper()
	t.awaitTimes(tb, words, 1)
}

// awaitTimes waits until the words were shown so often. make dev compiles the manager meanwhile, maybe with a cache that does not have it.
func (t *transcript) awaitTimes(tb testing.TB, words string, times int) {
	tb.Helper()
	err := wait.PollUntilContextTimeout(tb.Context(), 20*time.Millisecond, 5*time.Minute, true, wait.ConditionFunc(func() (bool, error) {
		ended := t.isEnded()
		return ended || strings.Count(t.String(), words) >= times, nil
	}).WithContext())
	if err != nil || strings.Count(t.String(), words) < times {
		tb.Fatalf("%q was not shown; this was:\n%s", words, t)
	}
}

func (t *transcript) holds(tb testing.TB, wanted ...string) {
	tb.Helper()
	for _, words := range wanted {
		if !strings.Contains(t.String(), words) {
			tb.Errorf("%q was not shown; this was:\n%s", words, t)
		}
	}
}

func (t *transcript) holdsNot(tb testing.TB, unwanted ...string) {
	tb.Helper()
	for _, words := range unwanted {
		if strings.Contains(t.String(), words) {
			tb.Errorf("%q was shown:\n%s", words, t)
		}
	}
}
