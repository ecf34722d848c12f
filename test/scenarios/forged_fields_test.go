package scenarios

import (
	"maps"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// forgedTime is long ago.
var forgedTime = metav1.NewTime(time.Unix(1_000_000_000, 0))

// commonForgeries are of the fields that all kinds but AccountAction have in common. What Conditions says beside Ready is
// forged here; Ready itself goes on to say that the object is in sync.
func commonForgeries[T object.Object]() map[string]func(T) {
	return map[string]func(T){
		"Conditions":         func(o T) { meta.SetStatusCondition(&o.CommonStatus().Conditions, forgedCondition) },
		"ObservedGeneration": func(o T) { o.CommonStatus().ObservedGeneration = 4711 },
		"LastHandledRequest": func(o T) { o.CommonStatus().LastHandledRequest = "forged" },
		"Signature":          func(o T) { o.CommonStatus().Signature = "forged" },
		"Drifted":            func(o T) { o.CommonStatus().Drifted = []string{"forged"} },
	}
}

var forgedCondition = metav1.Condition{
	Type: v1alpha1.ConditionStalled, Status: metav1.ConditionTrue, Reason: "Forged", Message: "forged", LastTransitionTime: forgedTime,
}

func with[K comparable, V any](all ...map[K]V) map[K]V {
	merged := map[K]V{}
	for _, m := range all {
		maps.Copy(merged, m)
	}
	return merged
}

var accountForgeries = with(commonForgeries[*v1alpha1.Account](), map[string]func(*v1alpha1.Account){
	"AccountID":         func(a *v1alpha1.Account) { a.Status.AccountID = "4711" },
	"Email":             func(a *v1alpha1.Account) { a.Status.Email = "forged@example.com" },
	"EmailVerifiedTime": func(a *v1alpha1.Account) { a.Status.EmailVerifiedTime = &forgedTime },
	"TwoFactor": func(a *v1alpha1.Account) {
		a.Status.TwoFactor = &v1alpha1.TwoFactorStatus{State: v1alpha1.TwoFactorEnabled}
	},
	"Referral":             func(a *v1alpha1.Account) { a.Status.Referral = &v1alpha1.ReferralStatus{Code: "forged"} },
	"Settings":             func(a *v1alpha1.Account) { a.Status.Settings.Username = "forged" },
	"EnvVarCount":          func(a *v1alpha1.Account) { a.Status.EnvVarCount = ptr(int32(4711)) },
	"CloudConnectionCount": func(a *v1alpha1.Account) { a.Status.CloudConnectionCount = ptr(int32(4711)) },
	"SSHKeyCount":          func(a *v1alpha1.Account) { a.Status.SSHKeyCount = ptr(int32(4711)) },
	"RestoreCandidates": func(a *v1alpha1.Account) {
		a.Status.RestoreCandidates = []v1alpha1.RestoreCandidate{{AccountID: "4711", DeletedTime: &forgedTime, Use: v1alpha1.AccountUsed}}
	},
	"DeletionBlockers": func(a *v1alpha1.Account) {
		a.Status.DeletionBlockers = []v1alpha1.DeletionBlocker{{Kind: "Machine", Count: 1, IDs: []string{"forged"}}}
	},
	"Dependents": func(a *v1alpha1.Account) { a.Status.Dependents = []v1alpha1.Dependent{{Kind: "Machine", Count: 1}} },
	"a deletion that nobody asked for": func(a *v1alpha1.Account) {
		meta.SetStatusCondition(&a.Status.Conditions, metav1.Condition{
			Type: v1alpha1.ConditionDeletionRequested, Status: metav1.ConditionTrue, Reason: "Forged", Message: "forged",
		})
	},
	"without its ID": func(a *v1alpha1.Account) { a.Status.AccountID = "" },
})

var setForgeries = with(commonForgeries[*v1alpha1.EnvVarSet](), map[string]func(*v1alpha1.EnvVarSet){
	"VarCount": func(s *v1alpha1.EnvVarSet) { s.Status.VarCount = ptr(int32(4711)) },
	"Names":    func(s *v1alpha1.EnvVarSet) { s.Status.Names = []string{"FORGED"} },
	"Sources": func(s *v1alpha1.EnvVarSet) {
		s.Status.Sources = []v1alpha1.SourceVersion{{Kind: "Secret", Name: "forged"}}
	},
	"Conflicts": func(s *v1alpha1.EnvVarSet) {
		s.Status.Conflicts = []v1alpha1.EnvVarConflict{{Name: "A", Holder: "forged"}}
	},
	"LastSyncTime": func(s *v1alpha1.EnvVarSet) { s.Status.LastSyncTime = &forgedTime },
	"Accounts": func(s *v1alpha1.EnvVarSet) {
		s.Status.Accounts = v1alpha1.MatchedAccounts{Matched: 4711, Ready: 4711, Progress: "4711/4711"}
	},
})

var connectionForgeries = with(commonForgeries[*v1alpha1.CloudConnection](), map[string]func(*v1alpha1.CloudConnection){
	"ConnectionID":     func(c *v1alpha1.CloudConnection) { c.Status.ConnectionID = "4711" },
	"LastVerifiedTime": func(c *v1alpha1.CloudConnection) { c.Status.LastVerifiedTime = &forgedTime },
	"Sources":          func(c *v1alpha1.CloudConnection) { c.Status.Sources = nil },
	"its verdict": func(c *v1alpha1.CloudConnection) {
		meta.SetStatusCondition(&c.Status.Conditions, metav1.Condition{Type: v1alpha1.ConditionVerified, Status: metav1.ConditionTrue, Reason: "Accepted"})
	},
})

var keyForgeries = with(commonForgeries[*v1alpha1.SSHKey](), map[string]func(*v1alpha1.SSHKey){
	"KeyID":       func(k *v1alpha1.SSHKey) { k.Status.KeyID = "4711" },
	"Type":        func(k *v1alpha1.SSHKey) { k.Status.Type = "ssh-rsa" },
	"Fingerprint": func(k *v1alpha1.SSHKey) { k.Status.Fingerprint = "SHA256:forged" },
})

var actionForgeries = map[string]func(*v1alpha1.AccountAction){
	"Conditions":         func(x *v1alpha1.AccountAction) { meta.SetStatusCondition(&x.Status.Conditions, forgedCondition) },
	"ObservedGeneration": func(x *v1alpha1.AccountAction) { x.Status.ObservedGeneration = 4711 },
	"Signature":          func(x *v1alpha1.AccountAction) { x.Status.Signature = "forged" },
	"StartTime":          func(x *v1alpha1.AccountAction) { x.Status.StartTime = &forgedTime },
	"CompletionTime":     func(x *v1alpha1.AccountAction) { x.Status.CompletionTime = &forgedTime },
}

// notForged are fields that hold an object where they are wrong: what a forged one leads to is safe, and seen in
// TestAnotherStore_SameCluster_IsRefusedAndNothingIsTouched.
var notForged = []string{"StoreID"}
