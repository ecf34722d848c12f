package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// listener reads a feed.
type listener struct {
	*scene

	feed <-chan store.Claim
	end  context.CancelFunc
}

func (s *scene) listen(fenced store.FencedStore) *listener {
	s.Helper()
	ctx, cancel := context.WithCancel(s.ctx)
	feed, err := fenced.Changes(ctx)
	s.must(err)
	l := &listener{scene: s, feed: feed, end: cancel}
	s.Cleanup(l.stop)
	return l
}

// stop ends the feed and waits for its channel to close.
func (l *listener) stop() {
	l.end()
	for range l.feed {
	}
}

// hears waits for these claims, in any order, and fails at any other.
func (l *listener) hears(want ...store.Claim) {
	l.Helper()
	missing := map[store.Claim]bool{}
	for _, c := range want {
		missing[c] = true
	}
	deadline := time.After(10 * time.Second)
	for len(missing) > 0 {
		select {
		case c, open := <-l.feed:
			if c.Kind == store.KindMail && !missing[c] { // whoever makes an account notifies of its mail
				continue
			}
			if !open || !missing[c] {
				l.Fatalf("heard %v (open: %t), wanted %v", c, open, want)
			}
			delete(missing, c)
		case <-deadline:
			l.Fatalf("did not hear %v", missing)
		}
	}
}

// silent makes sure that nothing else was delivered, by a foreign write that is heard next.
func (l *listener) silent() {
	l.Helper()
	l.put(account("last"))
	l.foreign(`UPDATE accounts SET username = username || 'x' WHERE uid = 'uid-a-last'`)
	l.hears(account("last"))
}

var feed = []promise{
	{"ChangeFeed/own writes are not delivered", func(s *scene) {
		l := s.listen(s.fenced)
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		s.must(s.fenced.Connections().Delete(s.ctx, connection("data"), false))
		s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), false))
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		l.silent()
	}},
	{"ChangeFeed/foreign writes are delivered, once a claim and read", foreignWrites},
	{"ChangeFeed/what changed before the feed began is delivered", func(s *scene) {
		s.put(account("alice"))
		s.foreign(`UPDATE accounts SET username = 'x'`)
		s.listen(s.fenced).hears(account("alice"))
	}},
	{"ChangeFeed/a feed that starts again misses nothing", func(s *scene) {
		s.put(account("alice"))
		l := s.listen(s.fenced)
		l.silent()
		l.stop()
		s.foreign(`UPDATE accounts SET username = 'x' WHERE uid = 'uid-a-alice'`)
		s.listen(s.fenced).hears(account("alice"))
	}},
	{"ChangeFeed/what nobody has read yet is the next leader's", func(s *scene) {
		alice := s.put(account("alice"))
		s.must(s.putReferred("bob", alice.Referral.Code)) // concerns alice, and makes nothing stale
		s.fenced = s.lead(lease)
		s.listen(s.fenced).hears(account("alice"))
	}},
	{"ChangeFeed/every lease of the cluster is notified, another cluster is not", func(s *scene) {
		s.put(account("alice"))
		other := s.listen(s.lead("other-class"))
		foreigner, err := s.Store.Lead(s.ctx, "cluster-2", lease)
		s.must(err)
		elsewhere, own := s.listen(foreigner), s.listen(s.fenced)
		s.foreign(`UPDATE accounts SET username = 'x'`)
		own.hears(account("alice"))
		other.hears(account("alice"))
		if n := s.count(`SELECT count(*) FROM changes WHERE cluster = 'cluster-2'`); n != "0" {
			s.Errorf("%s rows", n)
		}
		elsewhere.stop()
	}},
	{"ChangeFeed/a former leader's feed takes nothing away and ends", func(s *scene) {
		s.put(account("alice"))
		former := s.listen(s.fenced)
		s.fenced = s.lead(lease)
		s.foreign(`UPDATE accounts SET username = 'x'`)
		for c := range former.feed {
			if c.Kind != store.KindMail { // alice's came before
				s.Errorf("heard %v", c)
			}
		}
		s.listen(s.fenced).hears(account("alice"))
	}},
	{"ChangeFeed/more changes than one batch are all delivered", func(s *scene) {
		const many = 1500
		s.foreign(`INSERT INTO accounts (email, cluster, uid) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
			SELECT CAST(i AS TEXT) || '@example.com', 'cluster-1', CAST(i AS TEXT) FROM n`)
		var all []store.Claim
		for n := range many {
			all = append(all, store.Claim{Cluster: cluster, Kind: store.KindAccount, UID: fmt.Sprint(n + 1)})
		}
		s.listen(s.fenced).hears(all...)
	}},
	{"ChangeFeed/a claim waits once to be read, however often its rows change", func(s *scene) {
		s.put(account("alice"))
		for range 20 {
			s.foreign(`UPDATE accounts SET username = username || 'x'`)
			s.foreign(`INSERT INTO notification_prefs SELECT id, 'outbid', 'Enabled' FROM accounts WHERE email = 'alice@example.com'`)
			s.foreign(`DELETE FROM notification_prefs`)
		}
		if n := s.count(`SELECT count(*) FROM changes WHERE kind = 'Account'`); n != "1" {
			s.Errorf("%s rows wait", n)
		}
		s.listen(s.fenced).hears(account("alice"))
	}},
	{"ChangeFeed/a context that ends closes the channel", func(s *scene) {
		s.listen(s.fenced).stop()
	}},
	{"ChangeFeed/an unread feed does not keep the store from closing", func(s *scene) {
		s.put(account("alice"))
		s.foreign(`UPDATE accounts SET username = 'x'`)
		l := s.listen(s.fenced)
		l.end()
		s.Store = s.Reopen()
	}},
}

func foreignWrites(s *scene) {
	s.put(account("alice"))
	s.sync(account("alice"), set("a"), vars{"A": "1", "B": "2"})
	_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
	s.must(err)
	l := s.listen(s.fenced)
	s.foreign(`UPDATE accounts SET theme = 'Dark'`)
	l.hears(account("alice"))
	s.foreign(`DELETE FROM env_vars WHERE owner_uid IS NOT NULL`)
	l.hears(set("a"))
	s.foreign(`UPDATE connections SET bucket = 'x'`)
	l.hears(connection("data"))
	s.foreign(`DELETE FROM connections`)
	l.hears(connection("data"))
	l.silent()
	if _, err := s.fenced.Connections().Get(s.ctx, connection("data")); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("got %v", err)
	}
}
