package portal

import (
	"context"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/visitor"
)

// How often providers are asked for one account: some times at once, for who corrects what he typed, then one every now and then. And how
// many are asked at once, for all accounts.
const (
	tryBurst = 10
	tryEvery = 30 * time.Second
	maxTries = 8
)

// trying asks providers whether they take what members typed. Who asks often, or while he asks already, is not asked for: so nobody looks
// through the Internet from here.
type trying struct {
	checker *probe.Checker // nil: nobody is asked
	budgets *visitor.Limits[string]

	mu   sync.Mutex
	busy map[string]bool // accounts that are asked for
}

func newTrying(checker *probe.Checker) *trying {
	return &trying{checker: checker, budgets: visitor.NewLimits[string](tryBurst, tryEvery), busy: map[string]bool{}}
}

// refusals is what the page says of each outcome, in words of ours: of what a provider says, nothing is shown.
var refusals = map[probe.Outcome]string{
	probe.CredentialsRejected: "The provider does not know these credentials, or they have ended.",
	probe.BucketNotFound:      "The provider has no bucket of this name in this region.",
	probe.AccessDenied:        "The provider knows the credentials, but they may not read what is connected. Give them the right to list it.",
	probe.Unreachable:         "The provider did not answer as it should. Look whether all is typed right, or connect without asking.",
	probe.EndpointNotAllowed:  "The address of the provider leads nowhere that may be asked. Correct it, or connect without asking.",
}

// notNow is said to who has to wait.
const notNow = "This was asked too often. Wait a minute, or connect without asking."

// wrong is what speaks against a connection of an account, or "".
func (t *trying) wrong(ctx context.Context, accountID string, c store.Connection) string {
	if !t.begin(accountID) {
		return notNow
	}
	defer t.end(accountID)
	return refusals[t.checker.Check(ctx, probe.Target{
		Provider: probe.Provider(c.Type), Bucket: c.Bucket, Region: c.Region, Endpoint: c.Endpoint, Credentials: c.Credentials,
	}).Outcome]
}

func (t *trying) begin(accountID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy[accountID] || len(t.busy) >= maxTries || t.budgets.Wait(accountID) > 0 {
		return false
	}
	t.busy[accountID] = true
	return true
}

func (t *trying) end(accountID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.busy, accountID)
}
