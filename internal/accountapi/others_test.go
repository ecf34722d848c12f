package accountapi_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/account-operator/account-operator/internal/store"
)

// publicKey is the line of a new one.
func publicKey(s *scene, comment string) string {
	s.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	s.must(err)
	key, err := ssh.NewPublicKey(public)
	s.must(err)
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) + " " + comment
}

// Given an account, when its holder adds an SSH key, replaces and removes it, then it is listed under both names that the client reads.
func TestSSHKeys_HolderKeepsThem_AreListed(t *testing.T) {
	onEach(t, func(s *scene) {
		key, first, second := s.key(s.holder("alice")), publicKey(s, "alice@laptop"), publicKey(s, "alice@desktop")
		if got := s.ask(http.MethodGet, "/api/v0/ssh/", key, "").does(); got.body != "[]" {
			s.Errorf("none are %s", got.body)
		}
		made := s.ask(http.MethodPost, "/api/v0/ssh/", key, `{"ssh_key": "`+first+`"}`).does()
		path := "/api/v0/ssh/" + made.number("key", "id") + "/"
		listed := s.ask(http.MethodGet, "/api/v0/ssh/", key, "").does()
		if listed.text(0, "key") != first || listed.text(0, "public_key") != first || made.text("key", "public_key") != first {
			s.Errorf("made %s, listed %s", made.body, listed.body)
		}
		s.ask(http.MethodPost, "/api/v0/ssh/", key, `{"ssh_key": "`+first+`"}`).refuses(http.StatusBadRequest, "invalid_args", "is one of the account's already")
		s.ask(http.MethodPut, path, key, `{"id": `+made.number("key", "id")+`, "ssh_key": "`+second+`"}`).does()
		if got := s.ask(http.MethodGet, "/api/v0/ssh/", key, "").text(0, "key"); got != second {
			s.Errorf("it became %s", got)
		}
		s.ask(http.MethodDelete, path, key, `{}`).does()
		s.ask(http.MethodDelete, path, key, `{}`).refuses(http.StatusBadRequest, "no_ssh_key", "no SSH key of this ID")
		s.ask(http.MethodPut, path, key, `{"ssh_key": "`+first+`"}`).refuses(http.StatusBadRequest, "no_ssh_key", "no SSH key of this ID")
	})
}

// Given texts that are no public key, a path and a private key among them, then each is refused, and no answer or log repeats it.
func TestSSHKeys_TextsThatAreNone_AreRefusedWithoutRepeatingThem(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	_, private, err := ed25519.GenerateKey(rand.Reader)
	s.must(err)
	block, err := ssh.MarshalPrivateKey(private, "alice")
	s.must(err)
	text := string(pem.EncodeToMemory(block))
	canary := strings.Split(text, "\n")[2]
	for given, says := range map[string]string{
		"": "takes one public key", "~/.ssh/id_ed25519.pub": "not the path", text: "not secret any more",
		`command=\"sh\" ` + publicKey(s, "x"): "takes one public key", publicKey(s, `x\u001b[2J`): "takes one public key",
	} {
		got := s.ask(http.MethodPost, "/api/v0/ssh/", key, `{"ssh_key": "`+strings.ReplaceAll(given, "\n", `\n`)+`"}`)
		if got.refuses(http.StatusBadRequest, "no_ssh_key", says); strings.Contains(got.body, canary) {
			t.Error("the answer repeats it")
		}
	}
	s.secret(canary)
}

func TestSSHKeys_ObjectsOwn_IsListedAndRefused(t *testing.T) {
	onEach(t, func(s *scene) {
		key := s.key(s.holder("alice"))
		put, err := s.fenced.SSHKeys().Put(s.Context(), claimOf(store.KindSSHKey, "laptop"), claimOf(store.KindAccount, "alice"),
			store.SSHKey{Type: "ssh-ed25519", Key: "AAAA"}, store.Mark{Generation: 1, Record: "1"})
		s.must(err)
		id := s.ask(http.MethodGet, "/api/v0/ssh/", key, "").does().number(0, "id")
		for method, body := range map[string]string{http.MethodDelete: "{}", http.MethodPut: `{"ssh_key": "` + publicKey(s, "") + `"}`} {
			s.ask(method, "/api/v0/ssh/"+id+"/", key, body).refuses(http.StatusConflict, "managed", "SSH key "+put.ID+" is set by your platform team")
		}
	})
}

// Given a team that a holder made, when another account is in it, then both see its members, its owner ends the membership and the team, and
// not while something runs in it.
func TestTeams_OwnerKeepsOne_MembersSeeIt(t *testing.T) {
	onEach(t, func(s *scene) {
		aliceID, bobID := s.holder("alice"), s.holder("bob")
		alice, bob := s.key(aliceID), s.key(bobID)
		const team, members = "/api/v0/team/", "/api/v0/team/members/"
		s.ask(http.MethodPost, team, alice, `{"team_name": "research", "transfer_credit": 5}`).refuses(http.StatusBadRequest, "not_offered", "no credit")
		s.ask(http.MethodPost, team, alice, `{"team_name": ""}`).refuses(http.StatusBadRequest, "invalid_args", "takes a name")
		s.ask(http.MethodPost, team, alice, `{"team_name": "research", "transfer_credit": null}`).does()
		s.exec(`INSERT INTO team_members (team_id, account_id, role) SELECT t.id, a.id, 'Manager' FROM teams t, accounts a WHERE a.email = 'bob@example.com'`)
		for _, key := range []string{alice, bob} {
			got := s.ask(http.MethodGet, members, key, "").does()
			if got.text(0, "email") != "alice@example.com" || got.text(0, "roles", 0) != "Owner" || got.number(1, "id") != bobID || got.text(1, "roles", 0) != "Manager" {
				s.Errorf("members: %s", got.body)
			}
		}
		roles := s.ask(http.MethodGet, "/api/v0/team/roles-full/", bob, "").does()
		if roles.text(0, "name") != "Manager" || roles.text(1, "name") != "Member" {
			s.Errorf("roles: %s", roles.body)
		}
		s.ask(http.MethodGet, "/api/v0/team/roles/Manager/", bob, "").does()
		s.ask(http.MethodGet, "/api/v0/team/roles/Nobody/", bob, "").refuses(http.StatusNotFound, "not_found", "has this role")

		s.ask(http.MethodDelete, team, bob, "{}").refuses(http.StatusNotFound, "not_found", "owns no such team")
		s.ask(http.MethodDelete, members+aliceID+"/", alice, "{}").refuses(http.StatusBadRequest, "invalid_args", "owner")
		s.ask(http.MethodDelete, members+bobID+"/", alice, "{}").does()
		s.ask(http.MethodDelete, members+bobID+"/", alice, "{}").refuses(http.StatusNotFound, "not_found", "no member of this ID")

		s.exec(`INSERT INTO machines (id, team_id) SELECT 'm', id FROM teams`)
		s.ask(http.MethodDelete, team, alice, "{}").refuses(http.StatusBadRequest, "team_in_use", "1 machine")
		s.exec(`DELETE FROM machines`)
		second := s.ask(http.MethodPost, team, alice, `{"team_name": "another"}`).does().number("team_id")
		s.ask(http.MethodDelete, team, alice, "{}").refuses(http.StatusBadRequest, "invalid_args", "owns 2 teams")
		s.ask(http.MethodDelete, team+"?team_id="+second, alice, "{}").does()
		s.ask(http.MethodDelete, team, alice, "{}").does()
	})
}

// Given things that other services run for an account, when they are listed, then each is there by a number, page by page; and no request removes
// one.
func TestDependents_WhatOtherServicesRun_IsListedAndNotRemoved(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		key, other := s.key(alice), s.key(s.holder("bob"))
		for _, table := range []string{"machines", "clusters", "instances", "volumes"} {
			s.exec(`INSERT INTO ` + table + ` (id, account_id) SELECT 'a-1', id FROM accounts WHERE email = 'alice@example.com'`)
			s.exec(`INSERT INTO ` + table + ` (id, account_id) SELECT '17', id FROM accounts WHERE email = 'alice@example.com'`)
		}
		for path, name := range map[string]string{
			"/api/v0/machines?owner=me": "machines", "/api/v1/instances/?select_filters={}&limit=25": "instances", "/api/v0/instances?owner=me": "instances",
			"/api/v0/volumes?owner=me&type=all_volume": "volumes",
		} {
			got := s.ask(http.MethodGet, path, key, "").does()
			if got.number(name, 0, "id") != "17" || got.text(name, 1, "label") != "a-1" || got.at("next_token") != nil {
				s.Errorf("%s: %s", path, got.body)
			}
			byOne := strings.ReplaceAll(path, "&limit=25", "") + "&limit=1"
			first := s.ask(http.MethodGet, byOne, key, "").does()
			next := s.ask(http.MethodGet, byOne+"&after_token="+first.text("next_token"), key, "").does()
			if first.text(name, 0, "label") != "17" || next.text(name, 0, "label") != "a-1" || next.at("next_token") != nil {
				s.Errorf("%s by one: %s, %s", path, first.body, next.body)
			}
			if got := s.ask(http.MethodGet, path, other, "").does(); len(got.at(name).([]any)) != 0 {
				s.Errorf("bob sees %s", got.body)
			}
		}
		s.ask(http.MethodGet, "/api/v0/clusters/", key, "").does().text("clusters", "17", "label")
		s.ask(http.MethodGet, "/api/v0/machines/17", key, "").does().text(0, "label")
		s.ask(http.MethodGet, "/api/v0/machines/17", other, "").refuses(http.StatusNotFound, "not_found", "nothing of this kind")
		s.ask(http.MethodGet, `/api/v1/instances?select_filters={"label":{"eq":"x"}}`, key, "").refuses(http.StatusBadRequest, "not_offered", "none is filtered")
		s.ask(http.MethodGet, "/api/v0/volumes?limit=0", key, "").refuses(http.StatusBadRequest, "invalid_args", "limit")
	})
}

// Given things that other services run, when one is to be removed, then it is said where that is done, and its row stays.
func TestDependents_OneIsToBeRemoved_IsRefused(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	for _, table := range []string{"machines", "clusters", "instances", "volumes"} {
		s.exec(`INSERT INTO ` + table + ` (id, account_id) SELECT '17', id FROM accounts`)
	}
	for path, method := range map[string]string{
		"/api/v0/machines/17/force_delete/": http.MethodPost, "/api/v0/cluster/": http.MethodDelete, "/api/v0/instances/17/": http.MethodDelete,
		"/api/v0/instances/": http.MethodDelete, "/api/v0/volumes/?id=17": http.MethodDelete,
	} {
		s.ask(method, path, key, "{}").refuses(http.StatusBadRequest, "not_offered", "where they run")
	}
	for _, path := range []string{"machines", "clusters", "instances", "volumes"} {
		if got := s.ask(http.MethodGet, "/api/v0/"+path, key, "").does(); !strings.Contains(got.body, `"label":"17"`) {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

// Given what was done to an account, when its holder asks, then it is said when and what, by names alone.
func TestAudit_WhatWasDone_IsSaidByNames(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		key := s.key(alice)
		s.ask(http.MethodPost, "/api/v0/secrets/", key, `{"key": "TOKEN", "value": "`+s.secret("canary-value")+`"}`).does()
		got := s.ask(http.MethodGet, "/api/v0/audit_logs/", key, "").does()
		if got.text(0, "api_route") != "HolderPutEnvVars" || !strings.Contains(got.body, "TOKEN") || strings.Contains(got.body, "canary") || got.number(0, "created_at") == "0" {
			s.Errorf("the audit: %s", got.body)
		}
		if strings.Contains(got.body, "team/") || strings.Contains(got.body, "cluster") {
			s.Errorf("it names an object: %s", got.body)
		}
		for path, wants := range map[string]int{"me": http.StatusOK, alice: http.StatusOK, "1000": http.StatusForbidden} {
			if got := s.ask(http.MethodGet, "/api/v0/users/"+path+"/ipaddrs?owner=me", key, ""); got.status != wants {
				s.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	})
}

// Given a store that keeps no money, when invoices are asked for, then there are none, and a range that is missing is answered as the client reads it.
func TestInvoices_StoreKeepsNoMoney_AreNone(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	for path, filter := range map[string]string{"/api/v1/invoices": "when", "/api/v0/charges": "day"} {
		got := s.ask(http.MethodGet, path+`?select_filters={"`+filter+`":{"gte":1767225600,"lte":1767312000}}&limit=20&latest_first=true`, key, "").does()
		if got.at("success") != true || got.number("count") != "0" || len(got.at("results").([]any)) != 0 {
			t.Errorf("%s: %s", path, got.body)
		}
		for _, none := range []string{"", "?select_filters={}", "?select_filters=[]", `?select_filters={"` + filter + `":"today"}`} {
			if got := s.ask(http.MethodGet, path+none, key, "").does(); got.at("success") != false || !strings.Contains(got.text("msg"), filter) {
				t.Errorf("%s: %s", path, got.body)
			}
		}
	}
}
