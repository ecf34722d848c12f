package accountapi_test

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/store"
)

// hasEverything is an account with one of everything, and what each is called, for recording n.
func (s *scene) hasEverything(n int, of recording) map[string]string {
	s.Helper()
	name := fmt.Sprintf("alice%d", n)
	account, member := s.holder(name), s.holder(fmt.Sprintf("bob%d", n))
	h := s.store.Holder(account)
	_, err := h.PutEnvVars(s.Context(), []store.NamedValue{{Name: "TOKEN", Value: store.NewSecret([]byte("value"))}})
	s.must(err)
	_, err = h.PutConnection(s.Context(), store.Connection{
		DisplayName: "data", Type: "AmazonS3", Credentials: map[string]store.Secret{"secretAccessKey": store.NewSecret([]byte("value"))},
	})
	s.must(err)
	_, err = h.PutSSHKey(s.Context(), store.SSHKey{Type: "ssh-ed25519", Key: "AAAA" + strconv.Itoa(n)})
	s.must(err)
	team, err := h.CreateTeam(s.Context(), "research")
	s.must(err)
	s.exec(`INSERT INTO team_members (team_id, account_id, role) VALUES ($1, $2, 'Manager')`, team, member)
	has := map[string]string{"account": account, "email": name + "@example.com", "member": member, "key": s.key(account), "public_key": publicKey(s, name)}
	for _, kind := range []string{"machine", "cluster", "instance", "volume"} {
		has[kind] = strconv.Itoa(1000 + n)
		s.exec(`INSERT INTO `+kind+`s (id, account_id) VALUES ($1, $2)`, has[kind], account)
	}
	keys := s.ask(http.MethodGet, "/api/v0/auth/apikeys/", has["key"], "").does()
	has["key_id"] = keys.number("apikeys", 0, "id")
	has["ssh_key"] = s.ask(http.MethodGet, "/api/v0/ssh/", has["key"], "").does().number(0, "id")
	has["connection"] = s.ask(http.MethodGet, "/api/v0/users/cloud_integrations/", has["key"], "").does().number(0, "id")
	s.hasFactor(account, of, has)
	return has
}

// hasFactor gives the account an app, backup codes and the session of a key, as far as the recording wants them.
func (s *scene) hasFactor(account string, of recording, has map[string]string) {
	s.Helper()
	if of.codes {
		codes, hashes := factor.NewBackupCodes(account)
		s.must(s.store.EnrolBackupCodes(s.Context(), account, hashes))
		has["backup_code"], has["other_backup_code"] = string(codes[0].Reveal()), string(codes[1].Reveal())
	}
	if !of.factor {
		return
	}
	seed := factor.NewSeed()
	s.must(s.store.EnrolTOTP(s.Context(), account, "phone", seed, 0))
	code, err := totp.GenerateCode(string(factor.Letters(seed).Reveal()), time.Now())
	s.must(err)
	has["code"] = code
	has["factor"] = s.ask(http.MethodGet, "/api/v0/tfa/status/", has["key"], "").does().number("methods", 0, "id")
	if of.session {
		has["session"] = s.secret(s.ask(http.MethodPost, "/api/v0/tfa/", has["key"], `{"code": "`+code+`"}`).does().text("session_key"))
	}
}
