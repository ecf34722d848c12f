package sqlstore_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// generation is what happens to many accounts, one after the other, from the first that is made to the last that is purged.
type generation struct {
	testing.TB
	store   *sqlstore.Store
	fenced  store.FencedStore
	foreign foreign
	objects int
	calls   int // of the store
}

// raise lets so many accounts live in a store that is empty, and returns how many calls that took.
func raise(t testing.TB, s *sqlstore.Store, foreign foreign, objects int) (calls int) {
	t.Helper()
	fenced, err := s.Lead(t.Context(), "c", "l")
	must(t, err)
	g := &generation{TB: t, store: s, fenced: fenced, foreign: foreign, objects: objects}
	g.apply("one")
	g.confirm()
	g.apply("two")
	g.holders()
	g.many()
	g.moves()
	g.ends()
	return g.calls
}

// each makes a call for each account, or for its set, or for its connection.
func (g *generation) each(call func(account, set, connection store.Claim) error) {
	g.Helper()
	for n := range g.objects {
		name := strconv.Itoa(n)
		must(g, call(claim(store.KindAccount, "a"+name), claim(store.KindEnvVarSet, "s"+name), claim(store.KindCloudConnection, "c"+name)))
		g.calls++
	}
}

func (g *generation) apply(text string) {
	g.Helper()
	mark := store.Mark{Generation: 1, Record: text}
	g.each(func(account, _, _ store.Claim) error {
		_, err := g.fenced.PutAccount(g.Context(), account, store.AccountSpec{Email: account.UID + "@example.com", Settings: store.Settings[*string]{Username: &text}}, mark)
		return err
	})
	g.each(func(account, set, _ store.Claim) error {
		return g.fenced.SyncEnvVars(g.Context(), account, set, ten(len(text)))
	})
	g.each(func(account, _, connection store.Claim) error {
		_, err := g.fenced.Connections().Put(g.Context(), connection, account, store.Connection{Type: "AmazonS3", Bucket: text}, mark)
		return err
	})
}

// confirm sends the mails that a new account causes, and follows their links.
func (g *generation) confirm() {
	g.Helper()
	mails, _, err := g.fenced.TakeMails(g.Context(), true, g.objects+1, time.Minute) // not a full batch: it looks for the next one as well
	must(g, err)
	if len(mails) != g.objects {
		g.Fatalf("%d mails", len(mails))
	}
	for _, m := range mails {
		must(g, g.fenced.MailSent(g.Context(), m.ID))
		_, err := g.store.Link(g.Context(), m.Token)
		must(g, err)
		next, err := g.store.ConfirmAddress(g.Context(), m.Token)
		must(g, err)
		must(g, g.store.ChoosePassword(g.Context(), next, store.NewSecret([]byte("hash"))))
		g.calls += 4
	}
}

// holders prove who they are and ask for help.
func (g *generation) holders() {
	g.Helper()
	g.each(func(account, _, _ store.Claim) error {
		a, err := g.fenced.Account(g.Context(), account)
		must(g, err)
		must(g, g.store.EnrolTOTP(g.Context(), a.ID, "", store.NewSecret([]byte("seed")), 0))
		must(g, g.store.EnrolBackupCodes(g.Context(), a.ID, [][]byte{[]byte(a.ID)}))
		_, err = g.store.Attempt(g.Context(), a.ID, store.FactorTOTP, time.Now())
		must(g, err)
		all, err := g.store.Factors(g.Context(), a.ID)
		must(g, err)
		must(g, g.store.NameFactor(g.Context(), a.ID, all[0].ID, "phone"))
		must(g, g.store.AcceptStep(g.Context(), a.ID, all[0].ID, 1))
		must(g, g.store.AcceptBackupCode(g.Context(), a.ID, []byte(a.ID)))
		g.calls += 5
		return g.store.RequestLink(g.Context(), store.LinkChoosePassword, account.UID+"@example.com")
	})
	g.signIn()
	g.each(func(account, _, _ store.Claim) error {
		_, err := g.fenced.Act(g.Context(), claim(store.KindAccountAction, "act-"+account.UID), account, store.ActionRequest{Type: store.ActionSendPasswordReset})
		return err
	})
}

// signIn has each account sign in, with the code of a second factor, look at its sessions, and take another password.
func (g *generation) signIn() {
	g.Helper()
	from := store.Browser{Peer: "192.0.2.1", UserAgent: "laptop"}
	g.each(func(account, _, _ store.Claim) error {
		judged, err := g.store.TrySignIn(g.Context(), account.UID+"@example.com", from)
		must(g, err)
		half, err := g.store.BeginSession(g.Context(), judged, from)
		must(g, err)
		whole, err := g.store.CompleteSession(g.Context(), half.Session, from)
		must(g, err)
		in, err := g.store.Session(g.Context(), whole.Session)
		must(g, err)
		_, err = g.store.Sessions(g.Context(), in.AccountID)
		must(g, err)
		must(g, g.store.ProveSession(g.Context(), whole.Session, judged, from))
		again, err := g.store.ChangePassword(g.Context(), whole.Session, judged, store.NewSecret([]byte("other")), from)
		must(g, err)
		_, err = g.store.BeginSubjectSession(g.Context(), store.Subject{Issuer: "https://login.example.com", Subject: account.UID, Email: in.Email}, from)
		must(g, err)
		must(g, g.store.EndOtherSessions(g.Context(), in.AccountID, ""))
		all, err := g.store.Factors(g.Context(), in.AccountID)
		must(g, err)
		must(g, g.store.RemoveFactor(g.Context(), in.AccountID, all[0].ID))
		must(g, failsAs(g.store.CompleteSession(g.Context(), again.Session, from)))
		g.calls += 9
		g.useKeys(in.AccountID)
		return nil
	})
}

// useKeys has a holder make an API key, and a program use it.
func (g *generation) useKeys(account string) {
	g.Helper()
	of := g.store.Holder(account)
	made, _, err := of.CreateKey(g.Context(), "", store.APIKey{AllRights: true})
	must(g, err)
	made, text, err := of.ReplaceKey(g.Context(), made.ID)
	must(g, err)
	_, err = g.store.Key(g.Context(), text)
	must(g, err)
	session, _, err := of.BeginKeySession(g.Context(), made.ID)
	must(g, err)
	_, err = g.store.Key(g.Context(), session)
	must(g, err)
	must(g, of.AllowFactor(g.Context(), made.ID))
	_, err = of.Keys(g.Context())
	must(g, err)
	must(g, of.DeleteKey(g.Context(), made.ID))
	g.calls += 8
}

// failsAs is nil for a call that found nothing.
func failsAs[T any](_ T, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return fmt.Errorf("it found something: %w", err)
}

func (g *generation) moves() {
	g.Helper()
	g.each(func(_, _, connection store.Claim) error {
		_, err := g.fenced.Connections().Get(g.Context(), connection)
		return err
	})
	g.each(func(account, set, _ store.Claim) error {
		again := set
		again.UID = "again"
		_, err := g.fenced.FormerOwners(g.Context(), account, again)
		return err
	})
	g.each(func(_, set, _ store.Claim) error { return g.fenced.Rebind(g.Context(), set, moved(set)) })
	g.each(func(_, _, connection store.Claim) error {
		return g.fenced.Connections().Delete(g.Context(), connection, false)
	})
}

// many is a set that has variables of all accounts.
func (g *generation) many() {
	g.Helper()
	owner, accounts := claim(store.KindEnvVarSet, "many"), []store.Claim{}
	g.each(func(account, _, _ store.Claim) error { accounts = append(accounts, account); return nil })
	for round := range 2 {
		for batch := range slices.Chunk(accounts, store.MaxPairs) {
			_, err := g.fenced.SyncPairs(g.Context(), owner, batch, []string{"OF_MANY", "V1"}, func(p store.Pair, _ []store.EnvVar) store.EnvVarPlan {
				return store.EnvVarPlan{
					Changes: []store.EnvVarChange{
						{Op: store.EnvVarSet, Name: "OF_MANY", Value: store.NewSecret(fmt.Append(nil, round))},
						{Op: store.EnvVarAwait, Name: "V1"},
					},
					Mark: &store.Mark{Record: "r"}, Forget: round == 1 && p.Account.UID == "a0",
				}
			})
			must(g, err)
		}
		g.calls += len(accounts)
	}
	must(g, store.EachPair(g.Context(), g.fenced, owner, func(store.Pair) error { g.calls++; return nil }))
	must(g, g.fenced.SettlePairs(g.Context(), owner, store.Mark{Record: "r"}))
	must(g, g.fenced.RemoveEnvVars(g.Context(), owner, true))
	must(g, g.fenced.RemoveEnvVars(g.Context(), owner, false))
}

func moved(set store.Claim) store.Claim { return claim(store.KindEnvVarSet, "new-"+set.UID) }

// ends deletes and purges all but one account, which has a machine.
func (g *generation) ends() {
	g.Helper()
	must(g, g.foreign.exec(`INSERT INTO machines (id, account_id) SELECT 'm', id FROM accounts WHERE uid = 'a0'`))
	g.each(func(account, _, _ store.Claim) error {
		err := g.fenced.DeleteAccount(g.Context(), account, store.Deletion{})
		if blocked := (*store.BlockedError)(nil); errors.As(err, &blocked) && account.UID == "a0" {
			return nil
		}
		return err
	})
	g.each(func(_, set, _ store.Claim) error { return g.fenced.RemoveEnvVars(g.Context(), moved(set), false) })
	purged, err := g.fenced.Purge(g.Context(), time.Now().Add(time.Hour))
	must(g, err)
	if g.calls += purged; purged != g.objects-1 {
		g.Errorf("%d accounts were purged", purged)
	}
}
