package reader_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// described holds each answer to the description of the API.
type described struct {
	base   http.RoundTripper
	t      testing.TB
	router routers.Router
}

func described31(t testing.TB) routers.Router {
	t.Helper()
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

func (d *described) CloseIdleConnections() { d.base.(*http.Transport).CloseIdleConnections() }

// RoundTrip implements http.RoundTripper. What no route describes may only be refused.
func (d *described) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := d.base.RoundTrip(r)
	if err != nil {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return response, err
	}
	route, parameters, notDescribed := d.router.FindRoute(r)
	if notDescribed != nil {
		if response.StatusCode < 400 {
			d.t.Errorf("%s %s is not described and answers %d", r.Method, r.URL.Path, response.StatusCode)
		}
		return response, nil
	}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route}
	if err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}); err != nil {
		d.t.Errorf("%s %s: the answer is not as described: %v", r.Method, r.URL.Path, err)
	}
	return response, nil
}
