package portal

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
)

// field is a leaf as a form has it. Its name in the form is the leaf's path.
type field struct {
	Name, Label string
	Type        string // of the input
	Complete    string // what a browser fills in
	Max         int    // characters
	Value       string
	Managed     bool
	Problem     any
}

// fieldsOf gives the fields of a form the values that an account has, or, where those are given, which were typed.
func fieldsOf(form []field, now store.HeldAccount, typed url.Values, problems []problem) []field {
	has := map[string]string{}
	for _, leaf := range now.Leaves() {
		has[leaf.Path] = *leaf.Value
	}
	filled := make([]field, len(form))
	for n, f := range form {
		f.Value, f.Managed, f.Problem = has[f.Name], now.Managed.Sets(f.Name), formOf(problems).On(f.Name)
		if typed.Has(f.Name) && !f.Managed {
			f.Value = typed.Get(f.Name)
		}
		filled[n] = f
	}
	return filled
}

func formOf(problems []problem) form { return form{Problems: problems} }

// changes are what was typed that the account does not have.
func changes(form []field, now store.HeldAccount, typed url.Values) (want store.HolderSpec, problems []problem) {
	known := map[string]field{}
	for _, f := range form {
		known[f.Name] = f
	}
	wants := want.Leaves()
	for n, leaf := range now.Leaves() {
		f, is := known[leaf.Path]
		value := strings.TrimSpace(typed.Get(leaf.Path))
		if !is || !typed.Has(leaf.Path) || value == *leaf.Value {
			continue
		}
		wrong := f.wrong(value)
		if now.Managed.Sets(leaf.Path) { // since the form was made
			wrong = notYours
		}
		if wrong != nil {
			problems = append(problems, problem{f.Name, wrong})
		}
		*wants[n].Value = &value
	}
	return want, problems
}

// wrong is what speaks against a value, or nil.
func (f field) wrong(value string) any {
	switch {
	case value == "":
		return nil
	case utf8.RuneCountInString(value) > f.Max:
		return say("Write at most %v characters.", f.Max)
	case !utf8.ValidString(value) || !legible.IsLine(value):
		return "Write one line, without invisible characters."
	case f.Type == "email" && !looksLikeAddress(value):
		return "Enter an address like name@example.com."
	}
	return nil
}
