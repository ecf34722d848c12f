package main

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// source is what a policy is about: Secrets or ConfigMaps.
type source struct {
	kind     string // as people say it
	resource string // as the API server does
	named    string // in names of objects and files
	byName   []string
	byLabel  string // empty: there is no such way
	// suspect is a field that may well name one.
	suspect *regexp.Regexp
}

var (
	secrets = source{
		kind: "Secret", resource: "secrets", named: "secret",
		byName: []string{"secretKeyRef", "secretRef", "credentialsSecretRef"}, byLabel: "secretSelector", suspect: regexp.MustCompile(`(?i)secret`),
	}
	configMaps = source{
		kind: "ConfigMap", resource: "configmaps", named: "configmap",
		byName: []string{"configMapKeyRef", "configMapRef"}, suspect: regexp.MustCompile(`(?i)configmap`),
	}
)

// reference is a place in a spec that takes something out of a source.
type reference struct {
	resource string
	field    string   // of the spec
	list     bool     // the field is a list, and the reference is in each item
	path     []string // from the field, or from its item, to the reference
	selector bool     // it chooses by label; otherwise it has the name of one
}

func (r reference) String() string {
	field := r.field
	if r.list {
		field += "[]"
	}
	return r.resource + ": spec." + strings.Join(append([]string{field}, r.path...), ".")
}

// plain is a field that names a key of a Secret named beside it.
var plain = regexp.MustCompile(`Key$`)

// references lists the references of all kinds to a source. It refuses what it does not understand: a reference that nobody
// checks would be worse than none.
func references(kinds []kind, to source) ([]reference, error) {
	var all []reference
	for _, k := range kinds {
		w := walk{to: to, at: reference{resource: k.resource}}
		if err := w.fields(k.spec); err != nil {
			return nil, err
		}
		all = append(all, w.found...)
	}
	return all, nil
}

type walk struct {
	to    source
	at    reference
	found []reference
}

func (w *walk) fields(t reflect.Type) error {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if len(f.Index) > 1 || name == "-" {
			continue
		}
		var err error
		if name == "" {
			err = w.fields(f.Type)
		} else {
			err = w.field(name, f.Type)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) field(name string, t reflect.Type) error {
	t = pointedAt(t)
	inner := walk{to: w.to, at: w.at.step(name)}
	switch {
	case slices.Contains(w.to.byName, name) && hasName(t):
		w.found = append(w.found, inner.at)
		return nil
	case name == w.to.byLabel && t.Kind() == reflect.Struct:
		inner.at.selector = true
		w.found = append(w.found, inner.at)
		return nil
	case w.to.suspect.MatchString(name) && (t.Kind() != reflect.String || !plain.MatchString(name)):
		return fmt.Errorf("%s looks like a reference to a %s, but is none that is known (%s, each a struct); teach it to hack/policy",
			inner.at, w.to.kind, strings.Join(append(slices.Clip(w.to.byName), w.to.byLabel), ", "))
	}
	err := inner.into(t)
	w.found = append(w.found, inner.found...)
	return err
}

// into looks inside a field that is no reference itself.
func (w *walk) into(t reflect.Type) error {
	t = pointedAt(t)
	switch t.Kind() {
	case reflect.Struct:
		return w.fields(t)
	case reflect.Slice, reflect.Map:
		known := t.Kind() == reflect.Slice && len(w.at.path) == 0 && !w.at.list
		w.at.list = w.at.list || known
		if err := w.into(t.Elem()); err != nil || known || len(w.found) == 0 {
			return err
		}
		return fmt.Errorf("%s is in a map, or in a list that is not a field of the spec itself: teach hack/policy to write expressions for that",
			w.found[0])
	}
	return nil
}

func pointedAt(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// step is one field further down.
func (r reference) step(name string) reference {
	if r.field == "" {
		r.field = name
		return r
	}
	r.path = append(slices.Clip(r.path), name)
	return r
}

func hasName(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "name" && f.Type.Kind() == reflect.String {
			return true
		}
	}
	return false
}
