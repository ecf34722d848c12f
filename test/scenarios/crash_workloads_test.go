package scenarios

import (
	"context"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// workload is one thing that happens in a settled world.
type workload struct {
	name  string
	given func(*stage)
	when  func(*stage)
}

// workloads are all things that users do which the manager answers with side effects.
var workloads = []workload{
	{"a manager starts", func(s *stage) {
		s.stop()
		s.create(account("alice", email), secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token")))
		s.openGate()
	}, func(s *stage) { s.startManager() }},
	{"objects are restored", func(s *stage) {
		s.settles()
		s.stop()
		s.restored(here(s, envVarSet("base", "")), here(s, connectionAt("data", "")), here(s, account("alice", "")))
		s.openGate()
	}, func(s *stage) { s.startManager() }},

	{"a set is made", (*stage).settles, func(s *stage) {
		s.create(envVarSet("more", "alice", value("MORE", "1"), fromSecret("MORE_TOKEN", "hf", "token")))
	}},
	{"a set is rotated", (*stage).settles, func(s *stage) {
		change(s.scenario, here(s, secret("hf")), func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "another") })
	}},
	{"a holder chooses a theme", (*stage).settles, func(s *stage) { s.foreign(`UPDATE accounts SET theme = 'Light' WHERE email = '` + email + `'`) }},
	{"a variable is renamed", (*stage).settles, func(s *stage) {
		change(s.scenario, here(s, envVarSet("base", "")), func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0].Name = "TOKEN" })
	}},
	{"a set is deleted", (*stage).settles, func(s *stage) { s.delete(here(s, envVarSet("base", ""))) }},

	{"a team's set is made", (*stage).teams, func(s *stage) { s.create(teamSet(value("TEAM", "1"), fromSecret("TEAM_TOKEN", "hf", "token"))) }},
	{"a team's set is rotated", (*stage).equips, func(s *stage) {
		change(s.scenario, here(s, secret("hf")), func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "another") })
	}},
	{"an account leaves a team", (*stage).equips, func(s *stage) {
		change(s.scenario, here(s, account("bob", "")), func(a *v1alpha1.Account) { a.Labels = nil })
	}},
	{"a team's set is restored", func(s *stage) {
		s.equips()
		s.stop()
		s.restored(here(s, teamSet()))
		s.openGate()
	}, func(s *stage) { s.startManager() }},
	{"a team's set is deleted", (*stage).equips, func(s *stage) { s.delete(here(s, teamSet())) }},

	{"an account is made", (*stage).settles, func(s *stage) { s.create(account("carol", "carol@example.com")) }},
	{"an account is changed", (*stage).settles, func(s *stage) {
		change(s.scenario, here(s, account("alice", "")), func(a *v1alpha1.Account) {
			a.Spec.Email, a.Spec.Username, a.Spec.Preferences.Theme = "alice@example.org", ptr[v1alpha1.Line]("alice"), "Dark"
		})
	}},
	{"an invoice address is set", (*stage).settles, func(s *stage) {
		change(s.scenario, here(s, account("alice", "")), func(a *v1alpha1.Account) {
			a.Spec.Invoice = v1alpha1.Invoice{Name: ptr[v1alpha1.Line]("Alice"), Address: v1alpha1.PostalAddress{Country: ptr("DE")}}
		})
	}},
	{"an account is adopted", func(s *stage) {
		s.settles()
		s.foreign(insertOld)
		s.vouch()
	}, func(s *stage) { s.create(adopting("old", "old@example.com", v1alpha1.AdoptIfUnclaimed)) }},
	{"an account comes back", func(s *stage) {
		s.settles()
		bob := here(s, account("bob", ""))
		s.delete(bob)
		s.isGone(bob)
	}, func(s *stage) { s.create(adopting("bob", "bob@example.com", v1alpha1.AdoptRestore)) }},
	{"an account is deleted", (*stage).settles, func(s *stage) { s.delete(here(s, account("alice", ""))) }},

	{"a connection is made", (*stage).settles, func(s *stage) { s.create(keySecretOf("more"), connectionAt("more", s.provider)) }},
	{"a connection is rotated", (*stage).settles, func(s *stage) {
		change(s.scenario, here(s, secret("data")), func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(canary + "another") })
	}},
	{"a connection is deleted", (*stage).settles, func(s *stage) { s.delete(here(s, connectionAt("data", ""))) }},

	{"what a foreigner changes is reported", (*stage).reports, func(s *stage) {
		s.foreign(`UPDATE accounts SET theme = 'Light' WHERE email = '` + email + `'`)
		s.foreign(`DELETE FROM env_vars WHERE name = 'MODE'`)
		s.foreign(`UPDATE connections SET bucket = 'elsewhere'`)
	}},
	{"what a foreigner changed is as it was", func(s *stage) {
		s.reports()
		s.foreign(`UPDATE accounts SET theme = 'Light' WHERE email = '` + email + `'`)
		s.foreign(`UPDATE connections SET bucket = 'elsewhere'`)
		s.reportsDrift(here(s, account("alice", "")), "preferences.theme")
		s.reportsDrift(here(s, connectionAt("data", "")), "bucket")
	}, func(s *stage) {
		s.foreign(`UPDATE accounts SET theme = 'Dark' WHERE email = '` + email + `'`)
		s.foreign(`UPDATE connections SET bucket = 'data'`)
	}},

	{"a confirmation is sent again", (*stage).settles, acts(v1alpha1.ActionResendVerificationEmail)},
	{"a password reset is asked for", (*stage).settles, acts(v1alpha1.ActionSendPasswordReset)},
	{"a second factor is reset", (*stage).enrols, acts(v1alpha1.ActionResetTwoFactor)},
}

// ends wait for the end of those workloads which begin in the store, or go on from one object to the next: that a manager has not begun to
// answer them, no generation of an object shows, and on a busy machine it may be quiet for long before it does.
var ends = map[string]func(*stage){
	"a manager starts": func(s *stage) { s.becomesReady(here(s, account("alice", "")), here(s, envVarSet("base", ""))) },
	"objects are restored": func(s *stage) {
		s.becomesReady(here(s, account("alice", "")), here(s, envVarSet("base", "")), here(s, connectionAt("data", "")))
	},
	"a holder chooses a theme": func(s *stage) {
		s.eventually(soon, func() string {
			alice := here(s, account("alice", ""))
			s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(alice), alice))
			if alice.Status.Settings.Theme != "Light" {
				return "status shows another theme"
			}
			return ""
		})
	},
	"what a foreigner changes is reported": func(s *stage) {
		s.reportsDrift(here(s, account("alice", "")), "preferences.theme")
		s.reportsDrift(here(s, envVarSet("base", "")), "MODE")
		s.reportsDrift(here(s, connectionAt("data", "")), "bucket")
	},
	"what a foreigner changed is as it was": func(s *stage) {
		s.reportsDrift(here(s, account("alice", "")))
		s.reportsDrift(here(s, connectionAt("data", "")))
	},
}

func acts(what v1alpha1.ActionType) func(*stage) {
	return func(s *stage) { s.create(action("now", "alice", what)) }
}

// enrols settles, and has alice's holder set a second factor up.
func (s *stage) enrols() {
	s.Helper()
	s.settles()
	s.foreign(`INSERT INTO factors (account_id, method) SELECT id, 'BackupCode' FROM accounts WHERE email = '` + email + `'`)
	s.hasConditionWithin(here(s, account("alice", "")), v1alpha1.ConditionTwoFactorEnabled, "True", v1alpha1.ReasonEnrolled)
}

// settles makes two accounts, one with a set, a verified connection, and a team that goes to the other one.
func (s *stage) settles() {
	s.Helper()
	alice, bob := account("alice", email), account("bob", "bob@example.com")
	alice.Spec.Deletion = toHeir("bob")
	data := connectionAt("data", s.provider)
	set := envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"), value("MODE", "1"))
	s.create(bob, alice, secret("hf", "token", "1"), set, keySecretOf("data"), data)
	s.becomesReady(alice, bob, set, data)
	s.verifies(data, "True", v1alpha1.ReasonAccepted)
	s.owns(email, "research")
	s.eventually(soon, func() string {
		if len(s.arrived()) != 2 || s.count(`SELECT count(*) FROM mails WHERE state = 'Waiting'`) != 0 {
			return "not all mails have arrived"
		}
		return ""
	})
}

// teams settles, and has both accounts be of a team.
func (s *stage) teams() {
	s.Helper()
	s.settles()
	for _, name := range []string{"alice", "bob"} {
		change(s.scenario, here(s, account(name, "")), func(a *v1alpha1.Account) { a.Labels = maps.Clone(vision) })
	}
}

// equips gives the team a set.
func (s *stage) equips() {
	s.Helper()
	s.teams()
	set := teamSet(value("TEAM", "1"), fromSecret("TEAM_TOKEN", "hf", "token"))
	s.create(set)
	s.eventually(soon, func() string {
		if s.becomesReady(set); set.Status.Accounts.Progress != "2/2" {
			return "one of the team has not what it is to have"
		}
		return ""
	})
}

// reports settles, and has everything report what strangers do.
func (s *stage) reports() {
	s.Helper()
	s.settles()
	alice, set, data := here(s, account("alice", "")), here(s, envVarSet("base", "")), here(s, connectionAt("data", ""))
	change(s.scenario, alice, func(a *v1alpha1.Account) {
		a.Spec.DriftPolicy, a.Spec.Preferences.Theme = v1alpha1.DriftReport, "Dark"
	})
	change(s.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.DriftPolicy = v1alpha1.DriftReport })
	change(s.scenario, data, func(c *v1alpha1.CloudConnection) { c.Spec.DriftPolicy = v1alpha1.DriftReport })
	s.becomesReady(alice, set, data)
}

// here is an object by its name.
func here[T client.Object](s *stage, obj T) T {
	obj.SetNamespace(s.ns)
	return obj
}

func keySecretOf(name string) *corev1.Secret {
	return secret(name, "access-key-id", "1", "secret-access-key", "2")
}
