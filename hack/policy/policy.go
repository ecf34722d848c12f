package main

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"text/template"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// most is how many Secrets or ConfigMaps can be checked one by one. The API server gives a policy 10,000,000 and an expression 1,000,000,
// and takes 350,000 for a check. The rest pays for finding the names.
const most = 28

// said is up to how many references the message names the Secret. Messages are evaluated also for what is let through, and
// find the names a second time: with more references that could cost what the checks need.
const said = 64

//go:embed policy.yaml.tmpl
var layout string

// render writes the policy and its binding.
func render(of source, refs []reference) ([]byte, error) {
	functions := template.FuncMap{
		"indent": func(n int, s string) string { return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", n)) },
		"next":   func(i int) int { return i + 1 },
	}
	page, err := template.New("policy").Funcs(functions).Parse(layout)
	if err != nil {
		return nil, err
	}
	var resources []string
	for _, r := range refs {
		resources = append(resources, r.resource)
	}
	var text bytes.Buffer
	err = page.Execute(&text, map[string]any{
		"Kind":      of.kind,
		"Resource":  of.resource,
		"Named":     of.named,
		"ByLabel":   of.byLabel,
		"Group":     v1alpha1.GroupVersion.Group,
		"Version":   v1alpha1.GroupVersion.Version,
		"Resources": slices.Compact(resources),
		"Names":     names(refs),
		"Selects":   selects(refs),
		"Unchanged": unchanged(refs),
		"Most":      most,
		"Beside":    most - 1,
		"Said":      said,
	})
	return text.Bytes(), err
}
