package telemetry

import (
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/account-operator/account-operator/internal/store"
)

// unmeasured are the calls that no metric has. Any other is an operation.
var unmeasured = map[string]bool{
	"Vouch": true, "Holds": true, "SetAllSigned": true, "BeginIncarnation": true, "Acted": true, "AtAddress": true, "Restorable": true,
	"AppliedLeaves": true, "MailSent": true, "MailFailed": true, "MailCounts": true, "ManagedUnknown": true, "FillManaged": true, "Purge": true,
}

// Measure counts and times the calls to a fenced store. It begins the series of the writes, too: one that begins with its first call
// would hide that one from every rate.
func (m *Metrics) Measure(fenced store.FencedStore) store.FencedStore {
	for _, of := range store.ClaimingKinds {
		m.requests.WithLabelValues(m.driver, snake(of.Write), "ok")
	}
	return store.Around(fenced, func(call store.Call, do func() error) error {
		if unmeasured[call.Name] {
			return do()
		}
		begun := time.Now()
		err := do()
		m.observe(snake(call.Name), begun, err)
		return err
	})
}

// snake is the name of a call as the metrics have it: put_account for PutAccount.
func snake(call string) string {
	var op strings.Builder
	op.Grow(len(call) + 4)
	for n, r := range call {
		begins := n > 0 && unicode.IsUpper(r)
		if begins && (unicode.IsLower(rune(call[n-1])) || n+1 < len(call) && unicode.IsLower(rune(call[n+1]))) {
			op.WriteByte('_')
		}
		op.WriteRune(unicode.ToLower(r))
	}
	return op.String()
}

// outcomeCode names an outcome for a metric's label: a short closed list.
func outcomeCode(err error) string {
	var conflict *store.ConflictError
	var stopped *store.BlockedError
	var limited *store.RateLimitedError
	var invalid *store.InvalidError
	var unsupported *store.UnsupportedError
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, store.ErrNotFound):
		return "not_found"
	case errors.Is(err, store.ErrFenced):
		return "fenced"
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &stopped):
		return "blocked"
	case errors.As(err, &limited):
		return "rate_limited"
	case errors.As(err, &invalid), errors.As(err, &unsupported):
		return "refused"
	default:
		return "error"
	}
}
