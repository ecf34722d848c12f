package gate

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Fault is a rule that is armed.
type Fault struct {
	rule     Rule
	gate     *Gate
	sprung   chan struct{} // closed with the first strike
	released chan struct{}
	once     sync.Once

	skip, left, struck int // guarded by the gate's mutex
}

// Sprung is closed when the fault struck for the first time; a fault that holds has the request, or its answer, by then.
func (f *Fault) Sprung() <-chan struct{} { return f.sprung }

// Struck is how many requests were struck so far.
func (f *Fault) Struck() int {
	f.gate.mu.Lock()
	defer f.gate.mu.Unlock()
	return f.struck
}

// Withdraw ends the fault: what comes now passes.
func (f *Fault) Withdraw() { f.gate.withdraw(f) }

// Release lets go on what is held up.
func (f *Fault) Release() { close(f.released) }

// turn counts a request that matches and reports whether it is struck. The gate's mutex is held.
func (f *Fault) turn() bool {
	switch {
	case f.skip > 0:
		f.skip--
		return false
	case f.left == 0:
		return false
	case f.left > 0:
		f.left--
	}
	f.struck++
	return true
}

func (f *Fault) strike(w http.ResponseWriter, r *http.Request) {
	do := f.rule.Do
	if code, err := strconv.Atoi(string(do)); err == nil {
		f.springs()
		refuse(w, code)
		return
	}
	var answer *httptest.ResponseRecorder
	if strings.HasSuffix(string(do), "after") {
		answer = httptest.NewRecorder()
		f.gate.forward.ServeHTTP(answer, r)
	}
	f.springs()
	switch do {
	case TimeoutBefore, TimeoutAfter:
		select {
		case <-r.Context().Done():
		case <-f.gate.shut:
		}
	case HoldBefore, HoldAfter:
		if f.waits(r) {
			f.goesOn(w, r, answer)
			return
		}
	}
	panic(http.ErrAbortHandler) // the stream breaks off
}

// waits reports whether the fault was released while its client was still there.
func (f *Fault) waits(r *http.Request) bool {
	select {
	case <-f.released:
		return r.Context().Err() == nil
	case <-r.Context().Done():
	case <-f.gate.shut:
	}
	return false
}

func (f *Fault) goesOn(w http.ResponseWriter, r *http.Request, answer *httptest.ResponseRecorder) {
	if answer == nil {
		f.gate.forward.ServeHTTP(w, r)
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (f *Fault) springs() { f.once.Do(func() { close(f.sprung) }) }

var reasons = map[int]metav1.StatusReason{
	http.StatusForbidden:           metav1.StatusReasonForbidden,
	http.StatusConflict:            metav1.StatusReasonConflict,
	http.StatusTooManyRequests:     metav1.StatusReasonTooManyRequests,
	http.StatusInternalServerError: metav1.StatusReasonInternalError,
	http.StatusServiceUnavailable:  metav1.StatusReasonServiceUnavailable,
}

// refuse answers as the API server does.
func refuse(w http.ResponseWriter, code int) {
	w.Header().Set("Content-Type", "application/json")
	if code == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusFailure, Code: int32(code), Reason: reasons[code], //nolint:gosec // an HTTP code
		Message: "refused by a test",
	})
}
