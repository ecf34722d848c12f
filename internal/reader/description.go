package reader

import (
	_ "embed" // the description
	"net/http"
)

// description is that of the API, as OpenAPI 3.1. docs/reader-openapi.yaml is a copy.
//
//go:embed openapi.yaml
var description []byte

func serveDescription(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(description) // who does not take it has it not
}
