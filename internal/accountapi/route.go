package accountapi

import "github.com/account-operator/account-operator/internal/store"

// use is what a route makes of the account, and so what it takes of who asks.
type use int

const (
	// reads takes a key.
	reads use = iota
	// writes takes a session where the account has a second factor, and the factor where the policy asks for one.
	writes
	// proves is about the second factor itself: where a code counts, the route judges it.
	proves
)

// anyKey is the right of a route that every key may ask for.
const anyKey store.KeyRight = ""

// route is one of the API. The client's command and what it does, or why it does not, stand in the documentation.
type route struct {
	method, path string // without a slash at its end
	right        store.KeyRight
	use          use
	large        bool // its body holds values
	command      string
	does         string
	cannot       string // it answers that; empty: it does what it says
	answer       func(*request) (any, error)
}

func (r route) name() string { return r.method + " " + r.path }

// room is how large a body may be.
func (r route) room() int64 {
	if r.large {
		return maxValues
	}
	return maxBody
}

// section is what stands together in the documentation.
type section struct {
	title  string
	routes []route
}
