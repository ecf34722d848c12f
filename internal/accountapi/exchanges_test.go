package accountapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var update = flag.Bool("update", false, "write the exchanges in testdata/exchanges")

// exchange is a request as the client sends it for a command. Of "{a/0/b}" in its path or its body the part of the last answer stands there, of
// {code} what the app shows, and of {backup} a backup code.
type exchange struct {
	command, method, path, body string
	// session sends the session of the last login in place of the key.
	session bool
}

// walk is what one holder does, command by command. Its exchanges stand in testdata/exchanges, a file a walk: what is asked and answered is what
// scripts depend on, so that a change of it is seen.
type walk struct {
	name   string
	factor bool
	steps  []exchange
}

var walks = []walk{
	{name: "account", steps: []exchange{
		{command: "show user", method: http.MethodGet, path: "/api/v0/users/current"},
		{command: "set user --file", method: http.MethodPut, path: "/api/v0/users/", body: `{"username": "alice", "billaddress_city": "Dresden"}`},
		{command: "set user --file, an address", method: http.MethodPut, path: "/api/v0/users/", body: `{"email": "new@example.com"}`},
		{command: "show user", method: http.MethodGet, path: "/api/v0/users/current"},
		{command: "create subaccount", method: http.MethodPost, path: "/api/v0/users/", body: `{"email": "sub@example.com", "username": "sub", "password": "x", "host_only": false, "parent_id": "me"}`},
		{command: "show subaccounts", method: http.MethodGet, path: "/api/v0/subaccounts?owner=me"},
		{command: "show connections", method: http.MethodGet, path: "/api/v0/users/cloud_integrations/"},
		{command: "cloud copy", method: http.MethodPost, path: "/api/v0/commands/rclone/", body: `{"instance_id": "1", "src": "/a", "dst": "/b", "selected": "1", "transfer": "Instance To Cloud", "flags": []}`},
		{command: "cancel copy", method: http.MethodDelete, path: "/api/v0/commands/rclone/", body: `{"dst_id": "1"}`},
	}},
	{name: "variables", steps: []exchange{
		{command: "create env-var token x", method: http.MethodPost, path: "/api/v0/secrets/", body: `{"key": "token", "value": "x"}`},
		{command: "create env-var TOKEN x", method: http.MethodPost, path: "/api/v0/secrets/", body: `{"key": "TOKEN", "value": "x"}`},
		{command: "show env-vars", method: http.MethodGet, path: "/api/v0/secrets/"},
		{command: "update env-var TOKEN y", method: http.MethodPut, path: "/api/v0/secrets/", body: `{"key": "TOKEN", "value": "y"}`},
		{command: "update env-var OTHER y", method: http.MethodPut, path: "/api/v0/secrets/", body: `{"key": "OTHER", "value": "y"}`},
		{command: "delete env-var TOKEN", method: http.MethodDelete, path: "/api/v0/secrets/", body: `{"key": "TOKEN"}`},
		{command: "delete env-var TOKEN", method: http.MethodDelete, path: "/api/v0/secrets/", body: `{"key": "TOKEN"}`},
	}},
	{name: "api-keys", steps: []exchange{
		{command: "create api-key", method: http.MethodPost, path: "/api/v0/auth/apikeys/", body: `{"name": "ci", "permissions": {"api": {"user_read": {}}}, "key_params": null}`},
		{command: "show api-key", method: http.MethodGet, path: "/api/v0/auth/apikeys/{id}/"},
		{command: "delete api-key", method: http.MethodDelete, path: "/api/v0/auth/apikeys/{id}/", body: `{}`},
		{command: "create api-key, everything", method: http.MethodPost, path: "/api/v0/auth/apikeys/", body: `{"name": "all"}`},
		{command: "show api-keys", method: http.MethodGet, path: "/api/v0/auth/apikeys/"},
		{command: "delete api-key 7", method: http.MethodDelete, path: "/api/v0/auth/apikeys/7/", body: `{}`},
		{command: "reset api-key", method: http.MethodPut, path: "/api/v0/commands/reset_apikey/", body: `{"client_id": "me"}`},
		{command: "show api-keys, with the former key", method: http.MethodGet, path: "/api/v0/auth/apikeys/"},
	}},
	{name: "no-second-factor", steps: []exchange{
		{command: "tfa status", method: http.MethodGet, path: "/api/v0/tfa/status/"},
		{command: "tfa auth-new", method: http.MethodPost, path: "/api/v0/tfa/authorize-new-method/", body: `{"tfa_method": "email"}`},
		{command: "tfa send-sms", method: http.MethodPost, path: "/api/v0/tfa/sms/", body: `{"phone_number": "+15550100"}`},
		{command: "tfa send-email", method: http.MethodPost, path: "/api/v0/tfa/email/", body: `{}`},
		{command: "tfa login", method: http.MethodPost, path: "/api/v0/tfa/", body: `{"tfa_method": "totp", "code": "123456"}`},
	}},
	{name: "second-factor", factor: true, steps: []exchange{
		{command: "tfa status", method: http.MethodGet, path: "/api/v0/tfa/status/"},
		{command: "create env-var, without a login", method: http.MethodPost, path: "/api/v0/secrets/", body: `{"key": "TOKEN", "value": "x"}`},
		{command: "tfa login, a wrong code", method: http.MethodPost, path: "/api/v0/tfa/", body: `{"tfa_method": "totp", "code": "000000"}`},
		{command: "tfa totp-setup", method: http.MethodPost, path: "/api/v0/tfa/totp-setup/", body: `{}`},
		{command: "tfa auth-new", method: http.MethodPost, path: "/api/v0/tfa/authorize-new-method/", body: `{"tfa_method": "totp"}`},
		{command: "tfa auth-new, the code", method: http.MethodPut, path: "/api/v0/tfa/authorize-new-method/", body: `{"code": "{code}", "secret": "{secret}"}`},
		{command: "tfa login", method: http.MethodPost, path: "/api/v0/tfa/", body: `{"backup_code": "{backup}"}`},
		{command: "create env-var", method: http.MethodPost, path: "/api/v0/secrets/", body: `{"key": "TOKEN", "value": "x"}`, session: true},
		{command: "tfa status", method: http.MethodGet, path: "/api/v0/tfa/status/", session: true},
		{command: "tfa update", method: http.MethodPut, path: "/api/v0/tfa/update/", body: `{"tfa_method_id": {methods/0/id}, "label": "work"}`, session: true},
		{command: "tfa regen-codes, no code", method: http.MethodPut, path: "/api/v0/tfa/regen-backup-codes/", body: `{}`, session: true},
		{command: "tfa delete, no such method", method: http.MethodDelete, path: "/api/v0/tfa/", body: `{"target_id": 7, "backup_code": "{backup}"}`, session: true},
	}},
}

// Given a holder on either database, when the client's commands are sent one after the other, then each is answered as it is written down.
func TestExchanges_AsTheClientSendsThem_AreAnsweredAsWrittenDown(t *testing.T) {
	for _, w := range walks {
		t.Run(w.name, func(t *testing.T) {
			onEach(t, func(s *scene) {
				path := filepath.Join("testdata", "exchanges", w.name+".txt")
				got := s.goes(w)
				if *update {
					s.must(os.WriteFile(path, []byte(got), 0o600))
				}
				want, err := os.ReadFile(path)
				s.must(err)
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("next step: look whether scripts still work, then go test ./internal/accountapi -run Exchanges -update\n%s", diff)
				}
			})
		})
	}
}

// goes sends the commands, and writes down what is asked and answered.
func (s *scene) goes(w walk) string {
	s.Helper()
	account := s.holder("alice")
	_, err := s.store.Holder(account).PutConnection(s.Context(), store.Connection{Type: "AmazonS3", DisplayName: "backups"})
	s.must(err)
	key, session, backup := s.key(account), "", []string{}
	if w.factor {
		backup = s.withFactor(account)
	}
	var text strings.Builder
	last := answer{t: s.T, body: "{}"}
	for _, step := range w.steps {
		fill := func(text string) string {
			return hole.ReplaceAllStringFunc(text, func(of string) string {
				switch of = strings.Trim(of, "{}"); of {
				case "code":
					return s.code(0)
				case "backup":
					next := backup[0]
					backup = backup[1:]
					return next
				}
				return part(last, of)
			})
		}
		by := key
		if step.session {
			by = session
		}
		last = s.ask(step.method, fill(step.path), by, fill(step.body))
		if given, is := last.at().(map[string]any); is && given["session_key"] != nil {
			session = s.secret(given["session_key"].(string))
		}
		fmt.Fprintf(&text, "$ vastai %s\n> %s %s\n", step.command, step.method, step.path)
		if step.body != "" {
			fmt.Fprintf(&text, "> %s\n", step.body)
		}
		fmt.Fprintf(&text, "< %d\n%s\n\n", last.status, steady(last.body))
	}
	return text.String()
}

// hole is what an exchange leaves open.
var hole = regexp.MustCompile(`\{[a-z]+(/[a-z0-9]+)*\}`)

// part is one of an answer, by names and places.
func part(of answer, path string) string {
	var steps []any
	for step := range strings.SplitSeq(path, "/") {
		if n, err := json.Number(step).Int64(); err == nil {
			steps = append(steps, int(n))
		} else {
			steps = append(steps, step)
		}
	}
	if text, is := of.at(steps...).(string); is {
		return text
	}
	return of.number(steps...)
}

// unsteady are what differs from one time to the next, and what stands for it.
var unsteady = []struct {
	what  *regexp.Regexp
	stead string
}{
	{regexp.MustCompile(store.KeyPrefix + `[\w-]{43}`), "KEY"},
	{regexp.MustCompile(store.KeySessionPrefix + `[\w-]{43}`), "SESSION"},
	{regexp.MustCompile(`…[\w-]{4}`), "…LAST"},
	{regexp.MustCompile(`"[A-Z2-7]{32}"`), `"SEED"`},
	{regexp.MustCompile(`secret=[A-Z2-7]{32}`), `secret=SEED`},
	{regexp.MustCompile(`("(?:id|key_id|user_id)": )\d+`), `${1}1`},
	{regexp.MustCompile(`("(?:created_at|last_used|email_verified_at)": )[\d.]+`), `${1}1.5`},
}

// steady is an answer as it is every time.
func steady(body string) string {
	var lines bytes.Buffer
	if json.Indent(&lines, []byte(body), "", "  ") != nil {
		return body
	}
	text := lines.String()
	for _, each := range unsteady {
		text = each.what.ReplaceAllString(text, each.stead)
	}
	return text
}
