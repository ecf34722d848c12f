package clamp

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
)

// Given a status with what a store may have, when it is made fit, then what its schema admits stays as it is, the rest is cut or left
// out, and the paths of that are returned. That the API server takes what comes out, whatever goes in, the controller's tests prove.
func TestStatus_WhatTheStoreHas_IsCutOrLeftOut(t *testing.T) {
	long := strings.Repeat("ä", 5000)
	for name, c := range map[string]struct {
		status, want any
		left         []string
	}{
		"all is admitted": {
			&v1alpha1.AccountStatus{AccountID: "1", Settings: &v1alpha1.AccountSettings{Username: "a", Theme: "Dark"}},
			&v1alpha1.AccountStatus{AccountID: "1", Settings: &v1alpha1.AccountSettings{Username: "a", Theme: "Dark"}}, nil,
		},
		"a text that is too long is cut between two characters": {
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Username: v1alpha1.Line(long)}},
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Username: v1alpha1.Line(strings.Repeat("ä", 4095) + "…")}}, []string{"settings.username"},
		},
		"a text in which something hides is left out": {
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Username: "al\u202eice", Theme: "Dark"}},
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Theme: "Dark"}}, []string{"settings.username"},
		},
		"a choice that there is not is left out": {
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Username: "a", Theme: "Blue"}},
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Username: "a"}}, []string{"settings.theme"},
		},
		"an item of a form that is not admitted, without its key, or twice, is left out": {
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Events: []v1alpha1.EventNotification{
				{Type: "Weekly-Digest", Email: "Enabled"}, {Type: "low_credit", Email: "Enabled"}, {Type: "low_credit", Email: "Disabled"}, {Email: "Enabled"}, {},
			}}},
			&v1alpha1.AccountStatus{Settings: &v1alpha1.AccountSettings{Events: []v1alpha1.EventNotification{{Type: "low_credit", Email: "Enabled"}}}},
			[]string{"settings.events[] (4)", "settings.events[].type"},
		},
		"what lacks what it must have is left out": {
			&v1alpha1.AccountStatus{Referral: &v1alpha1.ReferralStatus{Link: "https://example.com"}}, &v1alpha1.AccountStatus{}, []string{"referral"},
		},
		"a number or a moment that cannot be is left out": {
			&v1alpha1.AccountStatus{EnvVarCount: new(int32(-1)), EmailVerifiedTime: &metav1.Time{Time: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)}},
			&v1alpha1.AccountStatus{}, []string{"emailVerifiedTime", "envVarCount"},
		},
		"names that are equal once they are cut are one": {
			&v1alpha1.EnvVarSetStatus{CommonStatus: v1alpha1.CommonStatus{Drifted: []string{long, long + "b", "A"}}},
			&v1alpha1.EnvVarSetStatus{CommonStatus: v1alpha1.CommonStatus{Drifted: []string{strings.Repeat("ä", 252) + "…", "A"}}},
			[]string{"drifted[] (3)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			kind := "Account"
			if _, is := c.status.(*v1alpha1.EnvVarSetStatus); is {
				kind = "EnvVarSet"
			}
			left := Status(kind, c.status)
			if diff := cmp.Diff(c.want, c.status); diff != "" {
				t.Errorf("status (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.left, left); diff != "" {
				t.Errorf("left out (-want +got):\n%s", diff)
			}
			if again := Status(kind, c.status); len(again) != 0 {
				t.Errorf("what is fit was made fit again: %v", again)
			}
		})
	}
}

func TestStatuses_EveryKind_HasASchema(t *testing.T) {
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds.All {
		if all[string(k.Name)] == nil {
			t.Errorf("%s has none", k.Name)
		}
	}
}

func TestSchema_RuleOfAnotherForm_IsRefused(t *testing.T) {
	s := &schema{Properties: map[string]*schema{"a": {Items: &schema{Rules: []rule{{Rule: "self.size() > 3"}}}}}}
	if s.compile() == nil {
		t.Error("a rule that nothing is made fit for was accepted")
	}
}
