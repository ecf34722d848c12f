package controller

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Given rows that other programs wrote and no schema of a status admits, when they are reported, then the Account is Ready all the
// same, status has all that it can have, and a condition names what is left out, without a value of it.
func TestStatus_ForeignRowsThatItCannotShow_IsWrittenWithoutThem(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	alice := account2(s, "alice")
	s.foreign(`UPDATE accounts SET username = ?`, strings.Repeat("u", 5000))
	s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'Weekly-Digest', 'Enabled' FROM accounts`)
	for n := range 65 {
		s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, ?, 'Enabled' FROM accounts`, fmt.Sprintf("kind_%02d", n))
	}

	var told *metav1.Condition
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		told = meta.FindStatusCondition(alice.Status.Conditions, v1alpha1.ConditionIncomplete)
		if told == nil || len(alice.Status.Settings.Events) != 64 || len(alice.Status.Settings.Username) < 4000 {
			return fmt.Sprintf("%d events, %s", len(alice.Status.Settings.Events), describe(alice.Status.Conditions))
		}
		if !strings.Contains(told.Message, "(2)") { // the last type is not read yet
			return "the condition says: " + told.Message
		}
		return ""
	})
	for _, want := range []string{"settings.events[] (2)", "settings.username"} {
		if !strings.Contains(told.Message, want) || strings.Contains(told.Message, "Weekly") {
			t.Errorf("the condition says: %s", told.Message)
		}
	}

	// when the other program takes them back, then nothing more is left out
	s.foreign(`DELETE FROM notification_prefs WHERE type = 'Weekly-Digest' OR type > 'kind_1'`)
	s.foreign(`UPDATE accounts SET username = 'alice'`)
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		return strings.Join(conditionTypes(alice, v1alpha1.ConditionIncomplete), "")
	})
}

// Given a machine of an ID that no status admits, when the account is deleted, then it says that the machine is in the way.
func TestStatus_BlockerThatItCannotShow_SaysThatDeletionIsBlocked(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	alice := account2(s, "alice")
	s.foreign(`INSERT INTO machines (id, account_id) SELECT ?, id FROM accounts`, strings.Repeat("m", 200))

	s.delete(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	if len(alice.Status.DeletionBlockers) != 1 || !s.has(alice, v1alpha1.ConditionIncomplete) {
		t.Errorf("blockers %+v, conditions %s", alice.Status.DeletionBlockers, describe(alice.Status.Conditions))
	}
	s.foreign(`DELETE FROM machines`)
	s.isGone(alice)
}

func conditionTypes(o object, of string) (found []string) {
	for _, c := range o.CommonStatus().Conditions {
		if c.Type == of {
			found = append(found, c.Type)
		}
	}
	return found
}

// Given any status at all, in every field that a kind has, when it is made fit, then the API server takes it, and has it as it was sent.
func TestFit_AnyStatus_IsTakenByTheAPIServer(t *testing.T) {
	s := newScenario(t)
	s.stop()
	for name, obj := range map[string]client.Object{
		"Account": account("alice", email), "EnvVarSet": envVarSet("base", "alice", value("A", "1")),
		"CloudConnection": s3Connection("data", "alice", "s3"), "AccountAction": action("now", "alice", v1alpha1.ActionResetTwoFactor),
	} {
		s.create(obj)
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				now := obj.DeepCopyObject().(client.Object)
				_, status := statusIn(now)
				all := reflect.ValueOf(status).Elem()
				anything(r, all, "")
				fit(obj, now)
				*conditionsIn(now) = nil
				if of := all.FieldByName("ObservedGeneration"); of.IsZero() {
					of.SetInt(1) // a status with nothing in it has a default
				}
				sent := now.DeepCopyObject().(client.Object)
				if err := s.api.Status().Update(context.Background(), now); err != nil {
					r.Fatal(err)
				}
				obj.SetResourceVersion(now.GetResourceVersion())
				if !sameStatus(sent, now) {
					was, _ := ownStatus(sent)
					is, _ := ownStatus(now)
					r.Fatalf("it is another afterwards (-sent +got):\n%s", cmp.Diff(was, is))
				}
			})
		})
	}
}

// anything fills a value with what fits and what does not.
func anything(r *rapid.T, v reflect.Value, path string) {
	if _, is := v.Interface().(metav1.Time); is {
		at := rapid.Int64Range(-100_000_000_000, 400_000_000_000).Draw(r, path)
		v.Set(reflect.ValueOf(metav1.Time{Time: time.Unix(at, 0)}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts.Draw(r, path))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(r, path)))
	case reflect.Int64:
		v.SetInt(rapid.Int64().Draw(r, path))
	case reflect.Pointer:
		if rapid.Bool().Draw(r, path) {
			v.Set(reflect.New(v.Type().Elem()))
			anything(r, v.Elem(), path)
		}
	case reflect.Slice:
		anyList(r, v, path)
	case reflect.Struct:
		anyFields(r, v, path)
	}
}

// anyList draws the first few items: the others are alike, since drawing takes most of the time.
func anyList(r *rapid.T, v reflect.Value, path string) {
	const drawn = 12
	n := rapid.SampledFrom([]int{0, 1, 2, 3, drawn, 120, 1500}).Draw(r, path)
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		if i < drawn {
			anything(r, v.Index(i), path)
			continue
		}
		v.Index(i).Set(v.Index(i % drawn))
		if item := v.Index(i); item.Kind() == reflect.String {
			item.SetString(fmt.Sprint(item.String(), i))
		}
	}
}

func anyFields(r *rapid.T, v reflect.Value, path string) {
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != conditionsField {
			anything(r, v.Field(i), path+"."+name)
		}
	}
}

var texts = rapid.OneOf(
	rapid.SampledFrom([]string{
		"", "Enabled", "Disabled", "Dark", "System", "Secret", "ConfigMap", "Required", "Subscribed", "low_credit", "Weekly-Digest", " ",
		"\xff\xfe", "\x00", "a\nb", strings.Repeat("x", 5000), strings.Repeat("ä", 253), strings.Repeat("€", 4097), "…",
	}),
	rapid.String(),
)
