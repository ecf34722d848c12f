package storetest

import (
	"errors"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// notified: for each type the platform team may say whether it is mailed, and the account holder for the others.
var notified = []promise{
	{"Notifications/every type that the store knows can be enabled", func(s *scene) {
		want := map[string]string{}
		for _, t := range s.Store.Capabilities().Notifications {
			want[t.Name] = "Enabled"
		}
		got, err := s.putEvents(want)
		s.must(err)
		if diff := cmp.Diff(want, got.Events); diff != "" || len(want) < 20 {
			s.Error(diff)
		}
	}},
	{"Notifications/a mandatory one cannot be disabled, nor an unknown one chosen", func(s *scene) {
		refused := []map[string]string{{"weather": "Enabled"}, {"": "Enabled"}, {"low_credit": "Maybe"}, {"low_credit": ""}}
		for _, t := range s.Store.Capabilities().Notifications {
			_, err := s.putEvents(map[string]string{t.Name: "Disabled"})
			if (err != nil) != t.Mandatory {
				s.Errorf("%s: got %v", t.Name, err)
			}
			if t.Mandatory {
				refused = append(refused, map[string]string{t.Name: "Disabled"})
			}
		}
		if len(refused) != 4+3 {
			s.Errorf("%d mandatory types", len(refused)-4)
		}
		for _, events := range refused {
			invalid := (*store.InvalidError)(nil)
			if _, err := s.putEvents(events); !errors.As(err, &invalid) || invalid.Field != "notifications.events" {
				s.Errorf("%v: got %v", events, err)
			}
		}
	}},
	{"Notifications/what the account holder chose is kept and shown", func(s *scene) {
		_, err := s.putEvents(map[string]string{"low_credit": "Disabled"})
		s.must(err)
		l := s.listen(s.fenced)
		s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'outbid', 'Disabled' FROM accounts`)
		l.hears(account("alice"))
		got, err := s.putEvents(map[string]string{"low_credit": "Enabled"})
		s.must(err)
		if diff := cmp.Diff(map[string]string{"low_credit": "Enabled", "outbid": "Disabled"}, got.Events); diff != "" {
			s.Error(diff)
		}
		s.foreign(`DELETE FROM notification_prefs`)
		l.hears(account("alice"))
		l.silent()
	}},
}

func (s *scene) putEvents(events map[string]string) (store.Account, error) {
	return s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: email("alice"), Events: events}, mark("r-alice"))
}
