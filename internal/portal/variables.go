package portal

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/source/dotenv"
	"github.com/account-operator/account-operator/internal/store"
)

// variables is what their page shows: never what one holds, nor what was typed for that.
type variables struct {
	All  []store.HeldEnvVar
	Name string // that was typed
	Done any    // what the last form did; nil: there was none
}

func (h held) listVariables(r *http.Request, in member) (page, error) {
	return h.variables(r, in, "", "", done(r))
}

// variables shows the page, where something was refused with the field of that and why.
func (h held) variables(r *http.Request, in member, name, field string, says any) (page, error) {
	all, err := h.store.Holder(in.AccountID).EnvVars(r.Context())
	if err != nil {
		return goneMember(err)
	}
	if field == "" {
		return below("variables", "Environment variables", variables{All: all, Done: says}), nil
	}
	return below("variables", "Environment variables", variables{All: all, Name: name}, problem{field, says}), nil
}

// done is what the last form did, as the address says it: numbers, which say nothing of anybody's values.
func done(r *http.Request) any {
	count := func(what string) uint64 {
		n, err := strconv.ParseUint(r.URL.Query().Get(what), 10, 16)
		if err != nil {
			return 0
		}
		return n
	}
	added, replaced, deleted := count("added"), count("replaced"), count("deleted")
	switch {
	case added > 0 && replaced > 0:
		return say("%v added, %v replaced.", added, replaced)
	case added > 0:
		return say("%v added.", added)
	case replaced > 0:
		return say("%v replaced.", replaced)
	case deleted > 0:
		return say("%v deleted.", deleted)
	}
	return nil
}

// putVariable adds or replaces one.
func (h held) putVariable(r *http.Request, in member) (page, error) {
	name, value := strings.TrimSpace(r.PostForm.Get("name")), lines(r.PostForm.Get("value"))
	edited := r.PostForm.Get("edit") != ""
	field, wrong := wrongVariable(name, value, h.store.Capabilities().MaxValueSize)
	if wrong == nil {
		written, err := h.store.Holder(in.AccountID).PutEnvVars(r.Context(), []store.NamedValue{{Name: name, Value: store.NewSecret([]byte(value))}})
		if field, wrong = refusedVariable(err, "name"); wrong == nil {
			return wrote(written, err)
		}
	}
	if edited && field == "value" {
		return editForm(name, problem{field, wrong}), nil
	}
	return h.variables(r, in, name, field, wrong)
}

// wrote leads back to the list, which says how many there were.
func wrote(done store.Written, err error) (page, error) {
	if err != nil {
		return goneMember(err)
	}
	return redirect(fmt.Sprintf("%s?added=%d&replaced=%d", variablesPath, done.Added, done.Replaced)), nil
}

// lines are as they are written in files: a browser sends CRLF.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

func wrongVariable(name, value string, longest int) (field string, says any) {
	switch {
	case !dotenv.IsName(name):
		return "name", "Write letters, digits, _, - and ., with no digit first."
	case len(name) > 253:
		return "name", "Write at most 253 characters."
	case len(value) > longest:
		return "value", say("Write at most %v bytes.", longest)
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		return "value", "Write text; encode what is binary, for example as base64."
	}
	return "", nil
}

// refusedVariable is what the page says of a write that the store refused.
func refusedVariable(err error, field string) (at string, says any) {
	managed, invalid := (*store.ManagedError)(nil), (*store.InvalidError)(nil)
	switch {
	case errors.As(err, &managed):
		return field, say("%v is managed. %v", strings.TrimPrefix(managed.Leaf, "env "), say(notYours))
	case errors.As(err, &invalid):
		return field, say("Nothing was changed: %v.", invalid.Reason)
	}
	return "", nil
}

func (h held) editVariable(r *http.Request, _ member) (page, error) {
	name := r.URL.Query().Get("name")
	if !dotenv.IsName(name) {
		return redirect(variablesPath), nil
	}
	return editForm(name), nil
}

// editForm has an empty field for the value: what one holds is not shown again.
func editForm(name string, problems ...problem) page {
	shown := below("edit-variable", "Replace a variable", name, problems...)
	shown.Back, shown.BackTitle = variablesPath, "Environment variables"
	return shown
}

func (h held) deleteVariable(r *http.Request, in member) (page, error) {
	name := r.PostForm.Get("name")
	err := h.store.Holder(in.AccountID).DeleteEnvVar(r.Context(), name)
	if field, wrong := refusedVariable(err, "name"); wrong != nil {
		return h.variables(r, in, "", field, wrong)
	}
	if err != nil {
		return goneMember(err)
	}
	return redirect(variablesPath + "?deleted=1"), nil
}

// pasteVariables takes a text as a .env file has it, all of it or nothing.
func (h held) pasteVariables(r *http.Request, in member) (page, error) {
	parsed, err := dotenv.Parse([]byte(lines(r.PostForm.Get("text"))))
	malformed := (*dotenv.Error)(nil)
	if errors.As(err, &malformed) {
		return h.variables(r, in, "", "text",
			say("Line %v, column %v: %v. Nothing was changed.", malformed.Line, malformed.Column, problemIn(malformed)))
	}
	if err != nil {
		return page{}, err
	}
	if len(parsed) == 0 {
		return h.variables(r, in, "", "text", "There is no variable in it.")
	}
	all := make([]store.NamedValue, len(parsed))
	for n, v := range parsed {
		if _, wrong := wrongVariable(v.Name, string(v.Value), h.store.Capabilities().MaxValueSize); wrong != nil {
			return h.variables(r, in, "", "text", say("Line %v: %v Nothing was changed.", v.Line, asPhrase(wrong)))
		}
		all[n] = store.NamedValue{Name: v.Name, Value: store.NewSecret(v.Value)}
	}
	written, err := h.store.Holder(in.AccountID).PutEnvVars(r.Context(), all)
	if field, wrong := refusedVariable(err, "text"); wrong != nil {
		return h.variables(r, in, "", field, wrong)
	}
	return wrote(written, err)
}

// problemIn is what is wrong with a text of variables.
func problemIn(malformed *dotenv.Error) phrase {
	if malformed.FirstLine > 0 {
		return say("this name is given in line %v already", malformed.FirstLine)
	}
	return say(malformed.Problem)
}
