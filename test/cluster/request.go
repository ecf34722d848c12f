package cluster

import (
	"cmp"
	"strings"
	"time"
)

// Request is one request to the API server that has been answered.
type Request struct {
	Verb        string // get, list, watch, create, update, patch, delete, deletecollection
	Group       string // API group, empty for the core
	Resource    string // plural; empty for a path that is no resource, as /readyz
	Subresource string
	Namespace   string
	Name        string // empty where the server chose it
	User        string // who it counts for: the one impersonated, if there is one
	UserAgent   string
	Code        int
	At          time.Time // when it arrived
}

// Filter chooses requests.
type Filter func(Request) bool

// ByUser chooses the requests of one user. A ServiceAccount's name begins with
// "system:serviceaccount:".
func ByUser(name string) Filter {
	return func(r Request) bool { return r.User == name }
}

// ByUserAgent chooses the requests of programs whose name begins like this.
func ByUserAgent(prefix string) Filter {
	return func(r Request) bool { return strings.HasPrefix(r.UserAgent, prefix) }
}

// ByResource chooses the requests for one resource, as in "accounts" or, for a
// subresource, "accounts/status".
func ByResource(resource string) Filter {
	return func(r Request) bool { return r.resource() == resource }
}

// Writes chooses what changes something, or tried to.
func Writes(r Request) bool {
	switch r.Verb {
	case "create", "update", "patch", "delete", "deletecollection":
		return true
	}
	return false
}

// Count counts requests by what they did to what, as in "patch accounts/status".
func Count(requests []Request) map[string]int {
	counts := map[string]int{}
	for _, r := range requests {
		counts[r.Verb+" "+r.resource()]++
	}
	return counts
}

func (r Request) resource() string {
	if r.Subresource == "" {
		return r.Resource
	}
	return r.Resource + "/" + r.Subresource
}

func passes(r Request, filters []Filter) bool {
	for _, chosen := range filters {
		if !chosen(r) {
			return false
		}
	}
	return true
}

// event is what we read of a line of the audit log (audit.k8s.io/v1 Event).
type event struct {
	Verb      string `json:"verb"`
	UserAgent string `json:"userAgent"`
	User      struct {
		Username string `json:"username"`
	} `json:"user"`
	Impersonated struct {
		Username string `json:"username"`
	} `json:"impersonatedUser"`
	Object struct {
		Group       string `json:"apiGroup"`
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	Response struct {
		Code int `json:"code"`
	} `json:"responseStatus"`
	Received time.Time `json:"requestReceivedTimestamp"`
}

func (e event) request() Request {
	return Request{
		Verb: e.Verb, Group: e.Object.Group, Resource: e.Object.Resource, Subresource: e.Object.Subresource,
		Namespace: e.Object.Namespace, Name: e.Object.Name,
		User: cmp.Or(e.Impersonated.Username, e.User.Username), UserAgent: e.UserAgent,
		Code: e.Response.Code, At: e.Received,
	}
}
