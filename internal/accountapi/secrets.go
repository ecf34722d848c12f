package accountapi

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/store"
)

func (s *service) secretRoutes() []route {
	const path = "/api/v0/secrets"
	return []route{
		{
			method: http.MethodPost, path: path, right: store.KeyUserWrite, use: writes, large: true, command: "create env-var",
			does: "adds a variable. Its name is written in capitals; its value may be any text", answer: s.createSecret,
		},
		{
			method: http.MethodPut, path: path, right: store.KeyUserWrite, use: writes, large: true, command: "update env-var",
			does: "replaces the value of a variable", answer: s.updateSecret,
		},
		{
			method: http.MethodDelete, path: path, right: store.KeyUserWrite, use: writes, command: "delete env-var",
			does: "deletes a variable", answer: s.deleteSecret,
		},
		{
			method: http.MethodGet, path: path, right: store.KeyUserRead, use: reads, command: "show env-vars",
			does: "the names. What a variable holds is never shown: each value is `********`", answer: s.listSecrets,
		},
	}
}

// mask stands for every value.
const mask = "********"

// secretName is what the modelled service takes.
var secretName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// maxName is how long a name may be.
const maxName = 253

// secret is the body of all three writes.
type secret struct{ Key, Value *text }

// named reads the body, and the variable that it names: as it is written, where there is one of that name, and else in capitals.
func (q *request) named(value bool) (given secret, name string, there bool, err error) {
	if err := q.read(&given); err != nil {
		return given, "", false, err
	}
	if given.Key == nil || *given.Key == "" || value && given.Value == nil {
		return given, "", false, newProblem(http.StatusBadRequest, "missing_input", "A variable takes a key and a value.")
	}
	name = string(*given.Key)
	has, err := q.holder.EnvVars(q.Context())
	if err != nil {
		return given, "", false, err
	}
	is := func(name string) bool {
		return slices.ContainsFunc(has, func(v store.HeldEnvVar) bool { return v.Name == name })
	}
	if is(name) {
		return given, name, true, nil
	}
	name = strings.ToUpper(name)
	return given, name, is(name), nil
}

func noVariable(name string) *problem {
	return newProblem(http.StatusBadRequest, "nonexistent_key", fmt.Sprintf("There is no variable %.253q.", name))
}

func (s *service) createSecret(q *request) (any, error) {
	given, name, there, err := q.named(true)
	switch {
	case err != nil:
		return nil, err
	case there:
		return nil, newProblem(http.StatusBadRequest, "existing_key", fmt.Sprintf("There is a variable %.253q already; update it.", name))
	case len(name) > maxName:
		return nil, newProblem(http.StatusBadRequest, "input_too_long", fmt.Sprintf("A name takes at most %d characters.", maxName))
	case !secretName.MatchString(name):
		return nil, newProblem(http.StatusBadRequest, "invalid_characters", "A name takes letters, digits and _, with no digit first.")
	}
	return s.putSecret(q, name, string(*given.Value), "The variable was added.")
}

func (s *service) updateSecret(q *request) (any, error) {
	given, name, there, err := q.named(true)
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, noVariable(name)
	}
	return s.putSecret(q, name, string(*given.Value), "The variable was replaced.")
}

func (s *service) putSecret(q *request, name, value, done string) (any, error) {
	switch most := s.Store.Capabilities().MaxValueSize; {
	case len(value) > most:
		return nil, newProblem(http.StatusBadRequest, "input_too_long", fmt.Sprintf("A value takes at most %d bytes.", most))
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		return nil, newProblem(http.StatusBadRequest, "invalid_characters", "A value is text; encode what is binary, for example as base64.")
	}
	_, err := q.holder.PutEnvVars(q.Context(), []store.NamedValue{{Name: name, Value: store.NewSecret([]byte(value))}})
	if invalid := (*store.InvalidError)(nil); errors.As(err, &invalid) {
		return nil, newProblem(http.StatusBadRequest, "max_secrets", fmt.Sprintf("The variable was not stored: %s %s.", invalid.Field, invalid.Reason))
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "msg": done}, nil
}

func (s *service) deleteSecret(q *request) (any, error) {
	_, name, there, err := q.named(false)
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, noVariable(name)
	}
	if err := q.holder.DeleteEnvVar(q.Context(), name); err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "msg": "The variable was deleted."}, nil
}

func (s *service) listSecrets(q *request) (any, error) {
	all, err := q.holder.EnvVars(q.Context())
	if err != nil {
		return nil, err
	}
	masked := make(map[string]string, len(all))
	for _, v := range all {
		masked[v.Name] = mask
	}
	return map[string]any{"success": true, "secrets": masked}, nil
}
