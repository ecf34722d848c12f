package gate

import (
	"net/http"
	"slices"
	"strings"
)

// request is what a call to the API server asks for, in the words of its audit log.
type request struct {
	verb     string // get, list, watch, create, update, patch, delete, deletecollection
	resource string // plural, as in "secrets" or, with a subresource, "accounts/status"
	name     string
}

// read takes a request's path and method apart. What is no resource, as /readyz, has none.
func read(r *http.Request) request {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:] // api, version
	case len(parts) > 3 && parts[0] == "apis":
		parts = parts[3:] // apis, group, version
	default:
		return request{verb: strings.ToLower(r.Method)}
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		parts = parts[2:]
	}
	asked := request{resource: parts[0]}
	if len(parts) > 1 {
		asked.name = parts[1]
	}
	if len(parts) > 2 {
		asked.resource += "/" + parts[2]
	}
	asked.verb = verb(r, asked.name)
	return asked
}

func verb(r *http.Request, name string) string {
	switch r.Method {
	case http.MethodGet:
		switch query := r.URL.Query(); {
		case slices.Contains([]string{"1", "true"}, query.Get("watch")):
			return "watch"
		case name == "":
			return "list"
		}
		return "get"
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodDelete:
		if name == "" {
			return "deletecollection"
		}
	}
	return strings.ToLower(r.Method)
}
