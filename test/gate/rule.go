package gate

// Rule is a fault as data: which requests it strikes, and what happens to them.
type Rule struct {
	Verb     string // as the audit log has it: get, list, watch, create, update, patch, delete; empty: any
	Resource string // plural, as in "secrets" or "accounts/status"; empty: any
	Name     string // of the object; empty: any
	Skip     int    // so many requests that match pass first
	Times    int    // so many are struck; 0: one, Always: all that follow
	Do       Action
}

// Always is Rule.Times for a fault that stays until it is withdrawn.
const Always = -1

// Action is what happens to a request that is struck. A number between 400 and 599 is the code of the answer that the
// client gets in place of the API server's.
type Action string

// The actions. Before means that the API server never hears of the request, After that it does what it is asked and its
// answer is lost.
const (
	Forbidden   Action = "403"
	Conflict    Action = "409"
	TooMany     Action = "429" // with the advice to come back in a second
	Broken      Action = "500"
	Unavailable Action = "503"

	// TimeoutBefore and TimeoutAfter leave the client without an answer until it gives up.
	TimeoutBefore Action = "timeout before"
	TimeoutAfter  Action = "timeout after"
	// ResetBefore and ResetAfter break the request's stream off.
	ResetBefore Action = "reset before"
	ResetAfter  Action = "reset after"
	// HoldBefore and HoldAfter keep the request, or its answer, until Fault.Release. Nothing comes through of a client that
	// is gone by then.
	HoldBefore Action = "hold before"
	HoldAfter  Action = "hold after"
)

func (r Rule) matches(asked request) bool {
	return is(r.Verb, asked.verb) && is(r.Resource, asked.resource) && is(r.Name, asked.name)
}

func is(want, got string) bool { return want == "" || want == got }

func (r Rule) times() int {
	if r.Times == 0 {
		return 1
	}
	return r.Times
}
