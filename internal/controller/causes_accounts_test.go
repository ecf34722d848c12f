package controller

import (
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// said is what a condition of an object says.
func said(obj object, condition string) verdict {
	c := meta.FindStatusCondition(obj.CommonStatus().Conditions, condition)
	if c == nil {
		return verdict{}
	}
	return verdict{reason: v1alpha1.Reason(c.Reason), message: c.Message}
}

// saysAfter is what a condition of an Account says after something was done to it.
func saysAfter(condition string, do func(*v1alpha1.Account)) verdict {
	a := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Name: "alice", Finalizers: []string{v1alpha1.Finalizer, "example.com/other"}}}
	do(a)
	return said(a, condition)
}

// heldInStore is what Ready says where the manager works on the store "new".
func heldInStore(do func(*v1alpha1.Account)) verdict {
	a := &v1alpha1.Account{}
	a.Status.StoreID = "old"
	do(a)
	return judge((&leading{is: store.Identity{ID: "new"}}).heldBack(a))
}

func leaving(a *v1alpha1.Account) { a.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }

// left is what Ready says of an object that another finalizer keeps.
func left(do func(*v1alpha1.Account)) verdict {
	return saysAfter(v1alpha1.ConditionReady, func(a *v1alpha1.Account) {
		do(a)
		concludeReleased(a, farewell(a).message)
	})
}

func commonCauses() []cause {
	forbidden := apierrors.NewForbidden(corev1.Resource("secrets"), "hf", errors.New("no role"))
	return []cause{
		{"the store has all of it", judge(nil), v1alpha1.ReasonSynced, `the store holds what the spec says`},
		{"the store has all of it, with drift that is only reported", verdict{reason: v1alpha1.ReasonSynced, message: asItStands(&v1alpha1.Account{
			Status: v1alpha1.AccountStatus{CommonStatus: v1alpha1.CommonStatus{Drifted: []string{"theme"}}},
		})}, v1alpha1.ReasonSynced, `the store holds what the spec says, but for what others changed and status.drifted names`},
		{"a set that writes only what is missing", verdict{reason: v1alpha1.ReasonSynced, message: asItStands(&v1alpha1.EnvVarSet{
			Spec: v1alpha1.EnvVarSetSpec{UpdatePolicy: v1alpha1.UpdateIfNotExists},
		})}, v1alpha1.ReasonSynced, `each variable that the account lacked was written once; those that it has are its holder's and stay as they are, whatever the spec says`},
		{"an object that is suspended", saysAfter(v1alpha1.ConditionSuspended, func(a *v1alpha1.Account) { concludeSuspended(a) }), v1alpha1.ReasonSuspended, `spec.suspend is true; set it to false to go on`},
		{"drift that is only reported", driftVerdict([]string{"theme", "username"}), v1alpha1.ReasonDrifted, `changed in the store by somebody else and left so: theme, username; set spec.driftPolicy to Correct to put it back, or write here what is there`},
		{"what no status may have", saysAfter(v1alpha1.ConditionIncomplete, func(a *v1alpha1.Account) {
			a.Status.Settings = &v1alpha1.AccountSettings{Events: []v1alpha1.EventNotification{{Type: "Weekly-Digest"}}}
			fit(a.DeepCopy(), a)
		}), v1alpha1.ReasonNotAdmitted, `the store has what no status may have, so that this is left out or cut: settings.events[], settings.events[].type`},
		{"deleted, and kept by another finalizer", left(func(*v1alpha1.Account) {}), v1alpha1.ReasonReleased, `removed from the store; the object itself is kept by example.com/other`},
		{"retained, and kept by another finalizer", left(func(a *v1alpha1.Account) { a.Spec.DeletionPolicy = v1alpha1.DeletionRetain }), v1alpha1.ReasonReleased, `left in the store and no longer managed; the object itself is kept by example.com/other`},
		{"forgotten, and kept by another finalizer", left(func(a *v1alpha1.Account) {
			leaving(a)
			a.Annotations = map[string]string{v1alpha1.ForgetAnnotation: v1alpha1.ForgetValue(a)}
		}), v1alpha1.ReasonReleased, `let go by the annotation account-operator.io/forget; the store was not touched and may still hold what this object stood for; the object itself is kept by example.com/other`},
		{"our finalizer was taken away", saysAfter(v1alpha1.ConditionReady, func(a *v1alpha1.Account) {
			a.Finalizers = a.Finalizers[1:]
			concludeLeft(a)
		}), v1alpha1.ReasonReleased, `it is being deleted without the finalizer of the operator, which removes nothing from the store for it; the object itself is kept by example.com/other`},
		{"made in another store", heldInStore(func(*v1alpha1.Account) {}), v1alpha1.ReasonAnotherStore, `this object was made in the store old and the manager works on the store new, so it is left as it is; lead the manager to the right store, or, if this one is right, annotate the object with account-operator.io/accept-store=new`},
		{"made in another store, and deleted", heldInStore(leaving), v1alpha1.ReasonAnotherStore, `this object was made in the store old and the manager works on the store new, so its deletion waits; lead the manager to the right store, or, if this one is right, annotate the object with account-operator.io/accept-store=new`},
		{"the store refuses a field", judge(&store.InvalidError{Field: "email", Reason: "has no domain"}), v1alpha1.ReasonInvalid, `the store refuses email: has no domain`},
		{"the store cannot hold it", judge(&store.UnsupportedError{Feature: "themes"}), v1alpha1.ReasonUnsupported, `this store cannot hold themes; leave it out`},
		{"the store asks to wait", judge(&store.RateLimitedError{RetryAfter: time.Minute}), v1alpha1.ReasonRateLimited, `the store asked to wait; the operator goes on by itself`},
		{"the store does not answer", judge(errors.New("connection refused")), v1alpha1.ReasonStoreUnavailable, `the store did not do what was asked; the operator tries again, its log has the error`},
		{"the API server refuses a read", judge(fromAPI(forbidden)), v1alpha1.ReasonAPIError, `the API server refused a read that the operator needs; check the rights of its ServiceAccount in this namespace`},
		{"the API server fails", judge(fromAPI(apierrors.NewInternalError(errors.New("x")))), v1alpha1.ReasonAPIError, `the API server answered InternalError; the operator tries again`},
		{"the API server does not answer", judge(fromAPI(errors.New("connection refused"))), v1alpha1.ReasonAPIError, `the API server did not answer; the operator tries again`},
	}
}

func accountCauses() []cause {
	own := store.Claim{Cluster: "c", Kind: store.KindAccount, Namespace: "team", Name: "alice", UID: "1"}
	bob, stranger := own, own
	bob.Name, bob.UID = "bob", "2"
	stranger.Namespace, stranger.UID = "others", "3"
	heir := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Name: "alice"}}
	heir.Spec.Deletion.TransferTeamsTo = &v1alpha1.AccountReference{Name: "alice"}
	vms := []store.Blocker{{Kind: "Instance", Count: 1, IDs: []string{"i-1"}}}
	fleet := []store.Blocker{{Kind: "Machine", Count: 3, IDs: []string{"m-1", "m-2"}, InTeams: 1}, vms[0]}
	return []cause{
		{"an Account of the namespace has the address", judge(whoseIsIt(own, &store.ConflictError{Holder: bob})), v1alpha1.ReasonEmailInUse, `the address is held by the Account "bob" of this namespace; change one of the two`},
		{"and asks for another one itself", judge(exchanged(bob)), v1alpha1.ReasonEmailInUse, `the address is held by the Account "bob" of this namespace, which asks for another one and does not have it yet; where Accounts exchange their addresses, give one of them an unused address until the others are Ready, and then the one that it is to have`},
		{"an Account elsewhere has the address", judge(whoseIsIt(own, &store.ConflictError{Holder: stranger})), v1alpha1.ReasonEmailInUse, `the address is held by an Account outside this namespace; use another address`},
		{"an account that nobody manages has the address", judge(whoseIsIt(own, &store.ConflictError{})), v1alpha1.ReasonAccountExists, `the store has an account of this address or name that this object does not manage; use another address, take it over with spec.adoption (in a namespace labelled account-operator.io/allow-adoption=true), or have the store's administrator remove or rename that account`},
		{"the namespace may not adopt", judge(adoptionNotAllowed("team")), v1alpha1.ReasonAdoptionNotAllowed, `this needs an account that this object did not create, and the namespace "team" may not take such over; have a cluster administrator label it account-operator.io/allow-adoption=true, or leave adoption and managementPolicy out`},
		{"several that could be restored", judge(undecided(v1alpha1.ReasonRestoreAmbiguous)), v1alpha1.ReasonRestoreAmbiguous, `several deleted accounts of this address can be restored; name one of status.restoreCandidates in spec.restoreAccountID, or leave spec.adoption out for a new account`},
		{"none of the ID that could be restored", judge(undecided(v1alpha1.ReasonRestoreNotFound)), v1alpha1.ReasonRestoreNotFound, `no deleted account of this address with the ID in spec.restoreAccountID can be restored; name one of status.restoreCandidates, or leave spec.restoreAccountID out`},
		{"an account that is observed", judge(errObserved), v1alpha1.ReasonObserved, `status shows the account as the store has it; it is not written`},
		{"none to observe", judge(nothingToObserve()), v1alpha1.ReasonNothingToObserve, `the store has no account of this address; create it there, or set spec.managementPolicy to Manage`},
		{"it is its own heir", judge(checkHeir(heir)), v1alpha1.ReasonInvalid, `spec.deletion.transferTeamsTo names this object itself; name another Account`},
		{"no heir for its teams", judge(noHeir(heir)), v1alpha1.ReasonTransferTargetNotReady, `the teams of this account are to go to the Account "alice", which does not exist, is not Ready or is on its way out; mend it, name another one in spec.deletion.transferTeamsTo, or set spec.deletion.teams to Delete`},
		{"an instance runs in it", judge(stalledBy(v1alpha1.ReasonDeletionBlocked, "%s", blockedMessage(vms))), v1alpha1.ReasonDeletionBlocked, `the account still has 1 instance (i-1); remove what is listed where it runs and the deletion goes on by itself, or set spec.deletionPolicy to Retain to keep the account`},
		{"machines run in it and in its teams", judge(stalledBy(v1alpha1.ReasonDeletionBlocked, "%s", blockedMessage(fleet))), v1alpha1.ReasonDeletionBlocked, `the account still has 3 machines (m-1, m-2, ...; 1 in teams that it owns), 1 instance (i-1); remove what is listed where it runs and the deletion goes on by itself, or set spec.deletionPolicy to Retain to keep the account, or spec.deletion.teams to Transfer to give the teams away`},
		{"it has a second factor", enrolment(store.Account{Factors: store.FactorState{Methods: []store.FactorMethod{"TOTP"}}}), v1alpha1.ReasonEnrolled, `the account has a second factor`},
		{"it has none, and needs none", enrolment(store.Account{TwoFactor: "Optional"}), v1alpha1.ReasonNotEnrolled, `a second factor is optional, and the account has none`},
		{"it has none, and needs one", enrolment(store.Account{TwoFactor: "Required"}), v1alpha1.ReasonEnrolmentRequired, `a second factor is required; the account holder has to set one up`},
	}
}
