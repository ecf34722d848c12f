package accountapi_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// published is the modelled service's own description, for whoever has the file: its licence keeps it out of this repository.
func published(t *testing.T) routers.Router {
	t.Helper()
	file := os.Getenv("VAST_OPENAPI")
	if file == "" {
		t.Skip("VAST_OPENAPI names no file: the published description of the modelled service is not part of this repository")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// Given the published description, when the client sends what was recorded, then each request that it has is one by it, and each answer of what was
// done, too.
func TestRecordings_PublishedDescription_HasThem(t *testing.T) {
	router := published(t)
	s := newScene(t, "sqlite")
	j := &judge{T: t, router: router, judged: map[string]bool{}, base: s.http.Transport}
	s.http.Transport = j
	for n, r := range recordings(t) {
		has := s.hasEverything(n, r)
		for _, e := range r.steps {
			s.takes(e, has)
		}
	}
	t.Logf("%d pairs of a method and a path are in the description", len(j.judged))
}

// judge holds each answer of what was done to the description, where that has the path, which it writes without a slash at its end.
type judge struct {
	*testing.T

	router routers.Router
	judged map[string]bool
	base   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (j *judge) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := j.base.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return response, err
	}
	bare := r.Clone(r.Context())
	bare.URL.Path = strings.TrimSuffix(bare.URL.Path, "/")
	route, parameters, notDescribed := j.router.FindRoute(bare)
	if notDescribed != nil {
		return response, nil //nolint:nilerr // the description has not all
	}
	j.judged[r.Method+" "+route.Path] = true
	if err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: bare, PathParams: parameters, Route: route},
		Status:                 response.StatusCode, Header: response.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{MultiError: true},
	}); err != nil {
		j.report(r.Method+" "+route.Path, err)
	}
	return response, nil
}

// otherwise are the places where the client reads another form than the description has, or takes null for none.
var otherwise = []string{
	"GET /api/v0/auth/apikeys rights: got object", "GET /api/v0/auth/apikeys team_id: got null", "GET /api/v0/auth/apikeys team_name: got null",
	"GET /api/v0/machines id: got number", "GET /api/v0/team/roles-full permissions: got object", "GET /api/v0/team/roles/{name} permissions: got object",
	"GET /api/v0/users/current ssh_key: got null",
}

// misplaced finds the field of which a violation is, and what stands there.
var misplaced = regexp.MustCompile(`at '[^']*?([a-z_0-9]*)': (got [a-z]+|[^\n"]*)`)

func (j *judge) report(route string, violation error) {
	j.Helper()
	for _, at := range misplaced.FindAllStringSubmatch(violation.Error(), -1) {
		if said := route + " " + at[1] + ": " + at[2]; !slices.Contains(otherwise, said) {
			j.Errorf("not as described: %s", said)
		}
	}
}
