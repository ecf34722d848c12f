package sqlstore_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// A server that answers and refuses is not one that does not run: what to mend is said, and trying again is not advised.
func TestPostgresOpen_TheServerRefuses_SaysWhatToMend(t *testing.T) {
	address, foreign := newPostgres(t)
	must(t, foreign.exec(`CREATE ROLE unprivileged LOGIN`))
	t.Cleanup(func() { _ = foreign.exec(`DROP ROLE unprivileged`) })
	for name, c := range map[string]struct {
		change func(*url.URL)
		says   string
	}{
		"the login":     {loginAs("nobody-of-that-name"), "correct the user and the password"},
		"the database":  {func(u *url.URL) { u.Path = "/absent" }, "create it, or correct its name"},
		"the privilege": {loginAs("unprivileged"), "as the owner of the tables"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := url.Parse(address)
			must(t, err)
			c.change(at)
			s, err := sqlstore.Open(t.Context(), at.String(), options(t))
			if err == nil {
				closeStore(t, s)
			}
			if startup := (*store.StartupError)(nil); !errors.As(err, &startup) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says: %v", err)
			}
		})
	}
}

// loginAs has another user log in.
func loginAs(user string) func(*url.URL) {
	return func(u *url.URL) {
		query := u.Query()
		query.Set("user", user)
		u.RawQuery = query.Encode()
	}
}
