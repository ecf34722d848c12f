package reader_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// Given a key with a right, when what an account holds is read by it, then the values come.
func TestRead_WithARight_GivesValues(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightEnv, store.RightConnections})
	s.set("alice", "BINARY", "\xff\x00")
	s.set("alice", "EMPTY", "")
	text, empty := canary, ""
	env := decoded[reader.Env](t, s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key))
	want := reader.Env{Account: s.alice, Variables: []reader.Variable{
		{Name: "BINARY", ValueBase64: []byte("\xff\x00")}, {Name: "EMPTY", Value: &empty}, {Name: "TOKEN", Value: &text},
	}}
	if diff := cmp.Diff(want, env); diff != "" {
		t.Error(diff)
	}
	one := decoded[reader.Variable](t, s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env/TOKEN", key))
	if diff := cmp.Diff(reader.Variable{Name: "TOKEN", Value: &text}, one); diff != "" {
		t.Error(diff)
	}
	connections := decoded[reader.Connections](t, s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/connections", key))
	if c := connections.Connections; len(c) != 1 || c[0].Type != "AmazonS3" || c[0].Bucket != "b" || c[0].Credentials["secretAccessKey"] != canary {
		t.Errorf("%+v", connections)
	}
	if got := s.ask(http.MethodGet, "/v1/accounts/"+s.bob+"/env", key); got.status != http.StatusOK || !strings.Contains(got.body, `"variables":[]`) {
		t.Errorf("an account without any: %+v", got)
	}
}

const publicKey = "AAAAC3NzaC1lZDI1NTE5AAAAIF93RuzTOUo7chJZhT+8D6LcE/Q6qKTn6gM7gT57xptb"

// Given an account with a public key, and rows that other programs wrote which would be more than a key in a file of authorized keys, when its keys are
// read, then the key comes as a line, and of each other row that it is none; and the tag of what was read before hides no change.
func TestRead_SSHKeys_AreLinesOfKeys(t *testing.T) {
	s := newScene(t)
	_, reads := s.key([]string{store.RightSSHKeys})
	path := "/v1/accounts/" + s.alice + "/ssh-keys"
	before := s.ask(http.MethodGet, path, reads)
	if before.status != http.StatusOK || !strings.Contains(before.body, `"sshKeys":[]`) {
		t.Errorf("%+v", before)
	}
	put, err := s.fenced.SSHKeys().Put(t.Context(), claim(store.KindSSHKey, "laptop"), claim(store.KindAccount, "alice"),
		store.SSHKey{Type: "ssh-ed25519", Key: publicKey, Comment: "alice@laptop"}, store.Mark{})
	s.must(err)
	for n, hostile := range []string{"ssh-ed25519', '" + publicKey + "\nssh-ed25519 " + publicKey, `command="x" ssh-ed25519', '` + publicKey, "ssh-rsa', '" + publicKey, "', '"} {
		s.sql(fmt.Sprintf(`INSERT INTO ssh_keys (id, account_id, type, key, version) VALUES ('foreign-%d', %s, '%s', 1)`, n, s.alice, hostile))
	}
	got := decoded[reader.SSHKeys](t, s.ask(http.MethodGet, path, reads, "If-None-Match", before.header.Get("ETag")))
	want := reader.SSHKeys{Account: s.alice, SSHKeys: []reader.SSHKey{
		{ID: "foreign-0", Unreadable: true}, {ID: "foreign-1", Unreadable: true}, {ID: "foreign-2", Unreadable: true}, {ID: "foreign-3", Unreadable: true},
		{ID: put.ID, Type: "ssh-ed25519", PublicKey: "ssh-ed25519 " + publicKey, Comment: "alice@laptop"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", reads); got.status != http.StatusForbidden {
		t.Errorf("values: %+v", got)
	}
}

// Given an answer with an ETag, when nothing changed, then that is all there is to say; and when a variable was deleted, or another account
// is asked for, then the answer comes whole.
func TestRead_IfNoneMatch_HidesNoChange(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightEnv, store.RightConnections})
	s.set("alice", "OTHER", "x")
	env, one := "/v1/accounts/"+s.alice+"/env", "/v1/accounts/"+s.alice+"/env/OTHER"
	tag := s.ask(http.MethodGet, env, key).header.Get("ETag")
	tagOfOne := s.ask(http.MethodGet, one, key).header.Get("ETag")
	for _, known := range []string{tag, `"x", ` + tag, "W/" + tag} {
		if got := s.ask(http.MethodGet, env, key, "If-None-Match", known); got.status != http.StatusNotModified || got.body != "" || got.header.Get("ETag") != tag {
			t.Errorf("%s: %d %s", known, got.status, got.body)
		}
	}
	for path, known := range map[string]string{
		env + "": "*", "/v1/accounts/" + s.bob + "/env": tag, "/v1/accounts/" + s.alice + "/connections": tag, env + "/TOKEN": tagOfOne,
	} {
		if got := s.ask(http.MethodGet, path, key, "If-None-Match", known); got.status != http.StatusOK {
			t.Errorf("%s with %s: %d", path, known, got.status)
		}
	}
	s.delete("alice", "OTHER")
	if got := s.ask(http.MethodGet, env, key, "If-None-Match", tag); got.status != http.StatusOK || strings.Contains(got.body, "OTHER") {
		t.Errorf("after a deletion: %+v", got)
	}
	if got := s.ask(http.MethodGet, one, key, "If-None-Match", tagOfOne); got.status != http.StatusNotFound {
		t.Errorf("the one that was deleted: %+v", got)
	}
}

// Given values that were altered in the store, when they are read, then each of them says so, and no answer hides the others.
func TestRead_AlteredValue_SaysSo(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightEnv})
	s.set("alice", "OTHER", "x")
	s.sql(`UPDATE env_vars SET version = version + 1 WHERE name = 'TOKEN'`)
	env := decoded[reader.Env](t, s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key))
	if len(env.Variables) != 2 || env.Variables[0].Unreadable || !env.Variables[1].Unreadable || env.Variables[1].Value != nil {
		t.Errorf("%+v", env)
	}
	if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env/TOKEN", key); got.status != http.StatusInternalServerError {
		t.Errorf("%+v", got)
	}
}

// Given a reader, when it reads, then it is counted by the hour whatever it got, and what it had already is not.
func TestRead_Counted_ByReaderAccountAndHour(t *testing.T) {
	s := newScene(t)
	name, key := s.key([]string{store.RightEnv, store.RightConnections})
	env := "/v1/accounts/" + s.alice + "/env"
	tag := s.ask(http.MethodGet, env, key).header.Get("ETag")
	s.ask(http.MethodGet, env+"/TOKEN", key)
	s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/connections", key)
	for range 5 {
		s.ask(http.MethodGet, env, key, "If-None-Match", tag)
		s.ask(http.MethodGet, env+"/MISSING", key)
		s.ask(http.MethodGet, env, "aok_wrong")
	}
	s.stop()
	counts, err := s.store.Reads(t.Context(), 1, 10)
	s.must(err)
	total := int64(0)
	for _, c := range counts { // an hour may have begun meanwhile
		if total += c.Reads; !strings.HasPrefix(c.Reader, "key:"+name+"/") {
			t.Errorf("%+v", c)
		}
	}
	if total != 3 {
		t.Errorf("%d reads are counted: %+v", total, counts)
	}
}

// Given a reader that is killed, when what it read is looked for, then it was written within a second or two, not only at its end.
func TestRead_Counted_WithoutAnEnd(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightEnv})
	s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key)
	await.Value(t, s.until(func() bool {
		counts, err := s.store.Reads(t.Context(), 1, 1)
		return err == nil && len(counts) == 1
	}))
}

// Given the description of the API, when the routes are compared with it, then each is in it, and nothing else is; and it is what the server
// and the documentation have.
func TestDescription_OfEachRoute_Complete(t *testing.T) {
	router := described31(t)
	s := newScene(t)
	for _, route := range reader.Routes() {
		method, path, _ := strings.Cut(route, " ")
		request, err := http.NewRequestWithContext(t.Context(), method, strings.NewReplacer("{id}", "1", "{name}", "A").Replace(path), nil)
		s.must(err)
		if _, _, err := router.FindRoute(request); err != nil {
			t.Errorf("%s: %v", route, err)
		}
	}
	paths := 0
	for line := range strings.SplitSeq(s.read("openapi.yaml"), "\n") {
		if strings.HasPrefix(line, "  /") {
			paths++
		}
	}
	if paths != len(reader.Routes()) {
		t.Errorf("%d paths are described, and there are %d", paths, len(reader.Routes()))
	}
	if got := s.ask(http.MethodGet, "/openapi.yaml", ""); got.body != s.read("openapi.yaml") || got.body != s.read("../../docs/reader-openapi.yaml") {
		t.Error("the copies differ; next step: make generate")
	}
	if got := s.ask(http.MethodGet, "/healthz", ""); got.status != http.StatusNoContent {
		t.Error(fmt.Sprint(got))
	}
}
