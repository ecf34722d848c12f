package sqlstore_test

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// pagesScene is a store that a manager leads, and what a process has that serves its pages: a login with their role, and the public half of the
// keyset.
type pagesScene struct {
	manager *sqlstore.Store
	fenced  store.FencedStore
	keyset  []byte
	admin   foreign
	owner   string // address of the manager
	address string // of the pages' login
	login   foreign
}

const pagesLogin = "pages_login"

func newPagesScene(t *testing.T) *pagesScene {
	t.Helper()
	address, admin := newPostgres(t)
	s := &pagesScene{keyset: newKeyset(t), admin: admin, owner: address, address: as(t, address, pagesLogin)}
	o := options(t)
	o.Sealer = load(t, s.keyset)
	s.manager = open(t, address, o)
	s.fenced = filled(t, s.manager)
	const role = "pages_of_tests"
	must(t, s.manager.GiveRights(t.Context(), sqlstore.Roles{Pages: role}))
	t.Cleanup(func() { _ = admin.exec(`DROP OWNED BY ` + role + `; DROP ROLE ` + role) })
	s.login = login(t, address, admin, pagesLogin, `GRANT `+role)
	return s
}

// publicHalf is what `manager keys public` prints.
func publicHalf(t testing.TB, keyset []byte) *seal.Sealer {
	t.Helper()
	public, err := seal.Public(keyset)
	must(t, err)
	sealer, err := seal.LoadPublic(public)
	must(t, err)
	return sealer
}

func (s *pagesScene) open(t *testing.T) *sqlstore.Store {
	t.Helper()
	pages, err := sqlstore.OpenPages(t.Context(), s.address, sqlstore.Options{Sealer: publicHalf(t, s.keyset)})
	must(t, err)
	t.Cleanup(func() { _ = pages.Close() })
	return pages
}

// mailedTo is the token of the newest mail to an address.
func (s *pagesScene) mailedTo(t *testing.T, address string) (token store.Secret) {
	t.Helper()
	for _, m := range mailed(t, s.fenced) {
		must(t, s.fenced.MailSent(t.Context(), m.ID))
		if m.To == address {
			token = m.Token
		}
	}
	return token
}

// Given a login with the role of the pages alone, when a holder walks from the first mail to a second password, and signs in by a second factor, then
// each step works.
func TestOpenPages_RoleOfThePages_SufficesForEachPage(t *testing.T) {
	s := newPagesScene(t)
	pages := s.open(t)
	must(t, pages.Ping(t.Context()))
	first := s.mailedTo(t, "alice@example.com")
	if link, err := pages.Link(t.Context(), first); err != nil || link.Email != "alice@example.com" {
		t.Fatalf("the first link: %+v, %v", link, err)
	}
	next, err := pages.ConfirmAddress(t.Context(), first)
	must(t, err)
	must(t, pages.ChoosePassword(t.Context(), next, store.NewSecret([]byte("$argon2id$first"))))
	if err := pages.CountLinkRequest(t.Context(), netip.MustParsePrefix("203.0.113.0/24")); err != nil {
		t.Error(err)
	}
	must(t, pages.RequestLink(t.Context(), store.LinkChoosePassword, "alice@example.com"))
	must(t, pages.RequestLink(t.Context(), store.LinkChoosePassword, "nobody@example.com"))
	must(t, pages.ChoosePassword(t.Context(), s.mailedTo(t, "alice@example.com"), store.NewSecret([]byte("$argon2id$second"))))
	signsIn(t, pages)
	changesHers(t, pages, idOf(t, s.fenced, "alice"))
	rows, err := s.admin.rows(`SELECT password_hash FROM accounts WHERE email = 'alice@example.com'`)
	must(t, err)
	if rows[0][0] != "$argon2id$third" {
		t.Errorf("the password's hash is %v", rows)
	}
	endsHers(t, s, pages)
}

// signsIn has alice set up a second factor, sign in by it, change her password and end her sessions.
func signsIn(t *testing.T, pages *sqlstore.Store) {
	t.Helper()
	ctx, from := t.Context(), store.Browser{Peer: "203.0.113.1"}
	judged, err := pages.TrySignIn(ctx, "alice@example.com", from)
	must(t, err)
	must(t, pages.EnrolBackupCodes(ctx, judged.AccountID, [][]byte{{1}, {2}}))
	must(t, pages.EnrolTOTP(ctx, judged.AccountID, "", store.NewSecret([]byte("seed")), 0))
	apps, err := pages.Factors(ctx, judged.AccountID)
	must(t, err)
	must(t, pages.NameFactor(ctx, judged.AccountID, apps[0].ID, "phone"))
	given, err := pages.BeginSession(ctx, judged, from)
	must(t, err)
	_, err = pages.Attempt(ctx, judged.AccountID, store.FactorBackupCode, time.Now())
	must(t, err)
	must(t, pages.AcceptBackupCode(ctx, judged.AccountID, []byte{1}))
	must(t, pages.AcceptStep(ctx, judged.AccountID, apps[0].ID, 1))
	given, err = pages.CompleteSession(ctx, given.Session, from)
	must(t, err)
	from.Token = given.Browser
	in, err := pages.Session(ctx, given.Session)
	must(t, err)
	must(t, pages.ProveSession(ctx, given.Session, judged, from))
	must(t, pages.RemoveFactor(ctx, judged.AccountID, apps[0].ID))
	_, err = pages.ChangePassword(ctx, given.Session, judged, store.NewSecret([]byte("$argon2id$third")), from)
	must(t, err)
	if all, err := pages.Sessions(ctx, in.AccountID); err != nil || len(all) != 1 {
		t.Errorf("sessions: %v, %v", all, err)
	}
	_, err = pages.BeginSubjectSession(ctx, store.Subject{Issuer: "https://login.example.com", Subject: "alice", Email: "alice@example.com"}, from)
	must(t, err)
	hasKeys(t, pages, in.AccountID)
	must(t, pages.EndOtherSessions(ctx, in.AccountID, "none"))
	if err := pages.EndSession(ctx, in.AccountID, in.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session ended twice: %v", err)
	}
}

// hasKeys has a holder make an API key, and programs use it.
func hasKeys(t *testing.T, pages *sqlstore.Store, account string) {
	t.Helper()
	ctx, mine := t.Context(), pages.Holder(account)
	made, text, err := mine.CreateKey(ctx, "", store.APIKey{AllRights: true})
	must(t, err)
	_, err = pages.Key(ctx, text)
	must(t, err)
	made, _, err = mine.ReplaceKey(ctx, made.ID)
	must(t, err)
	session, _, err := mine.BeginKeySession(ctx, made.ID)
	must(t, err)
	must(t, mine.AllowFactor(ctx, made.ID))
	_, err = pages.Key(ctx, session)
	must(t, err)
	if all, err := mine.Keys(ctx); err != nil || len(all) != 1 {
		t.Errorf("keys: %v, %v", all, err)
	}
	must(t, mine.DeleteKey(ctx, made.ID))
}

// changesHers has the holder of an account change what is hers.
func changesHers(t *testing.T, pages *sqlstore.Store, account string) {
	t.Helper()
	ctx, mine := t.Context(), pages.Holder(account)
	a, err := mine.Account(ctx)
	must(t, err)
	must(t, mine.Set(ctx, store.HolderSpec{Settings: store.Settings[*string]{Username: new(string)}, Events: map[string]string{"low_credit": "Enabled"}}))
	for range 2 {
		_, err = mine.PutEnvVars(ctx, []store.NamedValue{{Name: "MINE", Value: store.NewSecret([]byte("canary-mine"))}})
		must(t, err)
	}
	if all, err := mine.EnvVars(ctx); err != nil || len(all) != 2 {
		t.Errorf("variables: %v, %v", all, err)
	}
	must(t, mine.DeleteEnvVar(ctx, "MINE"))
	c := store.Connection{Type: "AmazonS3", Credentials: map[string]store.Secret{"key": store.NewSecret([]byte("canary-key"))}}
	for range 2 {
		c.ID, err = mine.PutConnection(ctx, c)
		must(t, err)
	}
	must(t, mine.RenameConnection(ctx, c.ID, "data"))
	if all, err := mine.Connections(ctx); err != nil || len(all) != 2 {
		t.Errorf("connections: %v, %v", all, err)
	}
	must(t, mine.DeleteConnection(ctx, c.ID))
	seesOthers(t, mine)
	if a.Email != "alice@example.com" {
		t.Errorf("the account: %+v", a)
	}
}

// Given what accounts hold, also as someone would have it who got it out of the database in another way, when the process that serves the pages
// tries to open it with all keys that it has, then nothing opens, not even what it sealed itself.
func TestPages_WithAllThatTheyHold_OpenNothing(t *testing.T) {
	s := newPagesScene(t)
	public, err := seal.Public(s.keyset)
	must(t, err)
	if _, err := seal.Load(public); err == nil {
		t.Error("the public half passes for a keyset")
	}
	sealer, seeds := publicHalf(t, s.keyset), load(t, newKeyset(t))
	for _, text := range []string{
		`SELECT account_id, 'env_vars', name, version, encode(value, 'hex') FROM env_vars`,
		`SELECT account_id, 'connections', id, version, encode(credentials, 'hex') FROM connections`,
	} {
		rows, err := s.admin.rows(text)
		must(t, err)
		if len(rows) == 0 {
			t.Errorf("nothing is sealed: %s", text)
		}
		for _, r := range rows {
			opensForManagersOnly(t, s.keyset, r, sealer, seeds)
		}
	}
	sealed, err := sealer.Seal([]byte("value"), []byte("place"))
	must(t, err)
	if _, err := sealer.Open(sealed, []byte("place")); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("what it sealed opened: %v", err)
	}
}

// opensForManagersOnly takes a row of its account, table, name, version and what it holds sealed, as hex.
func opensForManagersOnly(t *testing.T, keyset []byte, r []string, others ...*seal.Sealer) {
	t.Helper()
	sealed, err := hex.DecodeString(r[4])
	must(t, err)
	place := sqlstore.Place(int64(number(r[0])), r[1], r[2], int64(number(r[3])))
	if _, err := load(t, keyset).Open(sealed, place); err != nil {
		t.Errorf("the manager does not open it: %v", err)
	}
	for _, other := range others {
		if _, err := other.Open(sealed, place); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("%s opened: %v", r[1], err)
		}
	}
}

func TestOpenPages_StoreThatItMustNotUse_SaysWhy(t *testing.T) {
	s := newPagesScene(t)
	refuses := func(t *testing.T, address string, keyset []byte, passes bool, want string) {
		t.Helper()
		_, err := sqlstore.OpenPages(t.Context(), address, sqlstore.Options{Sealer: publicHalf(t, keyset)})
		startup := (*store.StartupError)(nil)
		if !errors.As(err, &startup) || startup.Passes != passes || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, wanted %s", err, want)
		}
	}
	refuses(t, "sqlite:///tmp/accounts.db", s.keyset, false, "the pages alone need a PostgreSQL store")
	refuses(t, s.address, newKeyset(t), false, "the store was sealed with another keyset than that of these public halves")
	must(t, s.admin.exec(`GRANT SELECT ON env_vars TO `+pagesLogin))
	refuses(t, s.address, s.keyset, false, "which the pages must not: env_vars.value")
	must(t, s.admin.exec(`REVOKE SELECT ON env_vars FROM `+pagesLogin))
	must(t, s.admin.exec(`REVOKE SELECT (theme) ON accounts FROM pages_of_tests`))
	refuses(t, s.address, s.keyset, true, "the database user lacks rights that the pages need: SELECT of accounts.theme")
	must(t, s.admin.exec(`GRANT SELECT (theme) ON accounts TO pages_of_tests`))
	must(t, s.admin.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)`))
	refuses(t, s.address, s.keyset, false, "the schema of the store has version 99")
	must(t, s.admin.exec(`DELETE FROM goose_db_version WHERE version_id = 99`))
	s.open(t)
	must(t, s.admin.exec(`DELETE FROM seal_check`))
	refuses(t, s.address, s.keyset, true, "the store has not been used yet")
	must(t, s.admin.exec(`DELETE FROM goose_db_version WHERE version_id > 25`))
	refuses(t, s.address, s.keyset, true, "has version 25 and these pages need")
	if _, err := sqlstore.OpenPages(t.Context(), s.address, sqlstore.Options{}); err == nil {
		t.Error("opened without a sealer")
	}
}

// Given a keyset that was rotated, then the pages go on with what `manager keys public` printed before as well as with what it prints now, until
// every value is under the newest key.
func TestOpenPages_KeysetIsRotated_HalvesOfBeforeDoUntilTheReseal(t *testing.T) {
	s := newPagesScene(t)
	rotated, err := seal.Rotate(s.keyset)
	must(t, err)
	opens := func(keyset []byte) error {
		pages, err := sqlstore.OpenPages(t.Context(), s.address, sqlstore.Options{Sealer: publicHalf(t, keyset)})
		if err == nil {
			must(t, pages.Close())
		}
		return err
	}
	if err := errors.Join(opens(s.keyset), opens(rotated)); err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Sealer, o.WithoutLock = load(t, rotated), true
	_, err = open(t, s.owner, o).Reseal(t.Context())
	must(t, err)
	if err := opens(rotated); err != nil {
		t.Error(err)
	}
	if err := opens(s.keyset); err == nil {
		t.Error("a public half of before the reseal was taken")
	}
}
