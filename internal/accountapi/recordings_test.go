package accountapi_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/account-operator/account-operator/internal/accountapi"
)

// The files in testdata/recordings have what the client sends for each of its commands, and what is answered. A recording begins with the command
// and what is particular to it:
//
//	# set user: a field that the store has no room for
//	with factor, codes, session          the account has an app, and backup codes, and the key is a session
//	> PUT /api/v0/users/ {"…": "…"}      a request: {name} stands for what the account has, or what was kept
//	< 400 {"msg": "<text>"}              the answer: at least these fields, or {} for none; "<text>" and the like stand for any of the kind
//	= name path.of.field                 kept for what follows

// recording is one command of the client.
type recording struct {
	file, command, about string
	factor               bool // the account has an app,
	codes                bool // backup codes,
	session              bool // and the key is a session
	steps                []step
}

type step struct {
	method, path, body string
	status             int
	answer             string
	keeps              [][2]string // a name, and the path of what it stands for
}

func (r recording) name() string {
	return strings.ReplaceAll(strings.TrimSuffix(r.command+" "+r.about, " "), " ", "_")
}

// recordings reads all files.
func recordings(t *testing.T) (all []recording) {
	t.Helper()
	files, err := filepath.Glob("testdata/recordings/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are none: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			sign, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			if sign == "#" {
				command, about, _ := strings.Cut(rest, ": ")
				all = append(all, recording{file: filepath.Base(file), command: command, about: about})
				continue
			}
			if sign != "" && (len(all) == 0 || !all[len(all)-1].take(sign, rest)) {
				t.Fatalf("%s:%d: %s", file, n+1, line)
			}
		}
	}
	return all
}

// take reads a line, and reports whether it is one.
func (r *recording) take(sign, rest string) bool {
	first, more, _ := strings.Cut(rest, " ")
	last := len(r.steps) - 1
	switch {
	case sign == "with":
		r.factor, r.codes, r.session = strings.Contains(rest, "factor"), strings.Contains(rest, "codes"), strings.Contains(rest, "session")
	case sign == ">":
		path, body, _ := strings.Cut(more, " ")
		r.steps = append(r.steps, step{method: first, path: path, body: body})
	case last < 0:
		return false
	case sign == "<":
		_, err := fmt.Sscan(first, &r.steps[last].status)
		r.steps[last].answer = more
		return err == nil
	case sign == "=":
		r.steps[last].keeps = append(r.steps[last].keeps, [2]string{first, more})
	default:
		return false
	}
	return true
}

// route is the one that a step is of: one that has just this path before one with a wildcard.
func (e step) route(t *testing.T) (found accountapi.Documented) {
	t.Helper()
	path, _, _ := strings.Cut(placeholder.ReplaceAllString(e.path, "7"), "?")
	path = strings.TrimSuffix(path, "/")
	for _, r := range accountapi.Routes() {
		like := regexp.MustCompile("^" + wildcard.ReplaceAllString(r.Path, "[^/]+") + "$")
		if r.Method == e.method && (r.Path == path || found.Path == "" && like.MatchString(path)) {
			found = r
		}
	}
	if found.Path == "" {
		t.Errorf("%s %s has no route", e.method, e.path)
	}
	return found
}

// Given all commands of the client that were recorded, and all routes that name one, then each command has its route, and each such route was
// recorded: so that the table in the documentation has every command.
func TestRecordings_EachCommand_HasItsRouteAndIsDocumented(t *testing.T) {
	recorded := map[string]bool{}
	for _, r := range recordings(t) {
		recorded[r.command] = true
		is := false
		for _, e := range r.steps {
			is = is || e.route(t).Command == r.command
		}
		if !is {
			t.Errorf("%s: %q asks no route that names it", r.file, r.command)
		}
	}
	for _, of := range accountapi.Routes() {
		if of.Command != "" && !recorded[of.Command] {
			t.Errorf("%q, for %s %s, was not recorded", of.Command, of.Method, of.Path)
		}
	}
}

// Given an account that has one of everything, when the client sends what was recorded, then the answer is as it reads it: what was asked for is
// done, or it is said why not.
func TestRecordings_Each_IsAnsweredAsTheClientReadsIt(t *testing.T) {
	s := newScene(t, "sqlite")
	for n, r := range recordings(t) {
		t.Run(r.name(), func(t *testing.T) {
			one := *s
			one.T = t
			has := one.hasEverything(n, r)
			for _, e := range r.steps {
				one.takes(e, has)
			}
		})
	}
}

// takes sends a request, compares the answer, and keeps what is kept of it.
func (s *scene) takes(e step, has map[string]string) {
	s.Helper()
	got := s.ask(e.method, filled(e.path, has), cmp.Or(has["session"], has["key"]), filled(e.body, has))
	if got.status != e.status {
		s.Fatalf("%s: %d %s", got.what, got.status, got.body)
	}
	e.compare(got, has)
	for _, keep := range e.keeps {
		var steps []any
		for step := range strings.SplitSeq(keep[1], ".") {
			steps = append(steps, step)
		}
		has[keep[0]] = strings.Trim(fmt.Sprint(got.at(steps...)), `"`)
	}
	if secret := has["secret"]; len(secret) >= 32 {
		code, err := totp.GenerateCode(secret, time.Now())
		s.must(err)
		has["new_code"] = code
	}
}

// compare holds an answer to what was recorded, and to what the documentation says of its route.
func (e step) compare(got answer, has map[string]string) {
	got.t.Helper()
	var want any
	if err := json.Unmarshal([]byte(filled(e.answer, has)), &want); err != nil {
		got.t.Fatalf("%s: %v", e.answer, err)
	}
	if wrong := differs("", want, got.at()); wrong != "" {
		got.t.Errorf("%s: %s in %s", got.what, wrong, got.body)
	}
	if e.status != http.StatusOK && (got.text("error") == "" || got.text("msg") == "") {
		got.t.Errorf("%s does not say why: %s", got.what, got.body)
	}
	if cannot := e.route(got.t).Cannot; cannot != "" {
		got.refuses(http.StatusBadRequest, "not_offered", cannot)
	}
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

func filled(text string, has map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if value, is := has[name[1:len(name)-1]]; is {
			return value
		}
		return name
	})
}

// differs says where an answer has not what is wanted; empty: nowhere.
func differs(at string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		return lacks(at, want, got)
	case []any:
		of, is := got.([]any)
		if !is || len(of) != len(want) {
			return fmt.Sprintf("%s is no list of %d", at, len(want))
		}
		for n, each := range want {
			if wrong := differs(fmt.Sprintf("%s[%d]", at, n), each, of[n]); wrong != "" {
				return wrong
			}
		}
		return ""
	}
	if !isOf(want, got) {
		return fmt.Sprintf("%s is not %v", at, want)
	}
	return ""
}

// lacks says which field an object has not, or not as it is wanted.
func lacks(at string, want map[string]any, got any) string {
	of, is := got.(map[string]any)
	if !is || len(want) == 0 && len(of) > 0 {
		return at + " is no such object"
	}
	for name, each := range want {
		value, there := of[name]
		if !there {
			return at + "." + name + " is missing"
		}
		if wrong := differs(at+"."+name, each, value); wrong != "" {
			return wrong
		}
	}
	return ""
}

// isOf compares with a value, or with a kind of them.
func isOf(want, got any) (is bool) {
	switch want {
	case "<number>":
		_, is = got.(float64)
	case "<text>":
		text, _ := got.(string)
		is = text != ""
	case "<object>":
		_, is = got.(map[string]any)
	default:
		is = want == got
	}
	return is
}
