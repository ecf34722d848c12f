package main

import (
	"slices"
	"strings"
)

// What is matched has more than one kind, and each kind has only some of the fields: dyn() keeps the API server's type
// checker from complaining about the others.
const (
	object    = "dyn(object).spec"
	oldObject = "dyn(oldObject).spec"
)

// names is the list of all Secrets that the object names, with repetitions.
func names(refs []reference) string {
	var terms []string
	for _, r := range refs {
		switch {
		case r.selector:
		case r.list:
			terms = append(terms, items(object, r.field)+".map(e, "+present(r)+", e."+strings.Join(r.path, ".")+".name)")
		default:
			terms = append(terms, place(object, r)+".optMap(r, [r.name]).orValue([])")
		}
	}
	return either(terms, " +\n", "[]")
}

// selects reports whether the object chooses Secrets by label.
func selects(refs []reference) string {
	var terms []string
	for _, r := range refs {
		switch {
		case !r.selector:
		case r.list:
			terms = append(terms, items(object, r.field)+".exists(e, "+present(r)+")")
		default:
			terms = append(terms, present(r))
		}
	}
	return either(terms, " ||\n", "false")
}

// unchanged reports whether whatever takes something out of a Secret was there before: the same item of a list, the same
// field of the spec. The whole of it, since what stands beside a reference decides what is taken (a key, a list of
// keys) and where it goes (a bucket).
func unchanged(refs []reference) string {
	var terms []string
	for i, r := range refs {
		same := func(o reference) bool { return o.field == r.field && o.list == r.list }
		if slices.IndexFunc(refs, same) < i {
			continue
		}
		var here []string
		for _, o := range refs {
			if same(o) {
				here = append(here, present(o))
			}
		}
		takes := strings.Join(slices.Compact(here), " || ")
		if r.list {
			terms = append(terms, items(object, r.field)+".all(e,\n  !("+takes+") || e in "+items(oldObject, r.field)+")")
		} else {
			terms = append(terms, "(!("+takes+") ||\n  "+object+".?"+r.field+" == "+oldObject+".?"+r.field+")")
		}
	}
	return either(terms, " &&\n", "true")
}

func items(spec, field string) string { return spec + ".?" + field + ".orValue([])" }

// present reports whether the reference is there, in the item e of its list if it is in one.
func present(r reference) string {
	if r.list {
		return "e.?" + strings.Join(r.path, ".?") + ".hasValue()"
	}
	return place(object, r) + ".hasValue()"
}

func place(spec string, r reference) string {
	return spec + ".?" + strings.Join(append([]string{r.field}, r.path...), ".?")
}

func either(terms []string, operator, otherwise string) string {
	if len(terms) == 0 {
		return otherwise
	}
	return strings.Join(terms, operator)
}
